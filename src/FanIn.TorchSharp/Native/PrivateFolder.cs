using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace FanIn.TorchSharp;

/// <summary>Folders that nobody but the user can write to, so that what lies in them can be loaded as code.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class PrivateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>
    /// The folder <paramref name="name"/> under <paramref name="parent"/>, made with mode 0700 if it isn't there.
    /// </summary>
    /// <exception cref="UnauthorizedAccessException">
    /// What is there is a link, belongs to someone else or has another mode; or others can write to the parent, and
    /// so replace the folder.
    /// </exception>
    /// <exception cref="IOException">The folder can't be made.</exception>
    public static string Open(string parent, string name)
    {
        Owned above = Look(parent, followLink: true);
        bool othersMayReplace =
            (above.Mode & OthersWrite) != UnixFileMode.None
            && (above.Mode & UnixFileMode.StickyBit) == UnixFileMode.None;
        if (!above.IsFolder || othersMayReplace || (above.User != CurrentUser() && above.User != 0))
        {
            throw new UnauthorizedAccessException($"'{parent}' isn't a folder that only its user can write to.");
        }

        string folder = Path.Combine(parent, name);
        // Does nothing to what is there already: that is for the check after it.
        Directory.CreateDirectory(folder, OwnerOnly);
        Owned own = Look(folder, followLink: false);
        return own.IsFolder && own.User == CurrentUser() && own.Mode == OwnerOnly
            ? folder
            : throw new UnauthorizedAccessException(
                $"'{folder}' must be a folder of the current user with mode 0700, and not a link."
            );
    }

    private readonly record struct Owned(bool IsFolder, uint User, UnixFileMode Mode);

    private static Owned Look(string path, bool followLink)
    {
        const int CurrentFolder = -100;
        const int NoFollow = 0x100;
        const uint TypeModeAndUser = 0x1 | 0x2 | 0x8;
        // struct statx is laid out alike on every architecture: user at byte 20, type and mode at byte 28.
        byte* status = stackalloc byte[256];
        if (StatX(CurrentFolder, path, followLink ? 0 : NoFollow, TypeModeAndUser, status) != 0)
        {
            throw new IOException($"'{path}' can't be looked at: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        ushort mode = *(ushort*)(status + 28);
        return new Owned((mode & 0xf000) == 0x4000, *(uint*)(status + 20), (UnixFileMode)(mode & 0xfff));
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint CurrentUser();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, byte* status);
}
