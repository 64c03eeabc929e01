using System.Runtime.InteropServices;

namespace FanIn.Checkpoints;

/// <summary>
/// Tells an empty file from what has no length either: pipes, sockets, devices. .NET has no word for these, and opening one may
/// wait for ever.
/// </summary>
internal static partial class FileKind
{
    private const int CurrentFolder = -100;
    private const uint TypeOnly = 1;

    /// <summary>The structure is the same on all processors, unlike that of stat.</summary>
    private const int StructureBytes = 256;
    private const int ModeAt = 28;
    private const int TypeBits = 0xF000;
    private const int Regular = 0x8000;

    /// <summary>True for a file of data, links followed; where the system can't be asked, for all that is no folder.</summary>
    public static bool IsRegular(string path)
    {
        if (new FileInfo(RealPath.Of(path)) is { Exists: true, Length: > 0 } || !OperatingSystem.IsLinux())
        {
            return !Directory.Exists(path);
        }
        Span<byte> structure = stackalloc byte[StructureBytes];
        try
        {
            return Statx(CurrentFolder, path, 0, TypeOnly, ref MemoryMarshal.GetReference(structure)) != 0
                || (MemoryMarshal.Read<ushort>(structure[ModeAt..]) & TypeBits) == Regular;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library older than 2018.
            return true;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte structure);
}
