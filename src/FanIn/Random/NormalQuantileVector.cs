using System.Runtime.CompilerServices;

namespace FanIn;

/// <summary><see cref="NormalQuantile"/> in float32 on vectors: the same operations, so the same bits.</summary>
internal static class NormalQuantileVector<S, V>
    where S : struct, ISimd<float, V>
    where V : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V OfTail(V y, V q)
    {
        var product = S.Multiply(S.Multiply(S.Of(4f), q), S.Subtract(S.Of(1f), q));
        var w = S.Xor(ElementarySingleVector<S, V>.Log(product), S.OfBits(0x80000000));
        var factor = Estrin(NormalQuantile.CentreSingle, S.Subtract(w, S.Of(2.5f)));
        // Rare, one value in 300 of a whole normal, and never within 2.9 standard deviations.
        if (!S.AllLessThan(w, S.Of(5f)))
        {
            var tail = Estrin(NormalQuantile.TailSingle, S.Subtract(S.Sqrt(w), S.Of(3.5f)));
            factor = S.Select(S.LessThan(w, S.Of(5f)), factor, tail);
        }
        return S.Multiply(y, factor);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Estrin(ReadOnlySpan<float> c, V v)
    {
        var v2 = S.Multiply(v, v);
        var v4 = S.Multiply(v2, v2);
        var c12 = ElementarySingleVector<S, V>.Line(c[2], v, c[1]);
        var c34 = ElementarySingleVector<S, V>.Line(c[4], v, c[3]);
        var c56 = ElementarySingleVector<S, V>.Line(c[6], v, c[5]);
        var c78 = ElementarySingleVector<S, V>.Line(c[8], v, c[7]);
        var c90 = ElementarySingleVector<S, V>.Line(c[10], v, c[9]);
        var low = S.FusedMultiplyAdd(c34, v2, c12);
        var middle = S.FusedMultiplyAdd(c78, v2, c56);
        var high = S.FusedMultiplyAdd(c90, v4, middle);
        return S.FusedMultiplyAdd(S.FusedMultiplyAdd(high, v4, low), v, S.Of(c[0]));
    }
}
