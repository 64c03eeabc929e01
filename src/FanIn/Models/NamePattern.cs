using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// A pattern for names: <c>*</c> stands for any characters, <c>?</c> for one, <c>|</c> separates alternatives; case counts.
/// What each <c>*</c> stands for is captured: as little as will do, the first one first.
/// </summary>
internal sealed class NamePattern
{
    private readonly ImmutableArray<string> _alternatives;

    public NamePattern(string text) => _alternatives = [.. text.Split('|', StringSplitOptions.TrimEntries)];

    /// <summary>The least number of <c>*</c> that an alternative has.</summary>
    public int Captures => _alternatives.Min(a => a.Count(c => c == '*'));

    /// <summary>What tells it from others: the alternatives, in whatever order they are written.</summary>
    public string Identity => string.Join('|', _alternatives.Distinct().Order(StringComparer.Ordinal));

    public ImmutableArray<string> Alternatives => _alternatives;

    public bool HasEmptyAlternative => _alternatives.Any(a => a.Length == 0);

    /// <summary>What the <c>*</c>s of the first alternative that fits stand for, or null where none fits.</summary>
    /// <param name="name">The name.</param>
    /// <param name="accepts">Which alternatives count; all unless given.</param>
    public ImmutableArray<string>? Match(string name, Func<string, bool>? accepts = null)
    {
        foreach (string alternative in _alternatives)
        {
            if ((accepts is null || accepts(alternative)) && Match(alternative, name) is { } captures)
            {
                return captures;
            }
        }
        return null;
    }

    /// <summary>
    /// Only the last star met so far ever takes more: with each earlier one taking as little as it can, what follows it
    /// has the most room, so that time is at most the product of both lengths.
    /// </summary>
    private static ImmutableArray<string>? Match(string pattern, string name)
    {
        var captures = new List<(int Start, int End)>();
        (int p, int n, int star) = (0, 0, -1);
        while (n < name.Length || p < pattern.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                captures.Add((n, n));
                star = p++;
            }
            else if (p < pattern.Length && n < name.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                (p, n) = (p + 1, n + 1);
            }
            else if (star >= 0 && captures[^1].End < name.Length)
            {
                (int start, int end) = captures[^1];
                captures[^1] = (start, end + 1);
                (p, n) = (star + 1, end + 1);
            }
            else
            {
                return null;
            }
        }
        return [.. captures.Select(c => name[c.Start..c.End])];
    }
}
