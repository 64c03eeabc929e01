using System.Globalization;

namespace FanIn.Onnx;

/// <summary>
/// Finds the external data of a tensor. What a file says of its neighbours is not to be trusted: the location has to be
/// relative, without "..", and below the model's folder after all links are followed; the part has to lie in a regular file
/// of one name. Each file is opened once, and looked at again when it is open.
/// </summary>
internal sealed class ExternalData
{
    private readonly string _root;
    private readonly Dictionary<string, ExternalFile> _files = new(StringComparer.Ordinal);

    /// <param name="model">The model's path. The folder itself may be reached by links.</param>
    public ExternalData(string model) => _root = RealPath(Path.GetDirectoryName(Path.GetFullPath(model)) ?? "/");

    /// <param name="entries">location, offset, length, checksum.</param>
    /// <param name="bytes">What the tensor's type and shape take.</param>
    /// <param name="fault">What is wrong: half a sentence after the tensor's name.</param>
    /// <exception cref="IOException">It can't be opened.</exception>
    public ExternalRange? Find(IReadOnlyDictionary<string, string> entries, long bytes, out string fault)
    {
        fault = "";
        if (!entries.TryGetValue("location", out string? location) || location.Length == 0)
        {
            fault = "has external data without a location";
            return null;
        }
        if (!IsBelow(location) || Resolve(location) is not { } path)
        {
            fault =
                $"has external data at '{Printable(location)}', which isn't below the model's folder; it is not read";
            return null;
        }
        if (!_files.TryGetValue(path, out ExternalFile? file))
        {
            // Pipes and devices have no length: they aren't even opened.
            var info = new FileInfo(path);
            if (!info.Exists || (info.Length == 0 && bytes > 0))
            {
                fault =
                    $"has external data in '{Printable(location)}', which {(info.Exists ? "is empty" : "isn't there")}";
                return null;
            }
            if (ExternalFile.Open(_root, path, location, out string trouble) is not { } opened)
            {
                fault = $"has external data at '{Printable(location)}', which {trouble}";
                return null;
            }
            file = _files[path] = opened;
        }
        if (
            Number(entries, "offset", 0) is not { } offset
            || Number(entries, "length", bytes) is not { } length
            || length != bytes
            || offset > file.Length
            || length > file.Length - offset
        )
        {
            string part =
                $"offset {Printable(entries.GetValueOrDefault("offset", "0"))}, length {Printable(entries.GetValueOrDefault("length", $"{bytes}"))}";
            fault =
                $"has external data in '{Printable(location)}' ({part}), where it takes {bytes} bytes of a file of {file.Length}";
            return null;
        }
        return new(file, location, offset, length);
    }

    /// <summary>True for a path below a folder; both with all links followed.</summary>
    internal static bool IsBelow(string root, string path) =>
        path.StartsWith(root.EndsWith('/') ? root : $"{root}{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    private static long? Number(IReadOnlyDictionary<string, string> entries, string key, long otherwise) =>
        !entries.TryGetValue(key, out string? text) ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
        : null;

    /// <summary>Names only, by either system's rules: no root, no drive, no way up, no character that ends a path.</summary>
    private static bool IsBelow(string location) =>
        location.IndexOfAny(['\0', ':', '\\']) < 0
        && !location.StartsWith('/')
        && location.Split('/').All(part => part.Length > 0 && part.Trim(' ', '.').Length > 0)
        && !Path.IsPathRooted(location);

    /// <summary>The path, with each link on the way from the folder followed; null where one leads out of it.</summary>
    private string? Resolve(string location)
    {
        string path = _root;
        foreach (string part in location.Split('/'))
        {
            path = RealPath(Path.Combine(path, part));
            if (!IsBelow(_root, path))
            {
                return null;
            }
        }
        return path;
    }

    /// <summary>A path of which every link was followed.</summary>
    internal static string RealPath(string path)
    {
        string full = Path.GetFullPath(path);
        string? parent = Path.GetDirectoryName(full);
        string real = parent is null ? full : Path.Combine(RealPath(parent), Path.GetFileName(full));
        FileSystemInfo entry = Directory.Exists(real) ? new DirectoryInfo(real) : new FileInfo(real);
        // Throws where links lead in a circle.
        return entry.LinkTarget is null ? real : RealPath(entry.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
    }

    /// <summary>Control characters of a hostile name don't reach a terminal.</summary>
    internal static string Printable(string text) =>
        string.Concat(text.Take(200).Select(c => char.IsControl(c) ? '?' : c)) + (text.Length > 200 ? "..." : "");
}
