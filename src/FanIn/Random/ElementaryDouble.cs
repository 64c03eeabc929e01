using System.Runtime.CompilerServices;
using static System.Math;

namespace FanIn;

/// <summary>
/// Logarithm, sine and cosine in float64 by fixed polynomials (<c>eng/coefficients</c>), evaluated by Horner's rule
/// with fused multiply-adds: the twin of <see cref="ElementarySingle"/>.
/// </summary>
internal static class ElementaryDouble
{
    public const long SqrtHalfBits = 0x3FE6A09E667F3BCD;
    public const double Ln2High = 0.69314718055994530942;
    public const double Ln2Low = 2.3190468138462996e-17;
    public const double TwoTo32 = 4294967296.0;

    public static ReadOnlySpan<double> Atanh =>
        [
            0.6666666666666734,
            0.3999999999941638,
            0.2857142874213163,
            0.2222219859054035,
            0.18183563782073703,
            0.15314056985769767,
            0.14795948979039422,
        ];

    public static ReadOnlySpan<double> Sine =>
        [
            1.5707963267948966,
            -0.6459640975062381,
            0.07969262624584415,
            -0.004681754129625158,
            0.0001604411326945897,
            -3.598585748498499e-06,
            5.626858907924295e-08,
        ];

    public static ReadOnlySpan<double> Cosine =>
        [
            -1.2337005501361697,
            0.25366950790104276,
            -0.02086348076322285,
            0.0009192602732380457,
            -2.5202031527906662e-05,
            4.710464192420914e-07,
            -6.305266167106125e-09,
        ];

    /// <summary>word + 0.5, exactly, as an unevaluated sum of which the first term is the rounded value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (double High, double Low) PlusHalf(ulong word) =>
        FastTwoSum((uint)(word >> 32) * TwoTo32, (uint)word + 0.5);

    /// <summary>value + 0.5, exactly, likewise.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (double High, double Low) PlusHalf(long value) =>
        FastTwoSum((int)(value >> 32) * TwoTo32, (uint)value + 0.5);

    /// <summary>x = 2^exponent (1 + fraction) with 1 + fraction in [sqrt(1/2), sqrt(2)); exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (int Exponent, double Fraction) Split(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (bits - SqrtHalfBits) >> 52;
        return ((int)exponent, BitConverter.Int64BitsToDouble(bits - (exponent << 52)) - 1.0);
    }

    /// <summary>
    /// exponent ln 2 + ln(1 + f), for 1 + f in [sqrt(1/2), sqrt(2)): with s = f / (2 + f), ln(1 + f) = 2 atanh s =
    /// f - s (f - R), where R = 2 atanh(s) / s - 2 is small, so that its rounding hardly counts.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double LogOfParts(int exponent, double f)
    {
        var s = f / (2.0 + f);
        var s2 = s * s;
        var r = s2 * Horner(Atanh, s2);
        var log = FusedMultiplyAdd(-s, f - r, f);
        return FusedMultiplyAdd(exponent, Ln2High, FusedMultiplyAdd(exponent, Ln2Low, log));
    }

    /// <summary>Sine and cosine of (pi/2) g, for g in [-1/2, 1/2].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (double Sin, double Cos) SinCosOfQuarter(double g)
    {
        var g2 = g * g;
        return (g * Horner(Sine, g2), FusedMultiplyAdd(Horner(Cosine, g2), g2, 1.0));
    }

    /// <summary>c0 + x (c1 + x (c2 + ...)), each step one fused multiply-add.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Horner(ReadOnlySpan<double> coefficients, double x)
    {
        var sum = coefficients[^1];
        for (var i = coefficients.Length - 2; i >= 0; i--)
        {
            sum = FusedMultiplyAdd(sum, x, coefficients[i]);
        }
        return sum;
    }

    /// <summary>a + b exactly, where a is 0 or larger than b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (double High, double Low) FastTwoSum(double a, double b)
    {
        var sum = a + b;
        return (sum, b - (sum - a));
    }
}
