using System.Runtime.InteropServices;

namespace FanIn.Checkpoints;

/// <summary>
/// Gives a file a name that nothing has, in one step: of several who want the name one gets it. .NET's own move looks first
/// whether the name is free, and replaces what came in between.
/// </summary>
internal static partial class NewName
{
    /// <summary>EEXIST, everywhere but on Windows.</summary>
    private const int Exists = 17;

    /// <param name="from">The file.</param>
    /// <param name="to">On the same file system.</param>
    /// <returns>False where something has the name; nothing was changed then.</returns>
    /// <exception cref="FileNotFoundException">The file is gone.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static bool TryMove(string from, string to)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (Link(from, to) == 0)
            {
                Leftovers.Remove(from);
                return true;
            }
            if (Marshal.GetLastPInvokeError() == Exists)
            {
                return false;
            }
        }
        // Windows does it in one step; some file systems, such as FAT, have no second name for a file and no better way.
        try
        {
            File.Move(from, to, overwrite: false);
            return true;
        }
        catch (IOException e)
            when (e is not (FileNotFoundException or DirectoryNotFoundException)
                && (File.Exists(to) || Directory.Exists(to))
            )
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string from, string to);
}
