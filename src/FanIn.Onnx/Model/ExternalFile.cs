using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FanIn.Onnx;

/// <summary>
/// A file beside the model, opened once: what is checked is what is read, whatever becomes of its name in between. It is
/// closed when nobody holds it any more.
/// </summary>
internal sealed unsafe partial class ExternalFile
{
    private readonly SafeFileHandle _handle;
    private readonly string _location;

    private ExternalFile(string location, SafeFileHandle handle)
    {
        _location = location;
        _handle = handle;
        Length = RandomAccess.GetLength(handle);
    }

    /// <summary>In bytes.</summary>
    public long Length { get; }

    /// <summary>Opens a file and looks at what was opened.</summary>
    /// <param name="root">The model's folder, all links followed.</param>
    /// <param name="path">A path below it, all links followed.</param>
    /// <param name="location">What the model calls it.</param>
    /// <param name="fault">What is wrong with it: half a sentence.</param>
    /// <exception cref="IOException">It can't be opened.</exception>
    public static ExternalFile? Open(string root, string path, string location, out string fault)
    {
        SafeFileHandle handle = File.OpenHandle(path, share: FileShare.Read | FileShare.Delete);
        try
        {
            fault =
                !ExternalData.IsBelow(root, PathOf(handle, path)) ? "isn't below the model's folder; it is not read"
                : Look(handle) is not { } look ? ""
                : !look.IsRegular ? "is no regular file; it is not read"
                : look.Links > 1
                    ? $"has {look.Links} names (hard links), so that it may be a file from elsewhere; it is not read: put a copy in its place"
                : "";
            if (fault.Length == 0)
            {
                var file = new ExternalFile(location, handle);
                handle = null!;
                return file;
            }
            return null;
        }
        finally
        {
            handle?.Dispose();
        }
    }

    /// <summary>Reads a part whole.</summary>
    /// <exception cref="IOException">The file has become shorter, or can't be read.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(_handle, destination, offset);
            if (read == 0)
            {
                throw new EndOfStreamException($"'{ExternalData.Printable(_location)}' has become shorter.");
            }
            destination = destination[read..];
            offset += read;
        }
    }

    /// <summary>Copies a part to the same place of another file.</summary>
    /// <exception cref="IOException">Either can't be read or written.</exception>
    public void CopyTo(string path, long offset, long length)
    {
        using SafeFileHandle copy = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write);
        byte[] buffer = new byte[(int)Math.Min(length, 1 << 20)];
        for (long done = 0; done < length; )
        {
            Span<byte> bytes = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done));
            Read(offset + done, bytes);
            RandomAccess.Write(copy, bytes, offset + done);
            done += bytes.Length;
        }
    }

    /// <summary>Where an opened file lies. Where the system doesn't say it, its name is looked up again.</summary>
    private static string PathOf(SafeFileHandle handle, string path) =>
        OperatingSystem.IsLinux()
        && new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget is { } target
            ? target
            : ExternalData.RealPath(path);

    private readonly record struct Status(bool IsRegular, uint Links);

    /// <summary>Type and number of names; null on systems where .NET can't tell.</summary>
    private static Status? Look(SafeFileHandle handle)
    {
        const int OfDescriptor = 0x1000;
        const uint TypeAndLinks = 0x1 | 0x4;
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }
        // struct statx is laid out alike on every architecture: links at byte 16, type and mode at byte 28.
        byte* status = stackalloc byte[256];
        if (StatX((int)handle.DangerousGetHandle(), "", OfDescriptor, TypeAndLinks, status) != 0)
        {
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }
        return new((*(ushort*)(status + 28) & 0xf000) == 0x8000, *(uint*)(status + 16));
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatX(int descriptor, string path, int flags, uint mask, byte* status);
}

/// <summary>A part of a file beside the model.</summary>
/// <param name="File">Opened and checked.</param>
/// <param name="Location">What the model calls it: below its folder, with '/' between the names.</param>
/// <param name="Offset">In bytes.</param>
/// <param name="Length">In bytes.</param>
internal sealed record ExternalRange(ExternalFile File, string Location, long Offset, long Length);
