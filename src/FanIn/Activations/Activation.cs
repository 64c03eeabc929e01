using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace FanIn;

/// <summary>
/// An activation function, by its spelling (<c>relu</c>, <c>leaky_relu(0.2)</c>) or a user's own. Equal spellings are
/// equal. What it does to a normal input says <see cref="GaussianExpectation"/>.
/// </summary>
public sealed partial record Activation : IParsable<Activation>
{
    private readonly string _text;
    private readonly ActivationDefinition? _definition;
    private readonly ActivationFunction _function;

    internal Activation(ActivationDefinition definition, double? parameter, string text)
    {
        (Name, Parameter, _text, _definition) = (definition.Name, parameter, text, definition);
        _function = definition.Function(parameter ?? 0.0);
    }

    private Activation(string name, ActivationFunction function) => (Name, _text, _function) = (name, name, function);

    /// <summary>The name without its parameter: <c>leaky_relu</c>.</summary>
    public string Name { get; }

    /// <summary>The slope, scale or threshold of those activations that have one, otherwise null.</summary>
    public double? Parameter { get; }

    /// <summary>
    /// True for the GLU family, g(a, b) = f(a) b, which pairs two inputs of a unit and so can't stand alone behind a layer.
    /// </summary>
    public bool IsGated => _definition?.IsGated == true;

    /// <summary>False for a function of the user's that came without its derivative.</summary>
    public bool HasDerivative => _function.Derivative is not null;

    /// <summary>
    /// The points, in ascending order, where f or f' isn't analytic (a jump, a corner, a change of formula); of a user's
    /// own function those that were stated. Of a gated activation those of its f.
    /// </summary>
    public IReadOnlyList<double> Kinks => _function.Kinks;

    /// <summary>
    /// What PyTorch's <c>calculate_gain</c> has for it, by convention rather than by derivation (tanh 5/3, selu 3/4,
    /// sigmoid 1); null where it has nothing. The derived gains are <see cref="GaussianExpectation"/>'s.
    /// </summary>
    public double? TorchGain => _definition?.TorchGain?.Invoke(Parameter ?? 0.0);

    /// <summary>All names that <see cref="Parse(string)"/> knows, the commonest first, gated ones last.</summary>
    public static IReadOnlyCollection<string> Names => ActivationCatalogue.ByName.Keys;

    internal ActivationFunction Function => _function;

    /// <summary>True for the catalogue's own, whose kinks and derivatives are known to be right.</summary>
    internal bool IsKnown => _definition is not null;

    /// <summary>f(x), to a few units in the last place, the same on every platform.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> is not finite.</exception>
    /// <exception cref="InvalidOperationException">The activation is gated: it needs two inputs.</exception>
    public double Value(double x)
    {
        CheckElementwise();
        return _function.Value(Finite(x));
    }

    /// <summary>f(a) b, for a gated activation.</summary>
    /// <param name="gate">a.</param>
    /// <param name="value">b.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input is not finite.</exception>
    /// <exception cref="InvalidOperationException">The activation isn't gated: it has one input.</exception>
    public double Value(double gate, double value) =>
        IsGated
            ? _function.Value(Finite(gate)) * Finite(value)
            : throw new InvalidOperationException($"'{this}' is a function of one input; Value(x) gives it.");

    /// <summary>f'(x); at a kink what PyTorch's autograd has there: relu 0, leaky_relu its slope, abs 0, hardtanh 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> is not finite.</exception>
    /// <exception cref="InvalidOperationException">
    /// The activation is gated, or a user's own that came without a derivative.
    /// </exception>
    public double Derivative(double x)
    {
        CheckElementwise();
        return _function.Derivative is { } derivative
            ? derivative(Finite(x))
            : throw new InvalidOperationException(
                $"'{this}' came without its derivative; give Activation.Custom one to have it here."
            );
    }

    /// <summary>Reads a spelling.</summary>
    /// <exception cref="SpellingException">Unknown name, or a parameter that isn't a number; says the nearest valid spelling.</exception>
    public static Activation Parse(string text) =>
        Form<Activation>.Parse(text, "activation", ActivationCatalogue.ByName, ActivationCatalogue.OtherName);

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

    /// <summary>Equal spelling; of users' own functions, the same one.</summary>
    public bool Equals(Activation? other) =>
        other is not null
        && _text == other._text
        && (IsKnown ? other.IsKnown : ReferenceEquals(_function, other._function));

    /// <inheritdoc/>
    public override int GetHashCode() =>
        IsKnown ? _text.GetHashCode(StringComparison.Ordinal) : RuntimeHelpers.GetHashCode(_function);

    private void CheckElementwise()
    {
        if (IsGated)
        {
            throw new InvalidOperationException(
                $"'{this}' pairs two inputs of one unit; Value(gate, value) gives it, and the gate alone is '{GateName}'."
            );
        }
    }

    private string GateName =>
        Name switch
        {
            "glu" => "sigmoid",
            "reglu" => "relu",
            "geglu" => "gelu",
            "swiglu" => "silu",
            _ => "identity",
        };

    private static double Finite(double x) =>
        double.IsFinite(x) ? x : throw RandomArguments.OutOfRange(nameof(x), $"x is {x}; it must be finite.");
}
