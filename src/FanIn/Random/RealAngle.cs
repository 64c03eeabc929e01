using static System.Math;

namespace FanIn;

/// <summary>
/// Sine and cosine of angles of any size from IEEE operations alone, the same on every platform: the angle less the
/// nearest multiple of pi/2, with pi/2 in three parts, then <see cref="CorrectlyRounded"/>'s table and series.
/// </summary>
internal static class RealAngle
{
    // So far the multiples of pi/2 are whole doubles.
    private const double Largest = 4503599627370496.0;

    /// <summary>sin(a b), the product exact: within an ulp where the result isn't below 1e-9.</summary>
    /// <exception cref="ArgumentOutOfRangeException">|a b| is above 2^52, or NaN.</exception>
    public static double SinOfProduct(double a, double b) => Of(DoubleDouble.Product(a, b), 0);

    /// <summary>cos(a b), likewise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">|a b| is above 2^52, or NaN.</exception>
    public static double CosOfProduct(double a, double b) => Of(DoubleDouble.Product(a, b), 1);

    private static double Of(DoubleDouble angle, int quarters)
    {
        const double HalfPi1 = 1.5707963267948966;
        const double HalfPi2 = 6.123233995736766e-17;
        const double HalfPi3 = -1.4973849048591698e-33;
        if (!(Abs(angle.High) <= Largest))
        {
            throw RandomArguments.OutOfRange(
                nameof(angle),
                $"angle is {angle.High}; it must lie in -2^52 .. 2^52, where doubles tell it from its neighbours."
            );
        }
        var quarter = Round(angle.High * 0.6366197723675814);
        var rest = angle - DoubleDouble.Product(quarter, HalfPi1) - DoubleDouble.Product(quarter, HalfPi2);
        rest -= quarter * HalfPi3;
        return CorrectlyRounded.OfQuarter((int)((long)quarter & 3) + quarters, rest).Rounded;
    }
}
