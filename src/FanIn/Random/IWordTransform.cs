using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FanIn;

/// <summary>What makes values of random words: element i of the values from word i, or pairs from pairs.</summary>
/// <remarks>Words and values may be the same memory; they are of the same size.</remarks>
internal interface IWordTransform<TWord, T>
    where TWord : unmanaged
    where T : unmanaged
{
    /// <summary>Fills the values from as many words, an even number of them, one after the other: the definition.</summary>
    void ApplyScalar(ReadOnlySpan<TWord> words, Span<T> values);

    /// <summary>
    /// The same values by vectors, as far as whole vectors (of pairs) go; says how many, 0 where there is no such form.
    /// </summary>
    int ApplyVector<S, V>(ReadOnlySpan<TWord> words, Span<T> values)
        where S : struct, ISimd<T, V>
        where V : struct;
}

internal static class WordTransform
{
    /// <summary>Fills the values from as many words, an even number of them, by the widest vectors there are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<TTransform, TWord, T>(this TTransform transform, ReadOnlySpan<TWord> words, Span<T> values)
        where TTransform : struct, IWordTransform<TWord, T>
        where TWord : unmanaged
        where T : unmanaged
    {
        var done =
            Simd512<T>.IsSupported ? transform.ApplyVector<Simd512<T>, Vector512<T>>(words, values)
            : Simd256<T>.IsSupported ? transform.ApplyVector<Simd256<T>, Vector256<T>>(words, values)
            : 0;
        if (done < words.Length)
        {
            transform.ApplyScalar(words[done..], values[done..]);
        }
    }
}
