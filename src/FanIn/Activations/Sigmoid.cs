namespace FanIn;

/// <summary>1 / (1 + e^-x).</summary>
internal static class Sigmoid
{
    public static readonly ActivationDefinition Logistic = new(
        "sigmoid",
        "1 / (1 + e^-x)",
        _ => new(x => Exponential.Sigmoid(x), x => Exponential.SigmoidSlope(x))
    )
    {
        Source = "none",
        Use = "gates and probabilities; its mean of 1/2 makes it a poor hidden activation in depth",
        TorchGain = _ => 1.0,
    };
}
