using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// The syntax that all text forms share: <c>name</c> or <c>name(value, key=value, ...)</c>. Only the shape is read
/// here; what the arguments mean is a <see cref="Form{T}"/>'s business.
/// </summary>
internal readonly record struct TextForm(string Name, ImmutableArray<TextForm.Argument> Arguments)
{
    public readonly record struct Argument(string? Key, string Value);

    private const int MaxNameLength = 512;

    /// <summary>Room for a list of a few thousand numbers.</summary>
    private const int MaxLength = 1 << 18;

    public static TextForm Parse(string text, string what)
    {
        ArgumentNullException.ThrowIfNull(text);
        int limit = text.AsSpan(0, Math.Min(text.Length, MaxNameLength)).Contains('(') ? MaxLength : MaxNameLength;
        if (text.Length > limit)
        {
            throw new SpellingException($"the {what} {Spelling.Quote(text)} is longer than {limit} characters");
        }
        string trimmed = text.Trim();
        int open = trimmed.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            return new(trimmed, []);
        }
        if (!trimmed.EndsWith(')'))
        {
            throw new SpellingException(
                $"the {what} {Spelling.Quote(text)} lacks its closing parenthesis; write name(argument=value, ...)"
            );
        }
        return new(trimmed[..open].TrimEnd(), Split(trimmed[(open + 1)..^1], text, what));
    }

    private static ImmutableArray<Argument> Split(string inside, string whole, string what)
    {
        if (string.IsNullOrWhiteSpace(inside))
        {
            return [];
        }
        var arguments = ImmutableArray.CreateBuilder<Argument>();
        (int depth, int start) = (0, 0);
        for (int i = 0; i <= inside.Length; i++)
        {
            char c = i == inside.Length ? ',' : inside[i];
            depth += c switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (depth < 0 || (i == inside.Length && depth != 0))
            {
                throw new SpellingException($"the parentheses of the {what} {Spelling.Quote(whole)} don't match");
            }
            if (c != ',' || depth != 0)
            {
                continue;
            }
            string part = inside[start..i];
            start = i + 1;
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (part.AsSpan(0, Math.Max(equals, 0)).Contains('('))
            {
                // It is an argument's within the value.
                equals = -1;
            }
            string value = part[(equals + 1)..].Trim();
            if (value.Length == 0)
            {
                throw new SpellingException($"the {what} {Spelling.Quote(whole)} has an empty argument");
            }
            arguments.Add(new(equals < 0 ? null : part[..equals].Trim(), value));
        }
        return arguments.ToImmutable();
    }
}
