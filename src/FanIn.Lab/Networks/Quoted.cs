namespace FanIn.Lab;

/// <summary>What somebody typed, as a sentence can quote it.</summary>
internal static class Quoted
{
    /// <summary>In quotes, cut where it is too long for a sentence, control characters replaced.</summary>
    public static string Cut(string text)
    {
        string cut = text.Length > 60 ? $"{text.AsSpan(0, 57)}..." : text;
        return $"'{string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c))}'";
    }
}
