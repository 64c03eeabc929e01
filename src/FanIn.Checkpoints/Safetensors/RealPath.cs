namespace FanIn.Checkpoints;

/// <summary>Paths without links in any part.</summary>
internal static class RealPath
{
    /// <summary>As many as Linux follows.</summary>
    private const int MaxLinks = 40;

    /// <summary>Where a path leads in the end, whether there is something or not.</summary>
    /// <exception cref="IOException">Its links go on for ever.</exception>
    public static string Of(string path)
    {
        string full = Path.GetFullPath(path);
        string current = Path.GetPathRoot(full)!;
        var parts = new Stack<string>();
        Push(full[current.Length..]);
        int links = 0;
        while (parts.TryPop(out string? part))
        {
            if (part == "..")
            {
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }
            string next = Path.Combine(current, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                current = next;
                continue;
            }
            if (++links > MaxLinks)
            {
                throw new IOException($"'{path}' has more than {MaxLinks} links one after the other.");
            }
            string root = Path.GetPathRoot(target) ?? "";
            if (root.Length > 0)
            {
                current = Path.GetFullPath(root);
            }
            Push(target[root.Length..]);
        }
        return current;

        void Push(string rest)
        {
            string[] names = rest.Split(
                [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar],
                StringSplitOptions.RemoveEmptyEntries
            );
            foreach (string name in names.Where(name => name != ".").Reverse())
            {
                parts.Push(name);
            }
        }
    }
}
