using static System.Math;

namespace FanIn;

/// <summary>
/// Real powers from IEEE operations alone, the same on every platform: x^y = e^(y ln x), with logarithm and product in
/// <see cref="DoubleDouble"/>. For scales such as depth^(-1/4), which get into weights.
/// </summary>
internal static class RealPower
{
    /// <summary>
    /// x^y, within an ulp: the relative error before rounding is below 2^-54, and below 2^-60 where
    /// |y ln x| is below 20. NaN for a negative x and a y that isn't whole.
    /// </summary>
    public static double Of(double x, double y)
    {
        if (y == 0.0 || x == 1.0)
        {
            return 1.0;
        }
        if (!(x > 0.0) || !double.IsFinite(x) || !double.IsFinite(y))
        {
            return OfSpecial(x, y);
        }
        // Beyond these the result is 0 or infinity.
        var size = CorrectlyRounded.Log(x) * y;
        if (Abs(size) > 746.0)
        {
            return CorrectlyRounded.Exp(size);
        }
        var power = CorrectlyRounded.LogOf(x) * y;
        var k = (int)Round(power.High * (64 * 1.4426950408889634));
        var exponential = CorrectlyRounded.ExpOf(power.High, k);
        return ScaleB((exponential + (exponential * power.Low)).Rounded, k >> 6);
    }

    private static double OfSpecial(double x, double y)
    {
        if (double.IsNaN(x) || double.IsNaN(y))
        {
            return double.NaN;
        }
        if (double.IsInfinity(y))
        {
            return Abs(x) == 1.0 ? 1.0
                : Abs(x) > 1.0 == y > 0.0 ? double.PositiveInfinity
                : 0.0;
        }
        var isWhole = y == Floor(y);
        var isOdd = isWhole && Abs(y) < 9007199254740992.0 && ((long)y & 1) != 0;
        if (x == 0.0 || double.IsInfinity(x))
        {
            var size = x == 0.0 == y > 0.0 ? 0.0 : double.PositiveInfinity;
            return isOdd && double.IsNegative(x) ? -size : size;
        }
        return !isWhole ? double.NaN
            : isOdd ? -Of(-x, y)
            : Of(-x, y);
    }
}
