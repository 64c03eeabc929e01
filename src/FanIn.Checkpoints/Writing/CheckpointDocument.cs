namespace FanIn.Checkpoints;

/// <summary>A small file beside a checkpoint's tensors: its config, its index.</summary>
/// <param name="FileName">In the checkpoint's folder.</param>
/// <param name="Bytes">All of it.</param>
public sealed record CheckpointDocument(string FileName, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>
    /// The sentence that says what differs from a file that is there; null for one that only says that it does.
    /// </summary>
    public Func<ReadOnlyMemory<byte>, string>? Difference { get; init; }

    /// <summary>True where the folder has this very file.</summary>
    internal bool IsIn(string folder)
    {
        string path = Path.Combine(folder, FileName);
        return new FileInfo(path) is { Exists: true } file
            && file.Length == Bytes.Length
            && File.ReadAllBytes(path).AsSpan().SequenceEqual(Bytes.Span);
    }

    /// <summary>Puts it into the folder, unless it is there.</summary>
    internal void Put(string folder)
    {
        if (!IsIn(folder))
        {
            AtomicFile.Write(Path.Combine(folder, FileName), Bytes.Span);
        }
    }
}
