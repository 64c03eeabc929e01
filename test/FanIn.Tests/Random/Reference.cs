namespace FanIn.Tests;

/// <summary>
/// The second implementation that the streams are held against: the real-number formulas in double precision with
/// the platform's math library, which the library itself never calls.
/// </summary>
internal static class Reference
{
    public static double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    /// <summary>Q(x), relatively good to about 1e-13.</summary>
    public static double UpperTail(double x)
    {
        if (double.IsInfinity(x))
        {
            return x > 0 ? 0 : 1;
        }
        if (x < 0)
        {
            return 1 - UpperTail(-x);
        }
        if (x < 3)
        {
            var (term, sum) = (x, x);
            for (var n = 3; term > 1e-17 * sum; n += 2)
            {
                sum += term *= x * x / n;
            }
            return 0.5 - (Density(x) * sum);
        }
        var fraction = x;
        for (var n = 60; n >= 1; n--)
        {
            fraction = x + (n / fraction);
        }
        return Density(x) / fraction;
    }

    public static double Phi(double x) => UpperTail(-x);

    public static double Mass(double low, double high) =>
        low >= 0 ? UpperTail(low) - UpperTail(high) : Phi(high) - Phi(low);

    /// <summary>ln(1 - x) for small x, by atanh's series.</summary>
    public static double LogOneMinus(double x)
    {
        var s = x / (x - 2);
        var sum = 0.0;
        for (var n = 61; n >= 1; n -= 2)
        {
            sum = (sum * s * s) + (1.0 / n);
        }
        return 2 * s * sum;
    }

    /// <summary>Box and Muller's pair of two 32-bit words.</summary>
    public static (double Even, double Odd) BoxMuller(uint first, uint second)
    {
        const double Unit = 1.0 / (1L << 32);
        var log = first >= 0xC0000000 ? LogOneMinus((~first + 0.5) * Unit) : Math.Log((first + 0.5) * Unit);
        // The signed angle within its quarter keeps the zeros of sine and cosine exact.
        var quarter = (uint)(((ulong)second + (1u << 29)) >> 30);
        var (sin, cos) = Math.SinCos(2 * Math.PI * ((second - ((double)quarter * (1 << 30))) * Unit));
        var radius = Math.Sqrt(-2 * log);
        return (quarter & 3) switch
        {
            0 => (radius * cos, radius * sin),
            1 => (radius * -sin, radius * cos),
            2 => (radius * -cos, radius * -sin),
            _ => (radius * sin, radius * -cos),
        };
    }

    /// <summary>How far z is from the quantile of t = (word + 0.5) 2^-32 in a cut: one step of Newton's method.</summary>
    public static double QuantileError(double z, uint word, double low, double high)
    {
        const double Unit = 1.0 / (1L << 32);
        var mass = Mass(low, high);
        var error =
            z < 0
                ? Phi(z) - (Phi(low) + ((word + 0.5) * Unit * mass))
                : UpperTail(high) + ((~word + 0.5) * Unit * mass) - UpperTail(z);
        return error / Density(z);
    }

    /// <summary>The k-th moment of the standard normal cut to [low, high], by the recursion of integration by parts.</summary>
    public static double TruncatedMoment(int k, double low, double high)
    {
        if (k <= 0)
        {
            return k == 0 ? 1 : 0;
        }
        var edges = (Edge(low, k - 1) - Edge(high, k - 1)) / Mass(low, high);
        return ((k - 1) * TruncatedMoment(k - 2, low, high)) + edges;

        static double Edge(double x, int power) => double.IsInfinity(x) ? 0 : Math.Pow(x, power) * Density(x);
    }

    public static double Ulp(float x) => MathF.BitIncrement(MathF.Abs(x)) - MathF.Abs(x);

    public static double Ulp(double x) => Math.BitIncrement(Math.Abs(x)) - Math.Abs(x);

    /// <summary>The error in units of the contract: at most 4 ulp or 2e-7, whichever is larger.</summary>
    public static double InContract(double error, float value) => Math.Abs(error) / Math.Max(4 * Ulp(value), 2e-7);

    /// <summary>The error in units of the contract: at most 4 ulp or 4e-16, whichever is larger.</summary>
    public static double InContract(double error, double value) => Math.Abs(error) / Math.Max(4 * Ulp(value), 4e-16);
}
