using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>What makes values of random words: element i of the values from word i, or pairs from pairs.</summary>
internal interface IWordTransform<TWord, T>
{
    /// <summary>Fills the values from as many words, an even number of them.</summary>
    void Apply(ReadOnlySpan<TWord> words, Span<T> values);
}

/// <summary>
/// The one driver of every fill: words of whole blocks, then their values, chunk by chunk in the first-level cache.
/// Two passes because a method that holds both a generator and a transform outgrows the compiler's inliner.
/// </summary>
internal static class StreamFill
{
    private const int ChunkLength = 1024;

    /// <summary>Fills the destination with the elements from the offset on; a word is 32 or 64 bits.</summary>
    [SkipLocalsInit]
    public static void Run<TWord, T, TTransform>(
        RandomStream stream,
        Span<T> destination,
        long offset,
        in TTransform transform
    )
        where TWord : unmanaged
        where T : unmanaged
        where TTransform : struct, IWordTransform<TWord, T>
    {
        Span<TWord> words = stackalloc TWord[ChunkLength];
        Span<T> values = stackalloc T[ChunkLength];
        var next = (ulong)offset;
        while (!destination.IsEmpty)
        {
            // Start at a multiple of 4, so that blocks and pairs are whole whatever the offset.
            var skip = (int)(next % 4);
            var taken = Math.Min(destination.Length, ChunkLength - skip);
            var whole = (skip + taken + 3) & ~3;
            FillWords(stream, words[..whole], next - (ulong)skip);
            transform.Apply(words[..whole], values[..whole]);
            values.Slice(skip, taken).CopyTo(destination);
            destination = destination[taken..];
            next += (ulong)taken;
        }
    }

    private static void FillWords<TWord>(RandomStream stream, Span<TWord> words, ulong first)
        where TWord : unmanaged
    {
        if (typeof(TWord) == typeof(uint))
        {
            Philox4x32.Fill(MemoryMarshal.Cast<TWord, uint>(words), stream.Seed.Value, stream.Id, first / 4);
        }
        else
        {
            Philox4x32.Fill(MemoryMarshal.Cast<TWord, ulong>(words), stream.Seed.Value, stream.Id, first / 2);
        }
    }
}
