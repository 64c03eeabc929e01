namespace FanIn.Checkpoints;

/// <summary>A small file beside a checkpoint's tensors: its config, its index.</summary>
/// <param name="FileName">In the checkpoint's folder, a plain name.</param>
/// <param name="Bytes">All of it.</param>
public sealed record CheckpointDocument(string FileName, ReadOnlyMemory<byte> Bytes)
{
    private const int MostAttempts = 100;

    /// <summary>In the checkpoint's folder, a plain name.</summary>
    /// <exception cref="ArgumentException">It leads elsewhere, or can't be a file's on every system.</exception>
    public string FileName
    {
        get;
        init => field = ShardName.Plain(value);
    } = ShardName.Plain(FileName);

    /// <summary>
    /// The sentence that says what differs from a file that is there; null for one that only says that it does.
    /// </summary>
    public Func<ReadOnlyMemory<byte>, string>? Difference { get; init; }

    /// <summary>True where the folder has this very file.</summary>
    internal bool IsIn(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            return RegularFile.LengthOf(path) == Bytes.Length && Read(path).AsSpan().SequenceEqual(Bytes.Span);
        }
        catch (IOException e) when (LinuxFile.IsGone(e))
        {
            return false;
        }
    }

    /// <summary>True where the folder has this very file, false where it has none of the name.</summary>
    /// <exception cref="CheckpointConflictException">It has another.</exception>
    internal bool Check(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (Directory.Exists(path))
        {
            throw new CheckpointConflictException($"'{path}' is a folder, where a file of the checkpoint belongs");
        }
        if (!File.Exists(path))
        {
            return false;
        }
        return IsIn(folder) ? true
            : RegularFile.LengthOf(path) is null && new FileInfo(path).LinkTarget is not null
                ? throw new CheckpointConflictException(
                    $"'{path}' is a link to nothing, where a file of the checkpoint belongs; choose another folder, or remove it"
                )
            : throw new CheckpointConflictException(
                Difference is { } difference
                    ? $"'{folder}' holds another checkpoint: {difference(Read(path))}; choose another folder, or remove what is there"
                    : $"'{path}' is there and differs from what would be written; choose another folder, or remove it"
            );
    }

    /// <summary>Puts it into the folder, unless it is there. Of several who put different ones at once, one does.</summary>
    /// <exception cref="CheckpointConflictException">Another is there, also if it came just now.</exception>
    internal void Put(string folder)
    {
        string path = Path.Combine(folder, FileName);
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (Check(folder))
            {
                return;
            }
            using AtomicFile file = AtomicFile.Create(path);
            file.Stream.Write(Bytes.Span);
            if (file.TryCommitNew())
            {
                return;
            }
        }
        throw new IOException($"'{path}' comes and goes all the time; let one run write into the folder at a time.");
    }

    /// <summary>A pipe, which has no length, isn't opened: that could wait for ever.</summary>
    private static byte[] Read(string path) => RegularFile.LengthOf(path) is null or 0 ? [] : File.ReadAllBytes(path);
}
