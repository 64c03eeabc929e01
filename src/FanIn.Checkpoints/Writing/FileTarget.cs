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
    public static bool IsThere(string path, long length) => RegularFile.LengthOf(path) == length;
}

/// <summary>A file that one rank writes as a whole, under a name that no other attempt has.</summary>
internal sealed class WholeTarget : FileTarget
{
    private readonly AtomicFile _atomic;
    private readonly long _length;
    private readonly Action _confirm;

    private WholeTarget(AtomicFile atomic, BlockFile file, long length, Action confirm)
        : base(file) => (_atomic, _length, _confirm) = (atomic, length, confirm);

    /// <param name="path">Where the file shall be.</param>
    /// <param name="length">The file's bytes.</param>
    /// <param name="direct">True to write past the page cache where that can be.</param>
    /// <param name="confirm">Makes sure that the place is this checkpoint's still, right before the file gets its name.</param>
    /// <exception cref="IOException">There is no room, or the folder can't be written to.</exception>
    public static WholeTarget Create(string path, long length, bool direct, Action confirm)
    {
        var atomic = AtomicFile.Create(path);
        try
        {
            LinuxFile.Allocate(atomic.Handle, path, length);
            return new(atomic, BlockFile.Open(atomic.TemporaryPath, direct), length, confirm);
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
            _confirm();
            if (_atomic.TryCommitNew())
            {
                return;
            }
        }
        catch (IOException e) when (LinuxFile.IsGone(e) && IsThere(_atomic.Path, _length))
        {
            // Another attempt was first, and took the leftovers of all others away.
        }
        // It wrote the same bytes, or is another's.
        _confirm();
        if (!IsThere(_atomic.Path, _length))
        {
            throw new IOException(
                $"'{_atomic.Path}' comes and goes all the time; let one run write into the folder at a time."
            );
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _atomic.Dispose();
    }
}
