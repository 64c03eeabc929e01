using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using TorchSharp;

namespace FanIn.TorchSharp;

/// <summary>
/// Loads TorchSharp's native library on a Linux whose libstdc++ lacks a version that the library asks for but
/// doesn't use.
/// </summary>
/// <remarks>
/// TorchSharp 0.107.0 is linked against a newer libstdc++ than Debian 12 and Ubuntu 22.04 have. The only symbol of
/// the missing version GLIBCXX_3.4.32 is <c>std::ios_base_library_init()</c>, which GCC 13 mentions in every file
/// that includes &lt;iostream&gt; just to have that version asked for; no relocation refers to it. The streams are
/// initialized all the same: libtorch, which is loaded first, comes from an older compiler and does it itself.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static class LibtorchBinding
{
    private const string CacheFolder = "FanIn.TorchSharp";

    /// <summary>Loads the library as it is if that works, else a copy with the unused version marked weak.</summary>
    /// <exception cref="DllNotFoundException">Neither works; the message says what would.</exception>
    public static nint Load(IReadOnlyList<string> folders)
    {
        // TorchSharp loads it first too; here it also initializes the standard streams of the older libstdc++.
        NativeLibrary.TryLoad("torch_cpu", typeof(torch).Assembly, null, out _);
        string name = NativeFiles.FileName(NativeFiles.TorchSharpLibrary);
        string original = NativeFiles.Find(folders, name) ?? throw LibtorchError.NoRuntime(NativeFiles.Platform);
        try
        {
            // By its full path, so that the message is about this file alone.
            return NativeLibrary.Load(original);
        }
        catch (DllNotFoundException e)
        {
            return LoadWithoutVersion(original, folders, e);
        }
    }

    /// <summary>What <see cref="Load"/> does once the system has refused the original with this message.</summary>
    public static nint LoadWithoutVersion(string original, IReadOnlyList<string> folders, DllNotFoundException asItIs)
    {
        byte[] bytes;
        ElfImage image;
        try
        {
            bytes = File.ReadAllBytes(original);
            image = ElfImage.Parse(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw LibtorchError.NotLoaded(original, asItIs);
        }

        // The library must not be loaded away from libtorch: without it the process would crash.
        string own = Path.GetDirectoryName(original)!;
        string[] homes = Homes(image, [own, .. folders]);
        if (homes.Length == 0)
        {
            throw LibtorchError.NoRuntime(NativeFiles.Platform, asItIs);
        }

        string message = asItIs.Message.Replace(original, "", StringComparison.Ordinal);
        if (WeakVersion.Missing(image, message) is not { } missing)
        {
            throw LibtorchError.NotLoaded(original, asItIs);
        }

        byte[] marked;
        try
        {
            marked = WeakVersion.Mark(image, bytes, missing);
        }
        catch (InvalidDataException)
        {
            throw LibtorchError.SystemTooOld(missing, asItIs);
        }

        homes = [.. homes.Prepend(own).Distinct()];
        return LoadCopy(original, PrivateCopy.Key(bytes, homes), marked, Siblings(original, homes));
    }

    /// <summary>The folders that hold the parts of libtorch which the library needs, or none if one is missing.</summary>
    private static string[] Homes(ElfImage image, IReadOnlyList<string> folders)
    {
        IEnumerable<string?> parts = image
            .Needed.Where(name =>
                name.StartsWith("libtorch", StringComparison.Ordinal)
                || name.StartsWith("libc10", StringComparison.Ordinal)
            )
            .Select(name => NativeFiles.Find(folders, name));
        string?[] found = [.. parts];
        return found.Contains(null) ? [] : [.. found.Select(path => Path.GetDirectoryName(path)!).Distinct()];
    }

    /// <summary>All libraries of these folders but the original: libtorch loads more of its parts as it needs them.</summary>
    private static string[] Siblings(string original, string[] homes) =>
        [
            .. homes
                .SelectMany(home => Directory.EnumerateFiles(home, "lib*.so*"))
                .DistinctBy(Path.GetFileName)
                .Where(path => Path.GetFileName(path) != Path.GetFileName(original)),
        ];

    private static nint LoadCopy(string original, string key, byte[] bytes, string[] siblings)
    {
        string name = Path.GetFileName(original);
        try
        {
            string local = Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData,
                Environment.SpecialFolderOption.Create
            );
            string root = PrivateFolder.Open(local, CacheFolder);
            PrivateCopy.Prune(root);
            return NativeLibrary.Load(PrivateCopy.Write(PrivateFolder.Open(root, key), name, bytes, siblings));
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or ArgumentException or DllNotFoundException)
        {
            // No home, a full or read-only disk, others' folder, no execution allowed there: a temporary one may do.
        }

        return LoadTemporaryCopy(original, name, bytes, siblings);
    }

    private static nint LoadTemporaryCopy(string original, string name, byte[] bytes, string[] siblings)
    {
        DirectoryInfo? folder = null;
        try
        {
            folder = Directory.CreateTempSubdirectory("fanin-");
            return NativeLibrary.Load(PrivateCopy.Write(folder.FullName, name, bytes, siblings));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DllNotFoundException)
        {
            throw LibtorchError.NotLoaded(original, e);
        }
        finally
        {
            // What is loaded stays loaded.
            folder?.Delete(recursive: true);
        }
    }
}
