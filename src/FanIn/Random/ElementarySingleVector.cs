using System.Runtime.CompilerServices;

namespace FanIn;

/// <summary><see cref="ElementarySingle"/> on vectors: the same operations in the same order, so the same bits.</summary>
internal static class ElementarySingleVector<S, V>
    where S : struct, ISimd<float, V>
    where V : struct
{
    /// <summary>a x + b with constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Line(float a, V x, float b) => S.FusedMultiplyAdd(S.Of(a), x, S.Of(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V PlusHalf(V word) => PlusHalf(S.ShiftRight(word, 16), word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V PlusHalfSigned(V value) => PlusHalf(S.ShiftRightSigned(value, 16), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log(V x)
    {
        var (exponent, fraction) = Split(x);
        return LogOfParts(S.OfIntegers(exponent), fraction);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (V Exponent, V Fraction) Split(V x)
    {
        var exponent = S.ShiftRightSigned(S.SubtractBits(x, S.OfBits(ElementarySingle.SqrtHalfBits)), 23);
        return (exponent, S.Subtract(S.SubtractBits(x, S.ShiftLeft(exponent, 23)), S.Of(1f)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogOfParts(V exponent, V f)
    {
        var f2 = S.Multiply(f, f);
        var f4 = S.Multiply(f2, f2);
        var q01 = Line(0.333339334f, f, -0.499999821f);
        var q23 = Line(0.199635223f, f, -0.250026464f);
        var q45 = Line(0.148821607f, f, -0.165506229f);
        var q67 = Line(0.089912191f, f, -0.144335359f);
        var q03 = S.FusedMultiplyAdd(q23, f2, q01);
        var q47 = S.FusedMultiplyAdd(q67, f2, q45);
        var q = S.FusedMultiplyAdd(q47, f4, q03);
        return S.FusedMultiplyAdd(exponent, S.Of(ElementarySingle.Ln2), S.FusedMultiplyAdd(f2, q, f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (V Sin, V Cos) SinCosOfQuarter(V g)
    {
        var g2 = S.Multiply(g, g);
        var g4 = S.Multiply(g2, g2);
        var s01 = Line(0.079681173f, g2, -0.645963609f);
        var s02 = S.FusedMultiplyAdd(S.Of(-0.00460419478f), g4, s01);
        var c01 = Line(0.253668636f, g2, -1.23370051f);
        var c23 = Line(0.000896678539f, g2, -0.0208565034f);
        var small = S.Multiply(g, S.FusedMultiplyAdd(s02, g2, S.Of(-4.37113883e-08f)));
        var sin = S.FusedMultiplyAdd(g, S.Of(1.57079637f), small);
        return (sin, S.FusedMultiplyAdd(S.FusedMultiplyAdd(c23, g4, c01), g2, S.Of(1f)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PlusHalf(V high, V word) =>
        S.FusedMultiplyAdd(
            S.OfIntegers(high),
            S.Of(65536f),
            S.Add(S.OfIntegers(S.And(word, S.OfBits(0xFFFF))), S.Of(0.5f))
        );
}
