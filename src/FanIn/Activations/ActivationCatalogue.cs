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

    /// <summary>The end of the sentence "here it is called" for what frameworks call one of ours, or null.</summary>
    public static string? OtherName(string name) =>
        name.ToLowerInvariant().Replace("-", "_", StringComparison.Ordinal) switch
        {
            "swish" => "'silu'",
            "linear" or "none" => "'identity'",
            "gelu_new" or "gelu_pytorch_tanh" or "gelu_approximate" or "gelu_fast" => "'gelu_tanh'",
            "quickgelu" => "'quick_gelu'",
            "hard_swish" or "hswish" => "'hardswish'",
            "hardsigmoid" => "'hard_sigmoid'",
            "hard_tanh" => "'hardtanh'",
            "logsigmoid" => "'log_sigmoid'",
            "leakyrelu" => "'leaky_relu'",
            "relu2" or "relu_squared" or "relusquared" => "'squared_relu'",
            "soft_sign" => "'softsign'",
            "soft_plus" => "'softplus'",
            _ => null,
        };
}
