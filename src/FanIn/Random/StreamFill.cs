using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>
/// The one driver of every fill: words of whole blocks, then their values, chunk by chunk in the first-level cache.
/// Two passes because a method that holds both a generator and a transform outgrows the compiler's inliner.
/// </summary>
internal static class StreamFill
{
    // With the words in place of the values, 16 KB at most.
    private const int ChunkLength = 2048;

    // Half a megabyte or a whole one: long beside the cost of handing it to a thread, short beside a core's share.
    private const int PieceLength = 1 << 17;
    private const int ParallelLength = 1 << 19;

    /// <summary>
    /// Fills the destination with the elements from the offset on; a word is 32 or 64 bits, as large as an element, so
    /// that the words are written where their values will be.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="destination">Gets the elements.</param>
    /// <param name="offset">The index of the first element.</param>
    /// <param name="transform">What makes values of words.</param>
    /// <param name="threads">
    /// At most so many threads, whatever the length; 0 is one for a short destination and one a core for a long one.
    /// The values don't depend on it.
    /// </param>
    public static void Run<TWord, T, TTransform>(
        RandomStream stream,
        Span<T> destination,
        long offset,
        in TTransform transform,
        int threads = 0
    )
        where TWord : unmanaged
        where T : unmanaged
        where TTransform : struct, IWordTransform<TWord, T>
    {
        if (threads == 0)
        {
            threads = destination.Length >= ParallelLength ? Environment.ProcessorCount : 1;
        }
        if (threads == 1 || destination.Length <= PieceLength)
        {
            RunOnThread<TWord, T, TTransform>(stream, destination, (ulong)offset, transform);
        }
        else
        {
            RunOnThreads<TWord, T, TTransform>(stream, destination, offset, transform, threads);
        }
    }

    private static unsafe void RunOnThreads<TWord, T, TTransform>(
        RandomStream stream,
        Span<T> destination,
        long offset,
        TTransform transform,
        int threads
    )
        where TWord : unmanaged
        where T : unmanaged
        where TTransform : struct, IWordTransform<TWord, T>
    {
        var length = destination.Length;
        // The first piece takes what it needs to let the others start at a multiple of 4.
        var head = (int)(-offset & 3);
        var pieces = (int)(((long)length - head + PieceLength - 1) / PieceLength);
        fixed (T* pinned = destination)
        {
            // Valid until Parallel.For returns, which is after the last piece.
            var start = pinned;
            Parallel.For(
                0,
                pieces,
                new ParallelOptions { MaxDegreeOfParallelism = threads },
                piece =>
                {
                    var from = piece == 0 ? 0 : head + (piece * PieceLength);
                    var to = (int)Math.Min(length, head + ((piece + 1L) * PieceLength));
                    RunOnThread<TWord, T, TTransform>(
                        stream,
                        new Span<T>(start + from, to - from),
                        (ulong)(offset + from),
                        transform
                    );
                }
            );
        }
    }

    private static void RunOnThread<TWord, T, TTransform>(
        RandomStream stream,
        Span<T> destination,
        ulong next,
        in TTransform transform
    )
        where TWord : unmanaged
        where T : unmanaged
        where TTransform : struct, IWordTransform<TWord, T>
    {
        // Chunks start and end at multiples of 4 elements, where blocks and pairs are whole whatever the offset.
        var head = Math.Min((int)(0 - next & 3), destination.Length);
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
