using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace FanIn.TorchSharp;

/// <summary>
/// A changed copy of a native library in a <see cref="PrivateFolder"/>, with links to the libraries that it expects
/// beside it. Whatever is there is compared, not trusted, and replaced by renaming: processes that do this at the
/// same time replace equal files by equal ones, and what one of them has loaded stays as it is.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class PrivateCopy
{
    /// <summary>
    /// The name of the folder for a copy: 64 hexadecimal digits, by what the original holds and where it and its
    /// siblings lie.
    /// </summary>
    public static string Key(byte[] original, IEnumerable<string> folders)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(original));
        foreach (string folder in folders)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(folder + '\0'));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// Makes sure that <paramref name="folder"/> holds <paramref name="bytes"/> as <paramref name="name"/> and a
    /// link to each of <paramref name="siblings"/>; writes only what is missing or differs.
    /// </summary>
    /// <returns>The path of the copy.</returns>
    public static string Write(string folder, string name, byte[] bytes, IEnumerable<string> siblings)
    {
        foreach (string sibling in siblings)
        {
            string link = Path.Combine(folder, Path.GetFileName(sibling));
            if (new FileInfo(link).LinkTarget != sibling)
            {
                Replace(link, temporary => File.CreateSymbolicLink(temporary, sibling));
            }
        }

        string copy = Path.Combine(folder, name);
        if (!Holds(copy, bytes))
        {
            Replace(copy, temporary => WriteNew(temporary, bytes));
        }

        return copy;
    }

    /// <summary>
    /// Deletes the copies under <paramref name="root"/> whose siblings are gone, as after the application that
    /// they were made for was removed. They can't be of use to anyone, so a failure doesn't matter.
    /// </summary>
    public static void Prune(string root)
    {
        foreach (string folder in Directory.EnumerateDirectories(root))
        {
            try
            {
                bool orphan = Directory
                    .EnumerateFileSystemEntries(folder)
                    .Any(entry => new FileInfo(entry).LinkTarget is { } target && !File.Exists(target));
                if (orphan)
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another process prunes too, or mends the folder.
            }
        }
    }

    private static bool Holds(string path, byte[] bytes)
    {
        FileInfo file = new(path);
        return file.Exists
            && file.LinkTarget is null
            && file.Length == bytes.Length
            && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes);
    }

    private static void WriteNew(string path, byte[] bytes)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
        };
        using FileStream file = new(path, options);
        file.Write(bytes);
        // On the disk before its name: after a power cut there is either no copy or a whole one.
        file.Flush(flushToDisk: true);
    }

    private static void Replace(string path, Action<string> create)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            create(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
