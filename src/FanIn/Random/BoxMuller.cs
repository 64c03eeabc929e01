using System.Runtime.CompilerServices;

namespace FanIn;

/// <summary>
/// Two independent standard normals from two words: r cos(2 pi u2) and r sin(2 pi u2) with r = sqrt(-2 ln u1).
/// G. E. P. Box, M. E. Muller, "A note on the generation of random normal deviates", Ann. Math. Stat. 29 (1958).
/// Here u1 = (first + 0.5) 2^-n and u2 = second 2^-n for words of n bits.
/// </summary>
/// <remarks>
/// The angle is reduced on the integer, which loses nothing. Where u1 is at least sqrt(1/2), the logarithm gets
/// 1 - u1 from the complement of the word: rounding u1 itself would lose all that makes ln u1 differ from 0.
/// At most 4 ulp or 2e-7 (float32), 4e-16 (float64) from the real-number formula.
/// </remarks>
internal static class BoxMuller
{
    // The first words whose u1 is at least sqrt(1/2).
    public const uint NearOne32 = 0xB504F334;
    public const ulong NearOne64 = 0xB504F333F9DE6484;

    public const float TwoToMinus30 = 1f / (1 << 30);
    public const float TwoToMinus32 = TwoToMinus30 / 4;
    public const double TwoToMinus62 = 1.0 / (1L << 62);
    public const double TwoToMinus64 = TwoToMinus62 / 4;

    /// <summary>The normals of two 32-bit words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float Even, float Odd) Pair(uint first, uint second)
    {
        var near = first >= NearOne32;
        var uniform = ElementarySingle.PlusHalf(near ? ~first : first);
        var (exponent, fraction) = ElementarySingle.Split(uniform);
        exponent = near ? 0 : exponent - 32;
        fraction = near ? uniform * -TwoToMinus32 : fraction;
        var radius = MathF.Sqrt(-2f * ElementarySingle.LogOfParts(exponent, fraction));

        var quadrant = (second + 0x20000000) >> 30;
        var g = (int)(second - (quadrant << 30)) * TwoToMinus30;
        var (sin, cos) = ElementarySingle.SinCosOfQuarter(g);
        var (x, y) = (quadrant & 1) == 0 ? (cos, sin) : (sin, cos);
        x = ((quadrant + 1) & 2) == 0 ? x : -x;
        y = (quadrant & 2) == 0 ? y : -y;
        return (radius * x, radius * y);
    }

    /// <summary>The normals of two 64-bit words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (double Even, double Odd) Pair(ulong first, ulong second)
    {
        var near = first >= NearOne64;
        var uniform = ElementaryDouble.PlusHalf(near ? ~first : first).High;
        var (exponent, fraction) = ElementaryDouble.Split(uniform);
        exponent = near ? 0 : exponent - 64;
        fraction = near ? uniform * -TwoToMinus64 : fraction;
        var radius = Math.Sqrt(-2.0 * ElementaryDouble.LogOfParts(exponent, fraction));

        var quadrant = (second + 0x2000000000000000) >> 62;
        var g = (long)(second - (quadrant << 62)) * TwoToMinus62;
        var (sin, cos) = ElementaryDouble.SinCosOfQuarter(g);
        var (x, y) = (quadrant & 1) == 0 ? (cos, sin) : (sin, cos);
        x = ((quadrant + 1) & 2) == 0 ? x : -x;
        y = (quadrant & 2) == 0 ? y : -y;
        return (radius * x, radius * y);
    }
}
