namespace FanIn;

/// <summary>Every activation that has a text form, a line each: the commonest first, gated ones last.</summary>
internal static class ActivationCatalogue
{
    public static IReadOnlyList<ActivationDefinition> Definitions { get; } =
    [
        Powers.Identity,
        Relu.Plain,
        Relu.Leaky,
        Relu.Parametric,
        Powers.Absolute,
        Elu.Plain,
        Elu.Scaled,
        Elu.Continuous,
        Gelu.Exact,
        Gelu.Tanh,
        Gelu.Quick,
        Silu.Plain,
        Silu.Mish,
        Softplus.Plain,
        Rational.Softsign,
        Tanh.Plain,
        Tanh.LeCun,
        Sigmoid.Logistic,
        HardSigmoid.Plain,
        HardSigmoid.Swish,
        Clipped.HardTanh,
        Clipped.Relu6,
        Bell.Erf,
        Waves.Sin,
        Waves.Cos,
        Rational.Atan,
        Relu.Squared,
        Powers.Square,
        Softplus.LogSigmoid,
        Tanh.Shrink,
        Shrink.Soft,
        Shrink.Hard,
        Bell.Gaussian,
        Gated.Glu,
        Gated.ReGlu,
        Gated.GeGlu,
        Gated.SwiGlu,
        Gated.Bilinear,
    ];

    public static OrderedDictionary<string, Form<Activation>> ByName { get; } =
        new(Definitions.Select(definition => KeyValuePair.Create(definition.Name, definition.Form())));
}
