namespace FanIn;

/// <summary>ln(1 + e^x), and its mirror.</summary>
internal static class Softplus
{
    public static readonly ActivationDefinition Plain = new(
        "softplus",
        "ln(1 + e^x)",
        _ => new(Exponential.Softplus, x => Exponential.Sigmoid(x))
    )
    {
        Source = "Dugas et al., Incorporating second-order functional knowledge for better option pricing, 2001",
        Use = "positive outputs, such as scales",
    };

    public static readonly ActivationDefinition LogSigmoid = new(
        "log_sigmoid",
        "-ln(1 + e^-x)",
        _ => new(x => -Exponential.Softplus(-x), x => Exponential.Sigmoid(-x))
    )
    {
        Source = "none",
        Use = "log-probabilities",
    };
}
