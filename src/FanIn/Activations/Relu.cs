namespace FanIn;

/// <summary>max(0, x) and its kin. The slope at 0 is that of the negative side.</summary>
internal static class Relu
{
    public static readonly ActivationDefinition Plain = new(
        "relu",
        "max(0, x)",
        _ => new(x => Math.Max(x, 0.0), x => x > 0.0 ? 1.0 : 0.0, 0.0)
    )
    {
        Source = "Nair, Hinton, Rectified linear units improve restricted Boltzmann machines, 2010",
        Use = "the default of convolutional networks",
        TorchGain = _ => He.ReluGain,
    };

    public static readonly ActivationDefinition Leaky = new("leaky_relu", "x > 0 ? x : slope x", WithSlope)
    {
        Parameter = FormParameter.Number("slope", 0.01),
        Source = "Maas, Hannun, Ng, Rectifier nonlinearities improve neural network acoustic models, 2013",
        Use = "no dead units",
        TorchGain = slope => Math.Sqrt(2.0 / (1.0 + (slope * slope))),
    };

    public static readonly ActivationDefinition Parametric = new("prelu", "x > 0 ? x : slope x", WithSlope)
    {
        Parameter = FormParameter.Number("slope", 0.25),
        Source = "He, Zhang, Ren, Sun, Delving deep into rectifiers, 2015",
        Use = "leaky_relu whose slope is trained; this is its first value",
    };

    public static readonly ActivationDefinition Squared = new(
        "squared_relu",
        "max(0, x)^2",
        _ => new(x => Math.Max(x, 0.0) * Math.Max(x, 0.0), x => 2.0 * Math.Max(x, 0.0), 0.0)
    )
    {
        Source = "So et al., Primer: searching for efficient transformers for language modeling, 2021",
        Use = "feed-forward blocks of transformers",
    };

    private static ActivationFunction WithSlope(double slope) =>
        new(x => x > 0.0 ? x : slope * x, x => x > 0.0 ? 1.0 : slope, 0.0);
}
