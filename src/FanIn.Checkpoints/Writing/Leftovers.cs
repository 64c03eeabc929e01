namespace FanIn.Checkpoints;

/// <summary>
/// What attempts at a file leave beside its place when they are killed: all begin with a dot and the file's name. They go once
/// the file is in its place; whoever is still at one of them loses nothing, since the file is there.
/// </summary>
internal static class Leftovers
{
    /// <summary>Of what one attempt alone writes; <see cref="AtomicFile"/>'s too.</summary>
    public const string TemporaryExtension = ".tmp";

    /// <summary>Of the folder in which several ranks write one file.</summary>
    public const string PartsExtension = ".parts";

    private const int LongestName = 60;

    /// <summary>How the names of all attempts at a file begin.</summary>
    public static string PrefixOf(string path)
    {
        string name = Path.GetFileName(path);
        return $".{name[..Math.Min(name.Length, LongestName)]}.";
    }

    /// <summary>Removes what attempts at a file have left; of names too long to tell one file's from another's nothing.</summary>
    public static void RemoveOf(string path)
    {
        string prefix = PrefixOf(path);
        if (Path.GetFileName(path).Length > LongestName)
        {
            return;
        }
        foreach (string entry in Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!, $"{prefix}*"))
        {
            string name = Path.GetFileName(entry);
            // Between the file's name and the extension stand numbers alone, or it is another file's.
            string[] numbers = name.StartsWith(prefix, StringComparison.Ordinal)
                ? Path.GetFileNameWithoutExtension(name[prefix.Length..]).Split('.')
                : [""];
            if (!numbers.All(number => number.Length > 0 && number.All(char.IsAsciiHexDigitLower)))
            {
                continue;
            }
            if (name.EndsWith(PartsExtension, StringComparison.Ordinal))
            {
                Retire(entry);
            }
            else if (name.EndsWith(TemporaryExtension, StringComparison.Ordinal))
            {
                Remove(entry);
            }
        }
    }

    /// <summary>Removes a folder that others may look into: first its name, so that nobody sees half of it.</summary>
    public static void Retire(string folder)
    {
        string own = Path.Combine(
            Path.GetDirectoryName(folder)!,
            $"{Path.GetFileNameWithoutExtension(folder)}.{Guid.NewGuid():N}{TemporaryExtension}"
        );
        try
        {
            Directory.Move(folder, own);
        }
        catch (IOException)
        {
            // There is none, or another was quicker.
            return;
        }
        Remove(own);
    }

    /// <summary>Removes a file or folder, or what of it another doesn't.</summary>
    public static void Remove(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has no name that anyone would take for a result.
        }
    }
}
