namespace FanIn.Cli;

/// <summary>Breaks text at spaces, so that a terminal doesn't break it inside a word.</summary>
internal static class Wrapping
{
    /// <summary>Lines of at most <paramref name="width"/> characters, but for a word that is longer by itself.</summary>
    public static IEnumerable<string> Lines(string text, int width)
    {
        string line = "";
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        if (line.Length > 0)
        {
            yield return line;
        }
    }
}
