using System.Collections.Frozen;
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

    /// <summary>All names that <see cref="Parse(string)"/> knows.</summary>
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

    private static readonly FrozenDictionary<string, Form<Activation>> s_catalogue = Catalogue()
        .ToFrozenDictionary(form => form.Name);

    private static IEnumerable<Form<Activation>> Catalogue()
    {
        string[] plain =
        [
            "identity",
            "relu",
            "abs",
            "selu",
            "gelu",
            "gelu_tanh",
            "quick_gelu",
            "silu",
            "mish",
            "softplus",
            "softsign",
            "tanh",
            "lecun_tanh",
            "sigmoid",
            "hard_sigmoid",
            "hardswish",
            "hardtanh",
            "relu6",
            "erf",
            "sin",
            "cos",
            "atan",
            "squared_relu",
            "square",
            "log_sigmoid",
            "tanhshrink",
            "gaussian",
            "glu",
            "reglu",
            "geglu",
            "swiglu",
            "bilinear",
        ];
        (string Name, string Parameter, double Default)[] withParameter =
        [
            ("leaky_relu", "slope", 0.01),
            ("prelu", "slope", 0.25),
            ("elu", "alpha", 1),
            ("celu", "alpha", 1),
            ("softshrink", "threshold", 0.5),
            ("hardshrink", "threshold", 0.5),
        ];
        return plain
            .Select(name => new Form<Activation>(name, [], (form, v) => new(form.Name, null, form.Print(v))))
            .Concat(
                withParameter.Select(p => new Form<Activation>(
                    p.Name,
                    [FormParameter.Shown(p.Parameter, p.Default)],
                    (form, v) => new(form.Name, v[0], form.Print(v))
                ))
            );
    }
}
