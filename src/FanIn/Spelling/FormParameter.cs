using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// A parameter of a <see cref="Form{T}"/>: a number in a range, one of several words, a truth value, or a text form of its
/// own, such as an initializer that another one starts from.
/// </summary>
internal sealed record FormParameter(string Name, double Default)
{
    public double Minimum { get; private init; } = double.NegativeInfinity;
    public double Maximum { get; private init; } = double.PositiveInfinity;
    public bool AllowInfinity { get; private init; }
    public bool Whole { get; private init; }

    /// <summary>What a message says that the value must be, where the bounds alone don't.</summary>
    public string? Range { get; private init; }

    /// <summary>
    /// Any number of values, one or more, each in the range: the last parameter of a form, written without a name. In
    /// <see cref="FormArguments"/> its values follow the others.
    /// </summary>
    public bool IsList { get; private init; }

    public ImmutableArray<string> Words { get; private init; } = [];

    /// <summary>Printed without its name, also at its default: <c>constant(0.1)</c>, <c>leaky_relu(0.01)</c>.</summary>
    public bool Positional { get; private init; }

    public bool Required { get; private init; }

    // A function, since catalogues that refer to one another can't both be made first.
    private Func<object>? NestedDefault { get; init; }

    private Func<string, RuleVariables?, object?>? ReadNested { get; init; }

    /// <summary>Printed by name also at its default, where a rule without its number would leave the reader guessing.</summary>
    public bool AlwaysPrinted { get; private init; }

    public static FormParameter Number(string name, double value) => new(name, value);

    public static FormParameter Unbounded(string name, double value) => new(name, value) { AllowInfinity = true };

    public static FormParameter NotNegative(string name, double value) => new(name, value) { Minimum = 0 };

    public static FormParameter Positive(string name, double value) => new(name, value) { Minimum = double.Epsilon };

    public static FormParameter Fraction(string name, double value) => Between(name, value, 0, 1);

    /// <summary>
    /// A text form in a text form: read by <paramref name="read"/> (null where variables make it unknown), printed by its
    /// ToString.
    /// </summary>
    public static FormParameter Nested(string name, Func<object> value, Func<string, RuleVariables?, object?> read) =>
        new(name, 0) { NestedDefault = value, ReadNested = read };

    /// <summary>What it is where nothing is given.</summary>
    public FormValue DefaultValue => new(Default, NestedDefault?.Invoke());

    public static FormParameter OneOrMore(string name, double value) => new(name, value) { Minimum = 1 };

    public FormParameter Printed() => this with { AlwaysPrinted = true };

    public static FormParameter Count(string name, int value) => WholeNumber(name, value, 1, 1e6);

    public static FormParameter WholeNumber(string name, double value, double minimum, double maximum) =>
        new(name, value)
        {
            Minimum = minimum,
            Maximum = maximum,
            Whole = true,
        };

    public static FormParameter Between(string name, double value, double minimum, double maximum) =>
        new(name, value) { Minimum = minimum, Maximum = maximum };

    /// <summary>Neither impossible nor certain.</summary>
    public static FormParameter Probability(string name, double value) =>
        new(name, value)
        {
            Minimum = double.Epsilon,
            Maximum = 0.99999999999999989,
            Range = "a probability above 0 and below 1",
        };

    public static FormParameter Needed(string name) => new(name, 0) { Positional = true, Required = true };

    /// <summary>The same, but it must be given, by name or in order, and is always printed.</summary>
    public FormParameter WithoutDefault() => this with { Required = true, AlwaysPrinted = true };

    /// <summary>The same, but any number of such values.</summary>
    public FormParameter List() => this with { IsList = true, Positional = true, Required = true };

    /// <summary>The same, printed without its name, also at its default.</summary>
    public FormParameter Shown() => this with { Positional = true };

    public static FormParameter Flag(string name, bool value) => new(name, value ? 1 : 0) { Words = ["false", "true"] };

    public static FormParameter Choice<TEnum>(string name, TEnum value)
        where TEnum : struct, Enum => new(name, Convert.ToDouble(value)) { Words = EnumSpelling<TEnum>.Names };

    /// <returns>NaN for an expression of variables whose values aren't known yet.</returns>
    public FormValue Parse(string text, string of, RuleVariables? variables = null)
    {
        if (ReadNested is not null)
        {
            try
            {
                return ReadNested(text, variables) is { } nested ? new(0, nested) : new(double.NaN);
            }
            catch (SpellingException e)
            {
                throw new SpellingException($"{Name} of {of}: {e.Message}", e);
            }
        }
        if (!Words.IsEmpty)
        {
            int index = Words.IndexOf(text);
            return index >= 0 ? index : throw SpellingException.Unknown($"{Name} of {of}:", text, Words);
        }
        double value;
        try
        {
            value = NumberExpression.Parse(text, variables);
        }
        catch (SpellingException e)
        {
            throw new SpellingException($"{Name} of {of}: {e.Message}", e);
        }
        return !double.IsNaN(value) && Fault(value, of) is { } fault ? throw new SpellingException(fault) : value;
    }

    public string Print(FormValue value) =>
        value.Nested is { } nested ? nested.ToString()!
        : Words.IsEmpty ? NumberExpression.Print(value.Number)
        : Words[(int)value.Number];

    /// <summary>Null if the value is in the parameter's range; otherwise the sentence that says so.</summary>
    public string? Fault(double value, string of)
    {
        bool inRange = value >= Minimum && value <= Maximum && (AllowInfinity || double.IsFinite(value));
        if (!Words.IsEmpty)
        {
            return value >= 0 && value < Words.Length
                ? null
                : $"the argument {Name} of {of} must be one of {string.Join(", ", Words)}";
        }
        if (inRange && (!Whole || value == Math.Floor(value)))
        {
            return null;
        }
        string range =
            Range is not null ? Range
            : Whole ? $"a whole number from {NumberExpression.Print(Minimum)} to {NumberExpression.Print(Maximum)}"
            : double.IsFinite(Maximum)
                ? $"a number from {NumberExpression.Print(Minimum)} to {NumberExpression.Print(Maximum)}"
            : Minimum == 0 ? "a finite number, 0 or more"
            : Minimum == 1 ? "a finite number, 1 or more"
            : Minimum > 0 ? "a finite number above 0"
            : AllowInfinity ? "a number"
            : "a finite number";
        return $"the argument {Name}={NumberExpression.Print(value)} of {of} must be {range}";
    }
}
