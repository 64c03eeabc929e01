using System.Buffers;
using System.Runtime.CompilerServices;

namespace FanIn;

/// <summary>Fills a part of one logical tensor as stored, from an element on.</summary>
internal delegate void FillElements<T>(
    Initializer initializer,
    Span<T> part,
    long offset,
    TensorDescription tensor,
    Seed seed,
    string key
);

/// <summary>
/// Fills one block of a packed parameter where each run of it is followed by runs of the others (see
/// <see cref="PackedAxis"/>): run by run in its place, or many runs beside it and then each to its place, where a run by
/// itself would take much drawing for little.
/// </summary>
internal static class InterleavedFill
{
    private const int StagedBytes = 16 << 20;

    /// <param name="part">The block.</param>
    /// <param name="axis">How the blocks lie.</param>
    /// <param name="start">Where in a step along the axis the block begins.</param>
    /// <param name="destination">Elements of the whole parameter; those of other blocks are left alone.</param>
    /// <param name="offset">The place of the first of them.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="fill">Fills a part of the block.</param>
    public static void Run<T>(
        PlanPart part,
        PackedAxis axis,
        long start,
        Span<T> destination,
        long offset,
        Seed seed,
        FillElements<T> fill
    )
        where T : unmanaged
    {
        Initializer initializer = part.Initializer!;
        long length = part.Tensor.Count / axis.Runs;
        (long from, long to) = (Before(offset), Before(offset + destination.Length));
        if (!initializer.FillsPartsOf(part.Tensor))
        {
            var block = new T[to - from];
            fill(initializer, block, from, part.Tensor, seed, part.Key);
            Store(block, from, destination);
        }
        else if (initializer.FillsAsStored(part.Tensor))
        {
            foreach ((long index, long place, int count) in Runs(from, to))
            {
                fill(initializer, destination.Slice((int)place, count), index, part.Tensor, seed, part.Key);
            }
        }
        else if (from < to)
        {
            int most = StagedBytes / Unsafe.SizeOf<T>();
            T[] staged = ArrayPool<T>.Shared.Rent((int)Math.Min(most, to - from));
            while (from < to)
            {
                // Whole runs where they aren't longer than that.
                long whole = (from + most) / length * length;
                long end = Math.Min(to, whole > from ? whole : from + most);
                Span<T> elements = staged.AsSpan(0, (int)(end - from));
                fill(initializer, elements, from, part.Tensor, seed, part.Key);
                Store(elements, from, destination);
                from = end;
            }
            ArrayPool<T>.Shared.Return(staged);
        }

        // How many of the block's elements are stored before a place.
        long Before(long place)
        {
            (long run, long within) = Math.DivRem(place, axis.Length);
            return (run * length) + Math.Clamp(within - start, 0, length);
        }

        void Store(ReadOnlySpan<T> elements, long first, Span<T> stored)
        {
            foreach ((long index, long place, int count) in Runs(first, first + elements.Length))
            {
                elements.Slice((int)(index - first), count).CopyTo(stored[(int)place..]);
            }
        }

        IEnumerable<(long Index, long Place, int Count)> Runs(long first, long end)
        {
            while (first < end)
            {
                (long run, long within) = Math.DivRem(first, length);
                int count = (int)Math.Min(length - within, end - first);
                yield return (first, (run * axis.Length) + start + within - offset, count);
                first += count;
            }
        }
    }
}
