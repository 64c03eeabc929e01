namespace FanIn.Checkpoints;

/// <summary>Where a rank's range of a file is written, until the file is in its place.</summary>
internal abstract class FileTarget(BlockFile file) : IDisposable
{
    /// <summary>Takes the chunks.</summary>
    public BlockFile File { get; } = file;

    /// <summary>Brings the range to the disk, and the file into its place if that was all that was missing.</summary>
    public abstract void Complete();

    public virtual void Dispose() => File.Dispose();

    /// <summary>True where the file is in its place, whole by its length: headers are compared before anything is written.</summary>
    public static bool IsThere(string path, long length) =>
        new FileInfo(path) is { Exists: true } file && file.Length == length;
}

/// <summary>A file that one rank writes as a whole, under a name that no other attempt has.</summary>
internal sealed class WholeTarget : FileTarget
{
    private readonly AtomicFile _atomic;
    private readonly long _length;

    private WholeTarget(AtomicFile atomic, BlockFile file, long length)
        : base(file) => (_atomic, _length) = (atomic, length);

    /// <exception cref="IOException">There is no room, or the folder can't be written to.</exception>
    public static WholeTarget Create(string path, long length, bool direct)
    {
        var atomic = AtomicFile.Create(path);
        try
        {
            LinuxFile.Allocate(atomic.Handle, path, length);
            return new(atomic, BlockFile.Open(atomic.TemporaryPath, direct), length);
        }
        catch
        {
            atomic.Dispose();
            throw;
        }
    }

    public override void Complete()
    {
        File.Dispose();
        try
        {
            _atomic.Commit();
        }
        catch (FileNotFoundException) when (IsThere(_atomic.Path, _length))
        {
            // Another attempt was first, and took the leftovers of all others away: it wrote the same bytes.
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _atomic.Dispose();
    }
}
