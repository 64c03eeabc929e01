using Microsoft.Win32.SafeHandles;

namespace FanIn.Checkpoints;

/// <summary>
/// A file that is there, written at any positions by any threads: past the page cache where the file system lets it, since
/// growing that cache costs more than the disk. Where it doesn't, written pages are sent on their way and their memory given
/// back, chunk after chunk.
/// </summary>
internal sealed class BlockFile : IDisposable
{
    /// <summary>Direct writes begin and end at multiples of it, in the file and in memory.</summary>
    public const int Alignment = 4096;

    private readonly SafeFileHandle _plain;
    private readonly SafeFileHandle? _direct;
    private volatile bool _isRefused;

    private BlockFile(SafeFileHandle plain, SafeFileHandle? direct) => (_plain, _direct) = (plain, direct);

    /// <summary>Why it isn't written past the page cache, or null where it is or wasn't asked for.</summary>
    public string? WhyNotDirect { get; private set; }

    /// <param name="path">A file that is there.</param>
    /// <param name="direct">True to write past the page cache where that can be.</param>
    /// <exception cref="IOException">It can't be opened.</exception>
    public static BlockFile Open(string path, bool direct)
    {
        SafeFileHandle plain = File.OpenHandle(
            path,
            FileMode.Open,
            FileAccess.Write,
            FileShare.ReadWrite | FileShare.Delete
        );
        string reason = "";
        SafeFileHandle? past = direct ? LinuxFile.OpenDirect(path, out reason) : null;
        return new(plain, past) { WhyNotDirect = direct && past is null ? reason : null };
    }

    /// <summary>Writes a chunk.</summary>
    /// <param name="chunk">In aligned memory.</param>
    /// <param name="position">In the file, aligned likewise.</param>
    /// <exception cref="IOException">There is no room, or the disk failed.</exception>
    public void Write(ReadOnlySpan<byte> chunk, long position)
    {
        int whole = chunk.Length & -Alignment;
        if (whole > 0 && !_isRefused && _direct is { } direct)
        {
            try
            {
                RandomAccess.Write(direct, chunk[..whole], position);
                // The end of the file, less than a block.
                RandomAccess.Write(_plain, chunk[whole..], position + whole);
                return;
            }
            catch (IOException e) when (e.HResult == LinuxFile.InvalidArgument)
            {
                // Some file systems open the file so, and refuse only then.
                WhyNotDirect = "the file system refuses such writes";
                _isRefused = true;
            }
        }
        RandomAccess.Write(_plain, chunk, position);
        if (whole > 0)
        {
            LinuxFile.BeginWriteBack(_plain, position, chunk.Length);
        }
    }

    /// <summary>Gives the memory back that an earlier chunk's pages take, once they are written.</summary>
    public void Release(long position, int length)
    {
        if (_direct is null || _isRefused)
        {
            LinuxFile.Drop(_plain, position, length);
        }
    }

    /// <summary>Brings all to the disk.</summary>
    /// <exception cref="IOException">The disk failed, or is full after all.</exception>
    public void Flush() => RandomAccess.FlushToDisk(_plain);

    public void Dispose()
    {
        _direct?.Dispose();
        _plain.Dispose();
    }
}
