using System.Globalization;

namespace FanIn;

/// <summary>How findings write numbers and names.</summary>
internal static class FindingText
{
    /// <summary>Three significant digits, of larger numbers all before the point: <c>0.707</c>, <c>3e-8</c>, <c>2048</c>.</summary>
    public static string Number(double value)
    {
        if (Math.Abs(value) is >= 1000 and < 1e6)
        {
            return Math.Round(value).ToString(CultureInfo.InvariantCulture);
        }
        string text = value.ToString("G3", CultureInfo.InvariantCulture);
        int exponent = text.IndexOf('E', StringComparison.Ordinal);
        return exponent < 0
            ? text
            : text[..exponent]
                + "e"
                + int.Parse(text.AsSpan(exponent + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
                    .ToString(CultureInfo.InvariantCulture);
    }

    /// <summary><c>47%</c>.</summary>
    public static string Percent(double share) => $"{Number(Math.Round(100 * share, 1))}%";

    public static string Quote(string name) => Spelling.Quote(name);

    /// <summary><c>12 of 256</c>.</summary>
    public static string Of(long some, long all) => $"{some} of {all}";

    /// <summary>A rule's clause as a sentence.</summary>
    public static string Sentence(string clause) =>
        clause.Length == 0 ? clause : $"{char.ToUpperInvariant(clause[0])}{clause.AsSpan(1)}.";

    /// <summary>Names in quotes, no more than three of them.</summary>
    public static string List(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(3).Select(Quote)) + (names.Count > 3 ? $" and {names.Count - 3} more" : "");

    /// <summary>A number short enough to be written into an initializer: six significant digits.</summary>
    public static double Short(double value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
