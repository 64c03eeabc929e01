using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace FanIn.Checkpoints;

/// <summary>How a checkpoint is written; none of it changes a byte of the files.</summary>
public sealed record CheckpointWriterOptions
{
    /// <summary>Which part of the work is this process's.</summary>
    public Rank Rank { get; init; } = Rank.Single;

    /// <summary>How many threads work out values at a time; 0 for one a core. Four more write.</summary>
    public int Threads { get; init; }

    /// <summary>False to write through the system's page cache even where the file system lets it be bypassed.</summary>
    public bool Direct { get; init; } = true;

    /// <summary>Is called after each chunk, on any thread, one call at a time.</summary>
    public Action<WriteProgress>? Progress { get; init; }

    /// <summary>
    /// Gets sentences about what isn't as one would wish, such as that a file system refuses direct writes; each once.
    /// </summary>
    public Action<string>? Notice { get; init; }
}

/// <summary>How far this process has come with its part.</summary>
/// <param name="Bytes">Written, or found written.</param>
/// <param name="Total">All of its part.</param>
/// <param name="FileName">The file of the last chunk.</param>
public readonly record struct WriteProgress(long Bytes, long Total, string FileName);

/// <summary>What a process did.</summary>
/// <param name="Written">Bytes that it wrote.</param>
/// <param name="Kept">Bytes of its part that were there already.</param>
/// <param name="IsComplete">True when all files of the checkpoint are there; false when other ranks are still at work.</param>
public sealed record WriteResult(long Written, long Kept, bool IsComplete);

/// <summary>
/// Writes checkpoints of any size: chunks are worked out on all cores into a few buffers that are used again and again, and
/// written past the page cache while the next ones are worked out. Each file is under its name only when it is whole and on
/// the disk; what is there already is kept. Any number of ranks share the work (<see cref="Rank"/>), and each of them may be
/// killed at any time and started again.
/// </summary>
public sealed class CheckpointWriter
{
    private readonly CheckpointValues _values;
    private readonly ImmutableArray<CheckpointDocument> _before;
    private readonly ImmutableArray<CheckpointDocument> _after;
    private readonly Lazy<byte[]> _madeFrom;

    /// <param name="values">What is written.</param>
    /// <param name="before">
    /// Files that are put in place first, one after the other, such as <c>config.json</c>, and must be the same where they
    /// are there already: they say whose folder it is. What is in them tells one checkpoint from another; of several that are
    /// begun at once the folder is that one's whose first file is first there.
    /// </param>
    /// <param name="after">
    /// Files that are put in place when all others are there, such as the index, and must be the same where they are there
    /// already.
    /// </param>
    public CheckpointWriter(
        CheckpointValues values,
        IEnumerable<CheckpointDocument> before,
        IEnumerable<CheckpointDocument> after
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        (_values, _before, _after) = (values, [.. before], [.. after]);
        _madeFrom = new(HashBefore);
    }

    /// <summary>Files that are copied once all others are there, and must be the same where they are there already.</summary>
    public CompanionFiles? Companions { get; init; }

    /// <summary>Writes this process's part.</summary>
    /// <param name="folder">Is made where there is none.</param>
    /// <param name="options">Ranks, threads, progress.</param>
    /// <param name="cancellation">Ends the work soon; files that are finished stay.</param>
    /// <exception cref="CheckpointConflictException">The folder holds another checkpoint, or a file that isn't this one's.</exception>
    /// <exception cref="IOException">There is no room, or the disk failed. No file is half there under its name.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be written to.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public WriteResult Write(
        string folder,
        CheckpointWriterOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        folder = Path.GetFullPath(folder);
        FinishedFiles finished = new(folder, _values, _before);
        finished.Check(_after);
        CompanionFiles? companions = Companions?.Without(_before.Concat(_after).Select(document => document.FileName));
        companions?.CheckIn(folder);
        SyncedFolder.Make(folder);
        finished.Claim();
        DropOldSums(folder);
        FileRange[] ranges =
        [
            .. WorkShare.Of([.. _values.Files.Select(file => file.Length)], options.Rank.World, options.Rank.Index),
        ];
        using var run = new WriteRun(_values, folder, KeyOf, finished.Confirm, ranges, options);
        WriteResult result = run.Run(cancellation);
        bool isComplete = IsComplete(folder);
        if (isComplete)
        {
            companions?.PutInto(folder);
            PutSums(folder, options, cancellation);
            foreach (CheckpointDocument document in _after)
            {
                document.Put(folder);
            }
        }
        return result with { IsComplete = isComplete };
    }

    private bool IsComplete(string folder) =>
        _values.Files.All(file => FileTarget.IsThere(Path.Combine(folder, file.Shard.FileName), file.Length));

    /// <summary>
    /// Sums come when all files are there: where some are missing, sums are of an earlier copy, maybe of another state of the
    /// source. A rank that finishes meanwhile may lose its sums here; the one that is at work takes them again.
    /// </summary>
    private void DropOldSums(string folder)
    {
        string path = Path.Combine(folder, CopiedSums.FileName);
        if (_values.Source is not null && File.Exists(path) && !IsComplete(folder))
        {
            File.Delete(path);
        }
    }

    /// <summary>The sums of what is copied, once: they take reading all of it.</summary>
    private void PutSums(string folder, CheckpointWriterOptions options, CancellationToken cancellation)
    {
        const long Much = 1_000_000_000;
        string plan = Sha256.Text(
            (_before.FirstOrDefault(document => document.FileName == CheckpointRecord.FileName)?.Bytes ?? default).Span
        );
        if (_values.Source is not { } source || CopiedSums.IsIn(folder, plan))
        {
            return;
        }
        if (_values.Copied.Sum(tensor => tensor.ByteCount) > Much)
        {
            options.Notice?.Invoke(
                $"reads the {_values.Copied.Length} copied tensors once more, for the sums that they can be verified by"
            );
        }
        AtomicFile.Write(
            Path.Combine(folder, CopiedSums.FileName),
            CopiedSums.Of(plan, source, _values.Copied, options.Threads, cancellation).ToBytes()
        );
    }

    /// <summary>The same for all processes that write the same bytes into a file, and for no others.</summary>
    private string KeyOf(Shard shard)
    {
        var hash = new Sha256();
        hash.Append(_madeFrom.Value);
        Append(hash, Encoding.UTF8.GetBytes(shard.FileName));
        Append(hash, shard.Header.Bytes.Span);
        return Convert.ToHexStringLower(hash.Finish())[..16];
    }

    /// <summary>The hash of what the values are made from.</summary>
    private byte[] HashBefore()
    {
        var hash = new Sha256();
        foreach (CheckpointDocument document in _before)
        {
            Append(hash, Encoding.UTF8.GetBytes(document.FileName));
            Append(hash, document.Bytes.Span);
        }
        return hash.Finish();
    }

    /// <summary>With the length before, so that the end of one can't be the beginning of the next.</summary>
    private static void Append(Sha256 hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);
        hash.Append(length);
        hash.Append(bytes);
    }
}
