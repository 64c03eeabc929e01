using System.Runtime.CompilerServices;
using static System.MathF;

namespace FanIn;

/// <summary>
/// Logarithm, sine and cosine in float32 by fixed polynomials (minimax, <c>eng/coefficients</c>), evaluated by
/// Estrin's scheme with fused multiply-adds: the same bits on every machine, which the platform's own functions
/// don't promise.
/// </summary>
internal static class ElementarySingle
{
    public const int SqrtHalfBits = 0x3F3504F3;
    public const float Ln2 = 0.693147182f;

    /// <summary>word + 0.5 with one rounding (a conversion of the whole word and the sum would round twice).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float PlusHalf(uint word) => FusedMultiplyAdd((int)(word >> 16), 65536f, (int)(word & 0xFFFF) + 0.5f);

    /// <summary>value + 0.5 with one rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float PlusHalf(int value) => FusedMultiplyAdd(value >> 16, 65536f, (value & 0xFFFF) + 0.5f);

    /// <summary>ln x for a normal x &gt; 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Log(float x)
    {
        var (exponent, fraction) = Split(x);
        return LogOfParts(exponent, fraction);
    }

    /// <summary>x = 2^exponent (1 + fraction) with 1 + fraction in [sqrt(1/2), sqrt(2)); exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (int Exponent, float Fraction) Split(float x)
    {
        var bits = BitConverter.SingleToInt32Bits(x);
        var exponent = (bits - SqrtHalfBits) >> 23;
        return (exponent, BitConverter.Int32BitsToSingle(bits - (exponent << 23)) - 1f);
    }

    /// <summary>exponent ln 2 + ln(1 + f), for 1 + f in [sqrt(1/2), sqrt(2)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LogOfParts(int exponent, float f)
    {
        var f2 = f * f;
        var f4 = f2 * f2;
        var q01 = FusedMultiplyAdd(0.333339334f, f, -0.499999821f);
        var q23 = FusedMultiplyAdd(0.199635223f, f, -0.250026464f);
        var q45 = FusedMultiplyAdd(0.148821607f, f, -0.165506229f);
        var q67 = FusedMultiplyAdd(0.089912191f, f, -0.144335359f);
        var q03 = FusedMultiplyAdd(q23, f2, q01);
        var q47 = FusedMultiplyAdd(q67, f2, q45);
        var q = FusedMultiplyAdd(q47, f4, q03);
        return FusedMultiplyAdd(exponent, Ln2, FusedMultiplyAdd(f2, q, f));
    }

    /// <summary>Sine and cosine of (pi/2) g, for g in [-1/2, 1/2].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float Sin, float Cos) SinCosOfQuarter(float g)
    {
        var g2 = g * g;
        var g4 = g2 * g2;
        var s01 = FusedMultiplyAdd(0.079681173f, g2, -0.645963609f);
        var s02 = FusedMultiplyAdd(-0.00460419478f, g4, s01);
        var c01 = FusedMultiplyAdd(0.253668636f, g2, -1.23370051f);
        var c23 = FusedMultiplyAdd(0.000896678539f, g2, -0.0208565034f);
        // pi/2 in two parts: the one rounding of the last step is nearly all of the sine's error.
        var sin = FusedMultiplyAdd(g, 1.57079637f, g * FusedMultiplyAdd(s02, g2, -4.37113883e-08f));
        return (sin, FusedMultiplyAdd(FusedMultiplyAdd(c23, g4, c01), g2, 1f));
    }
}
