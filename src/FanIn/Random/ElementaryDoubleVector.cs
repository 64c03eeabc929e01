using System.Runtime.CompilerServices;

namespace FanIn;

/// <summary><see cref="ElementaryDouble"/> on vectors: the same operations in the same order, so the same bits.</summary>
internal static class ElementaryDoubleVector<S, V>
    where S : struct, ISimd<double, V>
    where V : struct
{
    // The bits of 2^52 and 2^84: an integer below 2^32 under them is a number that far above the power.
    private const long TwoTo52Bits = 0x4330000000000000;
    private const long TwoTo84Bits = 0x4530000000000000;
    private const double TwoTo52 = 1L << 52;
    private const double TwoTo84 = TwoTo52 * ElementaryDouble.TwoTo32;

    /// <summary>The rounded word + 0.5.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V PlusHalf(V word)
    {
        var high = S.Subtract(S.Xor(S.ShiftRight(word, 32), S.OfBits(TwoTo84Bits)), S.Of(TwoTo84));
        var low = S.Subtract(S.Xor(S.And(word, S.OfBits(uint.MaxValue)), S.OfBits(TwoTo52Bits)), S.Of(TwoTo52));
        return S.Add(high, S.Add(low, S.Of(0.5)));
    }

    /// <summary>The exponent, already as a number, and the fraction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (V Exponent, V Fraction) Split(V x)
    {
        // Biased by 1024, so that the shift needs no sign, which vectors of 256 bits can't keep.
        const long Bias = 1024;
        var biased = S.ShiftRight(S.AddBits(x, S.OfBits((Bias << 52) - ElementaryDouble.SqrtHalfBits)), 52);
        var number = S.Subtract(S.Xor(biased, S.OfBits(TwoTo52Bits)), S.Of(TwoTo52 + Bias));
        var mantissa = S.SubtractBits(S.AddBits(x, S.OfBits(Bias << 52)), S.ShiftLeft(biased, 52));
        return (number, S.Subtract(mantissa, S.Of(1.0)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogOfParts(V exponent, V f)
    {
        var s = S.Divide(f, S.Add(S.Of(2.0), f));
        var s2 = S.Multiply(s, s);
        var r = S.Multiply(s2, Horner7(ElementaryDouble.Atanh, s2));
        var log = S.FusedMultiplyAdd(Negated(s), S.Subtract(f, r), f);
        var low = S.FusedMultiplyAdd(exponent, S.Of(ElementaryDouble.Ln2Low), log);
        return S.FusedMultiplyAdd(exponent, S.Of(ElementaryDouble.Ln2High), low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (V Sin, V Cos) SinCosOfQuarter(V g)
    {
        var g2 = S.Multiply(g, g);
        var sin = S.Multiply(g, Horner7(ElementaryDouble.Sine, g2));
        return (sin, S.FusedMultiplyAdd(Horner7(ElementaryDouble.Cosine, g2), g2, S.Of(1.0)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Negated(V value) => S.Xor(value, S.OfBits(long.MinValue));

    // Written out: the compiler unrolls no loop over vectors.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Horner7(ReadOnlySpan<double> c, V x)
    {
        var sum = S.FusedMultiplyAdd(S.Of(c[6]), x, S.Of(c[5]));
        sum = S.FusedMultiplyAdd(sum, x, S.Of(c[4]));
        sum = S.FusedMultiplyAdd(sum, x, S.Of(c[3]));
        sum = S.FusedMultiplyAdd(sum, x, S.Of(c[2]));
        sum = S.FusedMultiplyAdd(sum, x, S.Of(c[1]));
        return S.FusedMultiplyAdd(sum, x, S.Of(c[0]));
    }
}
