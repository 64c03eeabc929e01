namespace FanIn;

/// <summary>
/// One coordinate of a point drawn uniformly from the sphere of a radius in n dimensions, which an element of an n x m
/// orthogonal matrix is (n &gt;= m): density proportional to (1 - t^2)^((n - 3) / 2) with t = x / radius, so that
/// (1 + t) / 2 ~ Beta((n - 1) / 2, (n - 1) / 2).
/// </summary>
internal sealed class SphereLaw(long dimensions, double radius) : ElementDistribution(0, radius / Math.Sqrt(dimensions))
{
    // From here on the normal law with the same variance is within 1e-6.
    private const long NearlyNormal = 1 << 20;

    /// <summary>E t^4 = 3 / (n (n + 2)).</summary>
    public override double ExcessKurtosis => -6.0 / (dimensions + 2.0);

    internal override string ShapeName => $"that of a coordinate on a sphere in {dimensions:#,0} dimensions";

    public override double Low => -radius;

    public override double High => radius;

    /// <summary>
    /// With t = sin a it is 1/2 + I(a) / (2 I(pi/2)), where I(a) is the integral of cos^(n-2) from 0 to a:
    /// k I_k = cos^(k-1) sin + (k - 1) I_(k-2).
    /// </summary>
    public override double Cdf(double x)
    {
        double sine = x / radius;
        if (sine is < -1 or >= 1)
        {
            return sine < 0 ? 0 : 1;
        }
        if (dimensions == 1)
        {
            return 0.5;
        }
        if (dimensions > NearlyNormal)
        {
            return NormalDistribution.Phi(x / StandardDeviation);
        }
        double square = (1 - sine) * (1 + sine);
        bool isEven = dimensions % 2 == 0;
        (double part, double whole) = isEven ? (Math.Asin(sine), Math.PI / 2) : (sine, 1.0);
        double power = isEven ? Math.Sqrt(square) : square;
        for (long k = isEven ? 2 : 3; k <= dimensions - 2; k += 2)
        {
            part = ((power * sine) + ((k - 1) * part)) / k;
            whole = whole * (k - 1) / k;
            power *= square;
        }
        return 0.5 + (part / (2 * whole));
    }
}
