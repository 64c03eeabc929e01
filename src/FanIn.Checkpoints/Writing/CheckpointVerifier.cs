using System.Collections.Immutable;
using System.Text;

namespace FanIn.Checkpoints;

/// <summary>How a checkpoint is verified.</summary>
public sealed record CheckpointVerifierOptions
{
    /// <summary>
    /// Compares so many elements of each tensor, in runs spread over it, from two on with the first and the last; null for
    /// all.
    /// </summary>
    public long? Sample { get; init; }

    /// <summary>How many threads work; 0 for one a core.</summary>
    public int Threads { get; init; }

    /// <summary>Is called after each chunk, on any thread, one call at a time.</summary>
    public Action<WriteProgress>? Progress { get; init; }
}

/// <summary>A tensor that isn't what its plan says.</summary>
/// <param name="FileName">Its file.</param>
/// <param name="Tensor">Its name.</param>
/// <param name="Index">
/// The first element that differs, in the order that is stored; of types below 8 bits the first in the first byte that does.
/// </param>
/// <param name="Expected">What belongs there.</param>
/// <param name="Found">What is there.</param>
/// <param name="Count">How many of the compared elements differ; of types below 8 bits how many bytes.</param>
public sealed record ValueDifference(
    string FileName,
    string Tensor,
    long Index,
    string Expected,
    string Found,
    long Count
);

/// <summary>What a verification found.</summary>
/// <param name="Differences">Tensors that differ, in the order of the files' bytes; the first is the first.</param>
/// <param name="Faults">
/// Sentences about files that can't be compared, missing, of another length, with another header; and about the index.
/// </param>
/// <param name="Compared">Elements that were compared.</param>
/// <param name="NotCompared">
/// Copied tensors that weren't compared: all of them in a sample, which no sum can tell of, or where the sums aren't there.
/// </param>
public sealed record VerifyResult(
    ImmutableArray<ValueDifference> Differences,
    ImmutableArray<string> Faults,
    long Compared,
    int NotCompared
)
{
    /// <summary>True where all that was compared is what it should be.</summary>
    public bool IsEqual => Differences.IsEmpty && Faults.IsEmpty;
}

/// <summary>
/// Works out a checkpoint's values again, from the record that lies beside it (<see cref="CheckpointRecord"/>), and compares:
/// no copy of the values is needed, nor memory for them. Copied tensors are held against the sums that were taken of their
/// source (<c>fanin.copied.json</c>).
/// </summary>
public static class CheckpointVerifier
{
    private const int RunLength = 64;
    private const int FewestRuns = 16;
    private const int BufferBytes = 4 << 20;

    /// <summary>Verifies a checkpoint.</summary>
    /// <param name="folder">The checkpoint, with its record.</param>
    /// <param name="options">All or a sample, threads, progress.</param>
    /// <param name="cancellation">Ends the work soon.</param>
    /// <exception cref="SafetensorsException">There is no record, or none that can be read.</exception>
    /// <exception cref="SpellingException">The record's plan isn't one.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static VerifyResult Run(
        string folder,
        CheckpointVerifierOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        if (options.Sample is { } sample)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(sample, 1, nameof(options));
        }
        string text = TextOf(folder);
        return new VerifyRun(
            folder,
            CheckpointRecord.Parse(text),
            Sha256.Text(Encoding.UTF8.GetBytes(text)),
            options
        ).Run(cancellation);
    }

    /// <summary>The record that lies beside a checkpoint.</summary>
    /// <param name="folder">The checkpoint's.</param>
    /// <exception cref="SafetensorsException">There is none, or none that can be read.</exception>
    public static CheckpointRecord RecordOf(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return CheckpointRecord.Parse(TextOf(folder));
    }

    private static string TextOf(string folder) =>
        File.Exists(Path.Combine(folder, CheckpointRecord.FileName))
            ? new CheckpointFolder(folder).ReadText(CheckpointRecord.FileName, CheckpointRecord.LongestText)
            : throw new SafetensorsException(
                Directory.Exists(folder)
                    ? $"'{folder}' has no {CheckpointRecord.FileName}, which fanin init leaves beside a checkpoint; without it nobody knows what the values should be."
                    : $"'{folder}' is no folder; name the one that fanin init wrote."
            );

    /// <summary>Element ranges of a tensor that a sample compares: so many elements, with the first and the last.</summary>
    internal static IEnumerable<(long Begin, long End)> RunsOf(long count, long? sample)
    {
        if (sample is not { } wanted || wanted >= count)
        {
            const long Step = BufferBytes / 8;
            for (long begin = 0; begin < count; begin += Step)
            {
                yield return (begin, Math.Min(count, begin + Step));
            }
            yield break;
        }
        // The wanted elements in a row, cut into runs, and what is left out spread between these.
        long runs = Math.Max(Math.Min(wanted, FewestRuns), ((wanted - 1) / RunLength) + 1);
        for (long run = 0; run < runs; run++)
        {
            long gaps = runs == 1 ? 0 : (long)((Int128)(count - wanted) * run / (runs - 1));
            yield return (gaps + Cut(run), gaps + Cut(run + 1));
        }

        long Cut(long run) => (long)((Int128)wanted * run / runs);
    }
}
