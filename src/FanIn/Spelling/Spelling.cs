using System.Globalization;
using System.Text;

namespace FanIn;

/// <summary>Helps people who mistype: finds the known spelling nearest to what was written.</summary>
public static class Spelling
{
    /// <summary>
    /// The entry of <paramref name="known"/> with the smallest edit distance (insertion, deletion, substitution and
    /// transposition of neighbours cost 1) to <paramref name="text"/>, or null when none is near: more than a third of
    /// its letters, and more than one, would have to change.
    /// </summary>
    public static string? Nearest(string text, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(known);
        if (text.Length > MaxLength)
        {
            return null;
        }
        string folded = Fold(text);
        (string? best, int bestScore) = (null, int.MaxValue);
        foreach (string candidate in known)
        {
            string name = Fold(candidate);
            int distance = Distance(folded, name);
            // Of two as near, the one that begins alike: first letters are rarely mistyped.
            int score = (2 * distance) + (folded.Length > 0 && name.StartsWith(folded[0]) ? 0 : 1);
            if (score < bestScore && distance <= Math.Max(1, candidate.Length / 3))
            {
                (best, bestScore) = (candidate, score);
            }
        }
        return best;
    }

    /// <summary>
    /// The sentence for an unknown name: "unknown initializer 'he_norml'; did you mean 'he_normal'?", or the list of
    /// all that is known where nothing is near.
    /// </summary>
    public static string Unknown(string what, string text, IReadOnlyCollection<string> known)
    {
        ArgumentNullException.ThrowIfNull(text);
        string shown = Quote(text);
        return Nearest(text, known) is { } nearest
            ? $"unknown {what} {shown}; did you mean '{nearest}'?"
            : $"unknown {what} {shown}; known are: {string.Join(", ", known)}";
    }

    /// <summary>The words that text forms and JSON have for the members of one of FanIn's enumerations.</summary>
    public static IReadOnlyList<string> Words<TEnum>()
        where TEnum : struct, Enum => EnumSpelling<TEnum>.Names;

    /// <summary>The word for one member: <c>torch_transposed</c>, <c>bfloat16</c>.</summary>
    public static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => EnumSpelling<TEnum>.Names[(int)(object)value];

    /// <summary>The member that a word stands for; of layouts also by framework: <c>jax</c>, <c>onnx_matmul</c>.</summary>
    /// <param name="what">What it should be, for the message.</param>
    /// <param name="text">The word.</param>
    /// <exception cref="SpellingException">There is no such word; says the nearest one.</exception>
    public static TEnum Read<TEnum>(string what, string text)
        where TEnum : struct, Enum
    {
        ArgumentNullException.ThrowIfNull(text);
        int index = EnumSpelling<TEnum>.IndexOf(text);
        return index >= 0
            ? (TEnum)(object)index
            : throw SpellingException.Unknown(what, text, EnumSpelling<TEnum>.Names);
    }

    /// <summary>
    /// The text in quotes, cut where it is too long for a sentence; what doesn't show or would disturb the line (control
    /// characters, marks of direction, halves of surrogate pairs) replaced.
    /// </summary>
    internal static string Quote(string text)
    {
        var shown = new StringBuilder("'");
        foreach (Rune rune in (text.Length > 60 ? text[..57] : text).EnumerateRunes())
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
        return shown.Append(text.Length > 60 ? "...'" : "'").ToString();
    }

    /// <summary>False where it has half of a surrogate pair, which UTF-8 can't hold.</summary>
    internal static bool IsWellFormed(string text)
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

    /// <summary>What an argument's fault is, without the argument's name.</summary>
    internal static string Sentence(ArgumentException e) => e.Message.Split(" (Parameter")[0].ReplaceLineEndings(" ");

    private const int MaxLength = 128;

    /// <summary>Dashes, spaces and capitals are the commonest slips: they cost nothing.</summary>
    private static string Fold(string text) => text.Trim().Replace('-', '_').Replace(' ', '_').ToLowerInvariant();

    /// <summary>Optimal string alignment distance.</summary>
    private static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            d[i, 0] = i;
        }
        for (int j = 0; j <= b.Length; j++)
        {
            d[0, j] = j;
        }
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int substitution = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(substitution, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }
        return d[a.Length, b.Length];
    }
}
