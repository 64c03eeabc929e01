using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FanIn.Checkpoints;

/// <summary>A name is on the disk when its folder is. Windows has no such call.</summary>
internal static partial class SyncedFolder
{
    /// <summary>O_CLOEXEC, so that a process that is started meanwhile doesn't hold the folder.</summary>
    private static int CloseOnExec =>
        OperatingSystem.IsLinux() ? 0x80000
        : OperatingSystem.IsMacOS() ? 0x1000000
        : 0;

    /// <summary>Makes a folder and those above it, where there are none, and brings each one's name to the disk.</summary>
    /// <exception cref="IOException">There can't be one.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder above can't be written to.</exception>
    public static void Make(string path)
    {
        var parents = new Stack<string>();
        for (
            string level = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            !Directory.Exists(level) && Path.GetDirectoryName(level) is { } parent;
            level = parent
        )
        {
            parents.Push(parent);
        }
        Directory.CreateDirectory(path);
        foreach (string parent in parents)
        {
            Sync(parent);
        }
    }

    /// <summary>Brings the names in a folder to the disk.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        int descriptor = OpenForReading(folder, CloseOnExec);
        if (descriptor >= 0)
        {
            using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
            RandomAccess.FlushToDisk(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenForReading(string path, int flags);
}
