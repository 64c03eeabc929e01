using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>
/// The one driver of every fill: words of whole blocks, then their values, chunk by chunk in the first-level cache.
/// Two passes because a method that holds both a generator and a transform outgrows the compiler's inliner.
/// </summary>
internal static class StreamFill
{
    private const int ChunkLength = 1024;

    /// <summary>
    /// Fills the destination with the elements from the offset on; a word is 32 or 64 bits, as large as an element, so
    /// that the words are written where their values will be.
    /// </summary>
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
        var next = (ulong)offset;
        // Pieces start and end at multiples of 4 elements, where blocks and pairs are whole whatever the offset.
        var head = Math.Min((int)(-offset & 3), destination.Length);
        FillEdge<TWord, T, TTransform>(stream, destination[..head], next, transform);
        destination = destination[head..];
        next += (ulong)head;
        var tail = destination.Length & 3;
        while (destination.Length > tail)
        {
            var values = destination[..Math.Min(destination.Length - tail, ChunkLength)];
            var words = MemoryMarshal.Cast<T, TWord>(values);
            FillWords(stream, words, next);
            transform.Apply(words, values);
            destination = destination[values.Length..];
            next += (ulong)values.Length;
        }
        FillEdge<TWord, T, TTransform>(stream, destination, next, transform);
    }

    /// <summary>Fills at most three elements, none from beyond the next multiple of 4.</summary>
    private static void FillEdge<TWord, T, TTransform>(
        RandomStream stream,
        Span<T> destination,
        ulong first,
        in TTransform transform
    )
        where TWord : unmanaged
        where T : unmanaged
        where TTransform : struct, IWordTransform<TWord, T>
    {
        if (destination.IsEmpty)
        {
            return;
        }
        Span<TWord> words = stackalloc TWord[4];
        Span<T> values = stackalloc T[4];
        FillWords(stream, words, first & ~3UL);
        transform.ApplyScalar(words, values);
        values.Slice((int)(first & 3), destination.Length).CopyTo(destination);
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
