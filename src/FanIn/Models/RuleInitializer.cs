namespace FanIn;

/// <summary>
/// What a rule gives: an initializer, or the text of one whose arguments are expressions of the model's variables and
/// which is resolved for each logical tensor.
/// </summary>
internal sealed record RuleInitializer
{
    private RuleInitializer(string text, Initializer? @fixed) => (Text, Fixed) = (text, @fixed);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The initializer, or null where it depends on the parameter.</summary>
    public Initializer? Fixed { get; }

    public static RuleInitializer Of(Initializer initializer)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        return new(initializer.ToString(), initializer);
    }

    /// <exception cref="SpellingException">Unknown name, argument or variable, or a value out of range.</exception>
    public static RuleInitializer Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        (Form<Initializer> form, FormArguments arguments) = Read(text, RuleVariables.Unknown);
        return new(text.Trim(), IsUnknown(arguments) ? null : form.Create(form, arguments));
    }

    /// <exception cref="SpellingException">A variable has no value there, or the expression none in the argument's range.</exception>
    public Initializer Resolve(RuleVariables variables)
    {
        if (Fixed is not null)
        {
            return Fixed;
        }
        (Form<Initializer> form, FormArguments arguments) = Read(Text, variables);
        return form.Create(form, arguments);
    }

    /// <summary>Equal initializers are equal however they are written; expressions by their text.</summary>
    public bool Equals(RuleInitializer? other) =>
        other is not null && (Fixed is null ? other.Fixed is null && Text == other.Text : Fixed.Equals(other.Fixed));

    public override int GetHashCode() =>
        Fixed is null ? Text.GetHashCode(StringComparison.Ordinal) : Fixed.GetHashCode();

    public override string ToString() => Text;

    /// <summary>An initializer within another's text; null where it depends on variables that aren't known yet.</summary>
    public static Initializer? ParseNested(string text, RuleVariables? variables)
    {
        (Form<Initializer> form, FormArguments arguments) = Read(text, variables);
        return IsUnknown(arguments) ? null : form.Create(form, arguments);
    }

    private static bool IsUnknown(FormArguments arguments) => arguments.Values.Any(value => double.IsNaN(value.Number));

    private static (Form<Initializer> Form, FormArguments Arguments) Read(string text, RuleVariables? variables) =>
        Form<Initializer>.Read(text, "initializer", InitializerCatalogue.ByName, OtherNames.CalledHere, variables);
}
