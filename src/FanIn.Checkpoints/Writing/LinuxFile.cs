using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FanIn.Checkpoints;

/// <summary>What Linux can do with a file and .NET has no word for.</summary>
internal static partial class LinuxFile
{
    /// <summary>Invalid argument: what a file system answers that doesn't know direct writes.</summary>
    public const int InvalidArgument = 22;

    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int TooLarge = 27;
    private const int StaleHandle = 116;

    private const int WriteOnly = 1;
    private const int CloseOnExec = 0x80000;
    private const int DontNeed = 4;

    [Flags]
    private enum Ranges
    {
        WaitBefore = 1,
        Write = 2,
        WaitAfter = 4,
    }

    /// <summary>O_DIRECT, which isn't the same on all processors; 0 where it isn't known.</summary>
    private static int DirectFlag =>
        RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 or Architecture.X86 or Architecture.RiscV64 or Architecture.LoongArch64 => 0x4000,
            Architecture.Arm64 or Architecture.Arm => 0x10000,
            _ => 0,
        };

    /// <summary>Offsets of the calls below have the width of a pointer in C's library.</summary>
    private static bool HasRanges => OperatingSystem.IsLinux() && IntPtr.Size == sizeof(long);

    /// <summary>
    /// True where a file or folder isn't there any more. Over NFS one that another machine removed is a stale handle.
    /// </summary>
    public static bool IsGone(IOException e) =>
        e is FileNotFoundException or DirectoryNotFoundException
        || (OperatingSystem.IsLinux() && e.HResult == StaleHandle);

    /// <summary>Opens an existing file for writes past the page cache; null, with the system's reason, where that can't be.</summary>
    public static SafeFileHandle? OpenDirect(string path, out string reason)
    {
        reason = "this system has no such writes";
        if (!OperatingSystem.IsLinux() || DirectFlag == 0)
        {
            return null;
        }
        int descriptor = Open(path, WriteOnly | CloseOnExec | DirectFlag);
        if (descriptor < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            reason =
                error == InvalidArgument
                    ? "the file system refuses such writes"
                    : Marshal.GetPInvokeErrorMessage(error);
            return null;
        }
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>
    /// Makes a file as long as it will be, with room on the disk for all of it; where the file system can't promise the room
    /// (or the system isn't Linux) only as long.
    /// </summary>
    /// <exception cref="IOException">There is no room.</exception>
    public static void Allocate(SafeFileHandle file, string path, long length)
    {
        if (HasRanges && length > 0)
        {
            int result;
            do
            {
                result = Allocate(file, 0, 0, length);
            } while (result != 0 && Marshal.GetLastPInvokeError() == 4);
            int error = result == 0 ? 0 : Marshal.GetLastPInvokeError();
            if (error is NoSpace or QuotaExceeded or TooLarge)
            {
                throw new IOException(
                    $"there is no room for '{path}', which takes {length} bytes: {Marshal.GetPInvokeErrorMessage(error)}",
                    error
                );
            }
            if (error == 0)
            {
                return;
            }
        }
        RandomAccess.SetLength(file, length);
    }

    /// <summary>Begins to bring written pages to the disk, without waiting.</summary>
    public static void BeginWriteBack(SafeFileHandle file, long position, long length)
    {
        if (HasRanges)
        {
            _ = SyncRange(file, position, length, (uint)Ranges.Write);
        }
    }

    /// <summary>Waits until written pages are on their way out, and gives their memory back.</summary>
    public static void Drop(SafeFileHandle file, long position, long length)
    {
        if (HasRanges)
        {
            _ = SyncRange(file, position, length, (uint)(Ranges.WaitBefore | Ranges.Write | Ranges.WaitAfter));
            _ = Advise(file, position, length, DontNeed);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);
}
