using Microsoft.Win32.SafeHandles;

namespace FanIn.Checkpoints;

/// <summary>
/// A file that is there whole or not at all: written under a temporary name of its own beside its place, then brought to the
/// disk and renamed, so that it survives a power cut from then on. Several processes may write the same file at once, or be
/// killed: who reads sees one whole file or none; what a killed one leaves has another name
/// (<c>.model.safetensors.0f3c...tmp</c>).
/// </summary>
/// <example><code>
/// using var file = AtomicFile.Create("model.safetensors");
/// file.Stream.Write(bytes);
/// file.Commit();
/// </code></example>
public sealed class AtomicFile : IDisposable
{
    private const int BufferBytes = 1 << 18;

    /// <summary>Unix's EISDIR, as .NET gives it where the system says so itself: trying again won't help.</summary>
    private const int IsAFolder = 21;

    private bool _isDone;
    private (long Position, int Length) _last;

    private AtomicFile(string path, string temporary, SafeFileHandle handle)
    {
        (Path, TemporaryPath, Handle) = (path, temporary, handle);
        Stream = new FileStream(handle, FileAccess.ReadWrite, BufferBytes);
    }

    /// <summary>Where the file will be.</summary>
    public string Path { get; }

    /// <summary>Where it is until then; no other attempt has this name.</summary>
    public string TemporaryPath { get; }

    /// <summary>What the file is written by, from front to back.</summary>
    public FileStream Stream { get; }

    /// <summary>
    /// What the file is written by at positions of one's own, on any thread, with <see cref="RandomAccess"/>: instead of
    /// the stream, which has a buffer.
    /// </summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Opens the temporary file; makes the folder where there is none.</summary>
    /// <param name="path">Where the file shall be. One that is there is replaced, of a link the link itself.</param>
    /// <param name="preallocate">The bytes that it will have, to find out at once whether there is room; 0 to find out later.</param>
    /// <exception cref="IOException">It can't be there, or there is no room.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be written to.</exception>
    public static AtomicFile Create(string path, long preallocate = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegative(preallocate);
        string full = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new IOException($"'{path}' is a folder; a file can't take its place.", IsAFolder);
        }
        string name = System.IO.Path.GetFileName(full);
        string folder = System.IO.Path.GetDirectoryName(full) ?? full;
        SyncedFolder.Make(folder);
        // The whole must not be longer than a file's name may be.
        string temporary = System.IO.Path.Combine(
            folder,
            $".{name[..Math.Min(name.Length, 60)]}.{Guid.NewGuid():N}.tmp"
        );
        try
        {
            SafeFileHandle handle = File.OpenHandle(
                temporary,
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete,
                FileOptions.None,
                preallocate
            );
            return new(full, temporary, handle);
        }
        catch
        {
            Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes a whole small file.</summary>
    /// <exception cref="IOException">It can't be there, there is no room, or the disk failed; see <see cref="Commit"/>.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using AtomicFile file = Create(path);
        file.Stream.Write(bytes);
        file.Commit();
    }

    /// <summary>
    /// Removes what attempts at a file that were killed have left beside it, once it is in its place. An attempt that is still
    /// at work finds its own gone when it commits (<see cref="FileNotFoundException"/>), and the file there.
    /// </summary>
    /// <param name="path">The file that is there.</param>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public static void RemoveLeftovers(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Leftovers.RemoveOf(System.IO.Path.GetFullPath(path));
    }

    /// <summary>
    /// Writes bytes at a position, of a file that may be larger than memory: they are sent to the disk at once, and those of
    /// the call before take no memory any more. Not with <see cref="Stream"/>, and on one thread at a time.
    /// </summary>
    /// <exception cref="IOException">There is no room, or the disk failed.</exception>
    public void WriteThrough(ReadOnlySpan<byte> bytes, long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        RandomAccess.Write(Handle, bytes, position);
        LinuxFile.BeginWriteBack(Handle, position, bytes.Length);
        if (_last.Length > 0)
        {
            LinuxFile.Drop(Handle, _last.Position, _last.Length);
        }
        _last = (position, bytes.Length);
    }

    /// <summary>Puts the file in its place, once all of it is on the disk, also of one that is there; the stream is closed.</summary>
    /// <exception cref="IOException">
    /// There is no room, or the disk failed. What was there is there still; or, where only the name couldn't be brought to the
    /// disk, the new file is, whole, and a power cut may yet take it back.
    /// </exception>
    /// <exception cref="InvalidOperationException">It has been done, or given up.</exception>
    public void Commit()
    {
        Close();
        File.Move(TemporaryPath, Path, overwrite: true);
        _isDone = true;
        SyncedFolder.Sync(System.IO.Path.GetDirectoryName(Path)!);
    }

    /// <summary>
    /// Puts the file in its place as <see cref="Commit"/> does, but never of anything that is there: of several who write one
    /// file so at once, one does. (File systems that know no second name of a file, such as FAT, leave a moment in which
    /// two can.)
    /// </summary>
    /// <returns>False where something is there, which stays; this file is given up then.</returns>
    /// <exception cref="IOException">See <see cref="Commit"/>.</exception>
    /// <exception cref="InvalidOperationException">It has been done, or given up.</exception>
    public bool TryCommitNew()
    {
        Close();
        if (!NewName.TryMove(TemporaryPath, Path))
        {
            Dispose();
            return false;
        }
        _isDone = true;
        SyncedFolder.Sync(System.IO.Path.GetDirectoryName(Path)!);
        return true;
    }

    /// <summary>Deletes the temporary file, unless it has been committed.</summary>
    public void Dispose()
    {
        if (_isDone)
        {
            return;
        }
        _isDone = true;
        // What the buffer holds is of no use any more: where the disk is full it can't even be written.
        Handle.Dispose();
        try
        {
            Stream.Dispose();
        }
        catch (ObjectDisposedException)
        {
            // That was the purpose.
        }
        Delete(TemporaryPath);
    }

    private void Close()
    {
        if (_isDone)
        {
            throw new InvalidOperationException($"'{Path}' was committed or given up before.");
        }
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has no name that anyone would take for a result; a fault on the way here matters more.
        }
    }
}
