using System.Diagnostics.CodeAnalysis;

namespace FanIn;

/// <summary>An activation function by its spelling: <c>relu</c>, <c>leaky_relu(0.2)</c>. Equal spellings are equal.</summary>
public sealed record Activation : IParsable<Activation>
{
    private readonly string _text;

    private Activation(string name, double? parameter, string text) =>
        (Name, Parameter, _text) = (name, parameter, text);

    /// <summary>The name without its parameter: <c>leaky_relu</c>.</summary>
    public string Name { get; }

    /// <summary>The slope, scale or threshold of those activations that have one, otherwise null.</summary>
    public double? Parameter { get; }

    /// <summary>True for the GLU family, which pairs two inputs of a unit and so can't stand alone behind a layer.</summary>
    public bool IsGated => Name is "glu" or "reglu" or "geglu" or "swiglu" or "bilinear";

    /// <summary>All names that <see cref="Parse(string)"/> knows, the commonest first, gated ones last.</summary>
    public static IReadOnlyCollection<string> Names => s_catalogue.Keys;

    /// <summary>Reads a spelling.</summary>
    /// <exception cref="SpellingException">Unknown name, or a parameter that isn't a number; says the nearest valid spelling.</exception>
    public static Activation Parse(string text) => Form<Activation>.Parse(text, "activation", s_catalogue);

    /// <inheritdoc/>
    static Activation IParsable<Activation>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    static bool IParsable<Activation>.TryParse(
        [NotNullWhen(true)] string? s,
        IFormatProvider? provider,
        [MaybeNullWhen(false)] out Activation result
    )
    {
        try
        {
            result = s is null ? null : Parse(s);
        }
        catch (SpellingException)
        {
            result = null;
        }
        return result is not null;
    }

    /// <summary>The canonical spelling, with the parameter where there is one: <c>leaky_relu(0.01)</c>.</summary>
    public override string ToString() => _text;

    private static readonly OrderedDictionary<string, Form<Activation>> s_catalogue = new(
        Catalogue().Select(form => KeyValuePair.Create(form.Name, form))
    );

    private static IEnumerable<Form<Activation>> Catalogue()
    {
        return
        [
            Plain("identity"),
            Plain("relu"),
            With("leaky_relu", FormParameter.Number("slope", 0.01)),
            With("prelu", FormParameter.Number("slope", 0.25)),
            Plain("abs"),
            With("elu", FormParameter.Number("alpha", 1)),
            Plain("selu"),
            // Divides by its parameter.
            With("celu", FormParameter.Positive("alpha", 1)),
            Plain("gelu"),
            Plain("gelu_tanh"),
            Plain("quick_gelu"),
            Plain("silu"),
            Plain("mish"),
            Plain("softplus"),
            Plain("softsign"),
            Plain("tanh"),
            Plain("lecun_tanh"),
            Plain("sigmoid"),
            Plain("hard_sigmoid"),
            Plain("hardswish"),
            Plain("hardtanh"),
            Plain("relu6"),
            Plain("erf"),
            Plain("sin"),
            Plain("cos"),
            Plain("atan"),
            Plain("squared_relu"),
            Plain("square"),
            Plain("log_sigmoid"),
            Plain("tanhshrink"),
            With("softshrink", FormParameter.NotNegative("threshold", 0.5)),
            With("hardshrink", FormParameter.NotNegative("threshold", 0.5)),
            Plain("gaussian"),
            Plain("glu"),
            Plain("reglu"),
            Plain("geglu"),
            Plain("swiglu"),
            Plain("bilinear"),
        ];

        static Form<Activation> Plain(string name) => new(name, [], (form, v) => new(form.Name, null, form.Print(v)));

        static Form<Activation> With(string name, FormParameter parameter) =>
            new(name, [parameter.Shown()], (form, v) => new(form.Name, v[0], form.Print(v)));
    }
}
