using System.Globalization;

namespace FanIn;

/// <summary>
/// Reads and computes one expression by recursive descent; the input's length bounds the depth. NaN stands for a value
/// that isn't known yet, and makes everything that it gets into unknown.
/// </summary>
internal ref struct ExpressionReader(string text, RuleVariables? variables)
{
    private static readonly string[] s_functions = ["sqrt", "ln", "min", "max"];

    private readonly List<string> _used = [];
    private int _at;

    public bool AtEnd
    {
        get
        {
            SkipSpace();
            return _at == text.Length;
        }
    }

    /// <summary>What is wrong, with the values of the variables that were read.</summary>
    /// <param name="why">The verb and what follows; none where the text isn't an expression.</param>
    public readonly SpellingException Fault(string? why = null)
    {
        if (why is null || variables is null)
        {
            return new($"{Spelling.Quote(text)} is not a number; write for example 0.5, 1e-3, sqrt(2) or 5/3");
        }
        RuleVariables known = variables;
        string values = string.Join(
            " and ",
            _used
                .Distinct()
                .Where(name => !double.IsNaN(known.ValueOf(name)))
                .Select(name => $"{name} = {NumberExpression.Print(known.ValueOf(name))}")
        );
        return new($"{Spelling.Quote(text)} {why}{(values.Length == 0 ? "" : $" where {values}")}");
    }

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
                value = divisor == 0 ? throw Fault("divides by zero") : Made(value / divisor, value, divisor);
            }
            else
            {
                return value;
            }
        }
    }

    /// <summary>A sign binds less than a power: -2^2 is -4, 2^-1 is 1/2.</summary>
    private double Factor()
    {
        if (Take('-'))
        {
            return -Factor();
        }
        double value = Atom();
        if (!Take('^'))
        {
            return value;
        }
        double exponent = Factor();
        return value == 0 && exponent < 0 ? throw Fault("divides by zero")
            : value < 0 && exponent != Math.Floor(exponent) && !double.IsNaN(exponent)
                ? throw Fault("takes a root of a negative number")
            : double.IsNaN(value) || double.IsNaN(exponent) ? double.NaN
            : Made(RealPower.Of(value, exponent), value, exponent);
    }

    private double Atom()
    {
        if (Take('('))
        {
            double inner = Sum();
            return Take(')') ? inner : throw Fault();
        }
        int start = _at;
        while (_at < text.Length && (char.IsAsciiLetter(text[_at]) || (text[_at] == '_' && _at > start)))
        {
            _at++;
        }
        string word = text[start.._at];
        return word switch
        {
            "" => Literal(),
            "inf" => double.PositiveInfinity,
            _ when s_functions.Contains(word) && Take('(') => Function(word),
            _ => Variable(word),
        };
    }

    private double Function(string name)
    {
        double first = Sum();
        double second = name is "min" or "max" ? (Take(',') ? Sum() : throw Fault()) : 0;
        if (!Take(')'))
        {
            throw Fault();
        }
        return name switch
        {
            "sqrt" => first < 0 ? throw Fault("takes the square root of a negative number") : Math.Sqrt(first),
            "ln" when first <= 0 => throw Fault("takes the logarithm of what isn't above zero"),
            "ln" => double.IsFinite(first) ? CorrectlyRounded.Log(first) : first,
            "min" => Math.Min(first, second),
            _ => Math.Max(first, second),
        };
    }

    private readonly double Variable(string name)
    {
        if (variables is null)
        {
            throw RuleVariables.Names.Contains(name)
                ? new SpellingException(
                    $"{Spelling.Quote(text)} has the variable '{name}', which a recipe's rules have; write a number here"
                )
                : Fault();
        }
        if (!RuleVariables.Names.Contains(name) && _at < text.Length && text[_at] == '(')
        {
            throw new SpellingException($"{Spelling.Quote(text)}: {Spelling.Unknown("function", name, s_functions)}");
        }
        if (s_functions.Contains(name))
        {
            throw Fault();
        }
        if (!RuleVariables.Names.Contains(name))
        {
            throw new SpellingException(
                $"{Spelling.Quote(text)}: {Spelling.Unknown("variable", name, RuleVariables.Names)}"
            );
        }
        _used.Add(name);
        return variables.ValueOf(name);
    }

    /// <summary>The result of an operation, unless it is no number or an infinity that nobody wrote.</summary>
    private readonly double Made(double result, double left, double right) =>
        double.IsNaN(left)
        || double.IsNaN(right)
        || double.IsFinite(result)
        || (double.IsInfinity(result) && (double.IsInfinity(left) || double.IsInfinity(right)))
            ? result
            : throw Fault(double.IsNaN(result) ? "has no value" : "is beyond the numbers");

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
