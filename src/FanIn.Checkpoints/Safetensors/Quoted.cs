using System.Globalization;
using System.Text;

namespace FanIn.Checkpoints;

/// <summary>Text of a file inside a sentence.</summary>
internal static class Quoted
{
    private const int MaxLength = 100;

    /// <summary>
    /// In quotes, cut where it is too long; what doesn't show or would disturb the line (control characters, marks of
    /// direction, halves of surrogate pairs) replaced.
    /// </summary>
    public static string Text(string text)
    {
        var shown = new StringBuilder("'");
        foreach (Rune rune in (text.Length > MaxLength ? text[..(MaxLength - 3)] : text).EnumerateRunes())
        {
            bool disturbs =
                rune == Rune.ReplacementChar
                || Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator;
            shown.Append(disturbs ? "?" : rune.ToString());
        }
        return shown.Append(text.Length > MaxLength ? "...'" : "'").ToString();
    }

    /// <summary>False where it has half of a surrogate pair, which UTF-8 can't hold.</summary>
    public static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !Rune.TryGetRuneAt(text, i++, out _))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Some of many names, for a sentence: the first few in quotes, and how many more there are.</summary>
    public static string Some(IReadOnlyCollection<string> names, int most = 5) =>
        string.Join(", ", names.Take(most).Select(Text))
        + (names.Count > most ? $" and {names.Count - most} more" : "");
}
