using System.Runtime.CompilerServices;

namespace FanIn;

/// <summary><see cref="BoxMuller"/> on vectors of first and of second words: the same operations, so the same bits.</summary>
internal static class BoxMullerVector
{
    /// <summary>The pairs of 32-bit words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (V Even, V Odd) OfSingle<S, V>(V first, V second)
        where S : struct, ISimd<float, V>
        where V : struct
    {
        var near = S.AtLeastUnsigned(first, S.OfBits(BoxMuller.NearOne32));
        var uniform = ElementarySingleVector<S, V>.PlusHalf(S.Select(near, S.Complement(first), first));
        var (exponent, fraction) = ElementarySingleVector<S, V>.Split(uniform);
        exponent = S.Select(near, S.OfBits(0), S.SubtractBits(exponent, S.OfBits(32)));
        fraction = S.Select(near, S.Multiply(uniform, S.Of(-BoxMuller.TwoToMinus32)), fraction);
        var log = ElementarySingleVector<S, V>.LogOfParts(S.OfIntegers(exponent), fraction);
        var radius = S.Sqrt(S.Multiply(S.Of(-2f), log));

        // The quadrant in the two highest bits, where its own bits are signs.
        var quadrant = S.AddBits(second, S.OfBits(0x20000000));
        var g = S.OfIntegers(S.SubtractBits(second, S.And(quadrant, S.OfBits(0xC0000000))));
        var (sin, cos) = ElementarySingleVector<S, V>.SinCosOfQuarter(S.Multiply(g, S.Of(BoxMuller.TwoToMinus30)));
        return Turn<float, S, V>(radius, sin, cos, quadrant, S.OfBits(0x40000000), S.OfBits(0x80000000));
    }

    /// <summary>The pairs of 64-bit words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (V Even, V Odd) OfDouble<S, V>(V first, V second)
        where S : struct, ISimd<double, V>
        where V : struct
    {
        var near = S.AtLeastUnsigned(first, S.OfBits(unchecked((long)BoxMuller.NearOne64)));
        var uniform = ElementaryDoubleVector<S, V>.PlusHalf(S.Select(near, S.Complement(first), first));
        var (exponent, fraction) = ElementaryDoubleVector<S, V>.Split(uniform);
        exponent = S.Select(near, S.Of(0.0), S.Subtract(exponent, S.Of(64.0)));
        fraction = S.Select(near, S.Multiply(uniform, S.Of(-BoxMuller.TwoToMinus64)), fraction);
        var log = ElementaryDoubleVector<S, V>.LogOfParts(exponent, fraction);
        var radius = S.Sqrt(S.Multiply(S.Of(-2.0), log));

        var sign = S.OfBits(long.MinValue);
        var quadrant = S.AddBits(second, S.OfBits(0x2000000000000000));
        var rest = S.SubtractBits(second, S.And(quadrant, S.OfBits(unchecked((long)0xC000000000000000))));
        var (sin, cos) = ElementaryDoubleVector<S, V>.SinCosOfQuarter(
            S.Multiply(S.OfIntegers(rest), S.Of(BoxMuller.TwoToMinus62))
        );
        return Turn<double, S, V>(radius, sin, cos, quadrant, S.OfBits(0x4000000000000000), sign);
    }

    /// <summary>The radius in the direction of an angle of so many quadrants and a rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V X, V Y) Turn<T, S, V>(V radius, V sin, V cos, V quadrant, V oneQuadrant, V sign)
        where T : unmanaged
        where S : struct, ISimd<T, V>
        where V : struct
    {
        var odd = S.HighestBitSet(S.ShiftLeft(quadrant, 1));
        var (x, y) = (S.Select(odd, sin, cos), S.Select(odd, cos, sin));
        x = S.Xor(x, S.And(S.AddBits(quadrant, oneQuadrant), sign));
        y = S.Xor(y, S.And(quadrant, sign));
        return (S.Multiply(radius, x), S.Multiply(radius, y));
    }
}
