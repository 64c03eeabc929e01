using Microsoft.Win32.SafeHandles;

namespace FanIn.Checkpoints;

/// <summary>Files of data, opened for reading at any position. Folders, pipes and devices are told from them before.</summary>
internal static class RegularFile
{
    /// <param name="path">The file.</param>
    /// <param name="shown">What it is called in a sentence.</param>
    /// <exception cref="SafetensorsException">It isn't there, is none, is empty, or can't be read.</exception>
    public static SafeFileHandle Open(string path, string shown)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new SafetensorsException($"'{shown}' is a folder where a file is wanted.");
            }
            var info = new FileInfo(path);
            if (!info.Exists)
            {
                throw new SafetensorsException($"'{shown}' isn't there.");
            }
            if (info.ResolveLinkTarget(returnFinalTarget: true) is { } target)
            {
                info = new FileInfo(target.FullName);
                if (!info.Exists)
                {
                    throw new SafetensorsException(
                        $"'{shown}' is a link to {Quoted.Text(target.FullName)}, which isn't there."
                    );
                }
            }
            // Pipes and devices have no length and are never opened: that could wait for ever.
            if (info.Length == 0)
            {
                throw new SafetensorsException($"'{shown}' is empty, or no file but a pipe or device.");
            }
            return File.OpenHandle(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read | FileShare.Delete,
                FileOptions.RandomAccess
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new SafetensorsException($"'{shown}' can't be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// A file's length, of a link that of the file it leads to: the link's own is its text's. Null where there is none.
    /// </summary>
    /// <exception cref="IOException">Its links go on for ever.</exception>
    public static long? LengthOf(string path)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is not null && info.ResolveLinkTarget(returnFinalTarget: true) is { } target)
        {
            info = new FileInfo(target.FullName);
        }
        return info.Exists ? info.Length : null;
    }

    /// <summary>The text of a small file.</summary>
    /// <exception cref="SafetensorsException">It isn't there, is no regular file, or is too long.</exception>
    public static string ReadText(string path, string shown, long longest)
    {
        using SafeFileHandle handle = Open(path, shown);
        long length = RandomAccess.GetLength(handle);
        if (length > longest)
        {
            throw new SafetensorsException($"'{shown}' has {length} bytes; at most {longest} are read.");
        }
        byte[] bytes = new byte[length];
        return TryRead(handle, 0, bytes)
            ? System.Text.Encoding.UTF8.GetString(bytes)
            : throw new SafetensorsException($"'{shown}' was cut off while it was read.");
    }

    /// <summary>Fills memory from a position on; false where the file ends before.</summary>
    public static bool TryRead(SafeFileHandle handle, long position, Span<byte> into)
    {
        while (!into.IsEmpty)
        {
            int read = RandomAccess.Read(handle, into, position);
            if (read == 0)
            {
                return false;
            }
            into = into[read..];
            position += read;
        }
        return true;
    }
}
