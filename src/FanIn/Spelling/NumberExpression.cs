using System.Globalization;

namespace FanIn;

/// <summary>
/// Numbers as people write them in text forms: decimals, <c>inf</c>, <c>sqrt(...)</c>, the four operations and
/// parentheses: <c>sqrt(2)</c>, <c>5/3</c>, <c>1e-3</c>. Culture-invariant; printing gives back the shortest such form
/// that reads to the same bits. Infinity is written, never computed: a division by zero or an overflow is a mistake.
/// There is one zero.
/// </summary>
internal static class NumberExpression
{
    private const int MaxLength = 128;

    public static double Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new SpellingException($"the number {Spelling.Quote(text)} is longer than {MaxLength} characters");
        }
        var reader = new Reader(text);
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

    /// <summary>Recursive descent; the input's length bounds the depth.</summary>
    private ref struct Reader(string text)
    {
        private int _at;

        public bool AtEnd
        {
            get
            {
                SkipSpace();
                return _at == text.Length;
            }
        }

        public readonly SpellingException Fault() =>
            new($"{Spelling.Quote(text)} is not a number; write for example 0.5, 1e-3, sqrt(2) or 5/3");

        public double Sum()
        {
            double value = Product();
            while (true)
            {
                if (Take('+'))
                {
                    double addend = Product();
                    value = Made(value + addend, value, addend);
                }
                else if (Take('-'))
                {
                    double subtrahend = Product();
                    value = Made(value - subtrahend, value, subtrahend);
                }
                else
                {
                    return value;
                }
            }
        }

        private double Product()
        {
            double value = Factor();
            while (true)
            {
                if (Take('*'))
                {
                    double factor = Factor();
                    value = Made(value * factor, value, factor);
                }
                else if (Take('/'))
                {
                    double divisor = Factor();
                    value = divisor == 0 ? throw Fault() : Made(value / divisor, value, divisor);
                }
                else
                {
                    return value;
                }
            }
        }

        /// <summary>The result of an operation, unless it is no number or an infinity that nobody wrote.</summary>
        private readonly double Made(double result, double left, double right) =>
            double.IsFinite(result)
            || (double.IsInfinity(result) && (double.IsInfinity(left) || double.IsInfinity(right)))
                ? result
                : throw Fault();

        private double Factor()
        {
            if (Take('-'))
            {
                return -Factor();
            }
            if (Take('('))
            {
                double inner = Sum();
                return Take(')') ? inner : throw Fault();
            }
            int start = _at;
            while (_at < text.Length && char.IsAsciiLetter(text[_at]))
            {
                _at++;
            }
            switch (text.AsSpan(start, _at - start))
            {
                case "inf":
                    return double.PositiveInfinity;
                case "sqrt" when Take('('):
                    double radicand = Sum();
                    return Take(')') && radicand >= 0 ? Math.Sqrt(radicand) : throw Fault();
                case "":
                    return Literal();
                default:
                    throw Fault();
            }
        }

        private double Literal()
        {
            int start = _at;
            while (_at < text.Length && IsLiteral(text, start, _at))
            {
                _at++;
            }
            return
                double.TryParse(
                    text.AsSpan(start, _at - start),
                    NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                    CultureInfo.InvariantCulture,
                    out double value
                ) && double.IsFinite(value)
                ? value
                : throw Fault();
        }

        private static bool IsLiteral(string text, int start, int at) =>
            text[at] switch
            {
                '.' or 'e' or 'E' => true,
                '+' or '-' => at > start && text[at - 1] is 'e' or 'E',
                char c => char.IsAsciiDigit(c),
            };

        private bool Take(char c)
        {
            SkipSpace();
            if (_at < text.Length && text[_at] == c)
            {
                _at++;
                SkipSpace();
                return true;
            }
            return false;
        }

        private void SkipSpace()
        {
            while (_at < text.Length && text[_at] == ' ')
            {
                _at++;
            }
        }
    }
}
