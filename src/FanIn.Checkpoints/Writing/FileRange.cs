namespace FanIn.Checkpoints;

/// <summary>Bytes of one of a checkpoint's files, from one position up to another.</summary>
/// <param name="File">Which of the files, from 0.</param>
/// <param name="Begin">The first byte.</param>
/// <param name="End">Behind the last byte.</param>
internal readonly record struct FileRange(int File, long Begin, long End)
{
    public long Length => End - Begin;
}

/// <summary>
/// What each rank writes of a checkpoint: a pure function of the files' lengths and the number of ranks. Whole files, one
/// after the other going round the ranks; where there are fewer files than ranks, ranges of files of about the same length.
/// </summary>
internal static class WorkShare
{
    /// <summary>Ranges of a file begin at multiples of it, which every disk's blocks divide.</summary>
    public const long Granule = 4 << 20;

    /// <summary>A rank's ranges, none of them empty but of a file without bytes.</summary>
    public static IEnumerable<FileRange> Of(IReadOnlyList<long> lengths, int world, int rank)
    {
        if (lengths.Count >= world)
        {
            for (int file = rank; file < lengths.Count; file += world)
            {
                yield return new(file, 0, lengths[file]);
            }
            yield break;
        }
        Int128 total = 0;
        foreach (long length in lengths)
        {
            total += length;
        }
        (Int128 from, Int128 to) = (total * rank / world, total * (rank + 1) / world);
        Int128 start = 0;
        for (int file = 0; file < lengths.Count; file++)
        {
            (long begin, long end) = (Cut(from - start, lengths[file]), Cut(to - start, lengths[file]));
            if (begin < end)
            {
                yield return new(file, begin, end);
            }
            start += lengths[file];
        }
    }

    private static long Cut(Int128 at, long length) =>
        at <= 0 ? 0
        : at >= length ? length
        : Math.Min((long)((at + (Granule / 2)) / Granule * Granule), length);
}
