using System.Globalization;

namespace FanIn;

/// <summary>
/// Numbers as people write them in text forms: decimals, <c>inf</c>, the four operations, powers, parentheses and the
/// functions <c>sqrt</c>, <c>ln</c>, <c>min</c>, <c>max</c>: <c>sqrt(2)</c>, <c>5/3</c>, <c>1e-3</c>,
/// <c>(8*12)^(-1/4)</c>; in a recipe's rules the variables of <see cref="RuleVariables"/> too. Culture-invariant; printing
/// gives back the shortest such form that reads to the same bits. Infinity is written, never computed: a division by zero
/// or an overflow is a mistake. There is one zero. The value has the same bits on every platform.
/// </summary>
internal static class NumberExpression
{
    private const int MaxLength = 128;

    /// <param name="text">The expression.</param>
    /// <param name="variables">What the variables are; null where there are none.</param>
    /// <returns>NaN where a variable's value isn't known yet.</returns>
    public static double Parse(string text, RuleVariables? variables = null)
    {
        if (text.Length > MaxLength)
        {
            throw new SpellingException($"the number {Spelling.Quote(text)} is longer than {MaxLength} characters");
        }
        var reader = new ExpressionReader(text, variables);
        double value = reader.Sum();
        return reader.AtEnd ? value + 0.0 : throw reader.Fault();
    }

    public static string Print(double value)
    {
        value += 0.0;
        string plain = double.IsInfinity(value)
            ? (value > 0 ? "inf" : "-inf")
            : value.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);
        if (plain.Length <= 8 || !double.IsFinite(value))
        {
            return plain;
        }
        double size = Math.Abs(value);
        string sign = value < 0 ? "-" : "";
        for (int n = 2; n <= 100; n++)
        {
            if (Math.Sqrt(n) == size)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{sign}sqrt({n})");
            }
        }
        for (int q = 2; q <= 100; q++)
        {
            double p = Math.Round(size * q);
            if (p is > 0 and < 1000 && p / q == size)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{sign}{p}/{q}");
            }
        }
        return plain;
    }
}
