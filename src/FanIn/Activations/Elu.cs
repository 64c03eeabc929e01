namespace FanIn;

/// <summary>Exponential linear units: x above 0, a falling exponential below.</summary>
internal static class Elu
{
    /// <summary>Klambauer et al.'s alpha and lambda, for which N(0, 1) is a fixed point.</summary>
    private const double SeluAlpha = 1.6732632423543772848170429916717;
    private const double SeluScale = 1.0507009873554804934193349852946;

    public static readonly ActivationDefinition Plain = new(
        "elu",
        "x > 0 ? x : alpha (e^x - 1)",
        alpha =>
            new(
                x => x > 0.0 ? x : alpha * Exponential.LessOne(x),
                x => x > 0.0 ? 1.0 : alpha * CorrectlyRounded.Exp(x),
                0.0
            )
    )
    {
        Parameter = FormParameter.Number("alpha", 1.0),
        Source = "Clevert, Unterthiner, Hochreiter, Fast and accurate deep network learning by ELUs, 2015",
        Use = "mean activations near 0 without normalization layers",
    };

    public static readonly ActivationDefinition Scaled = new(
        "selu",
        "1.0507 (x > 0 ? x : 1.67326 (e^x - 1))",
        _ =>
            new(
                x => SeluScale * (x > 0.0 ? x : SeluAlpha * Exponential.LessOne(x)),
                x => SeluScale * (x > 0.0 ? 1.0 : SeluAlpha * CorrectlyRounded.Exp(x)),
                0.0
            )
    )
    {
        Source = "Klambauer et al., Self-normalizing neural networks, 2017",
        Use = "self-normalizing networks, with lecun_normal: N(0, 1) stays N(0, 1) at gain 1",
        TorchGain = _ => 0.75,
    };

    public static readonly ActivationDefinition Continuous = new(
        "celu",
        "x > 0 ? x : alpha (e^(x / alpha) - 1)",
        alpha =>
            new(
                x => x > 0.0 ? x : alpha * Exponential.LessOne(x / alpha),
                x => x > 0.0 ? 1.0 : Exponential.Of(Quotient(x, alpha)),
                0.0
            )
    )
    {
        // Divides by its parameter.
        Parameter = FormParameter.Positive("alpha", 1.0),
        Source = "Barron, Continuously differentiable exponential linear units, 2017",
        Use = "elu with slope 1 at 0 for every alpha",
    };

    /// <summary>x / y with its remainder, as far as that doesn't overflow.</summary>
    private static DoubleDouble Quotient(double x, double y)
    {
        double quotient = x / y;
        double remainder = Math.Abs(quotient) < 1e3 ? Math.FusedMultiplyAdd(-quotient, y, x) / y : 0.0;
        return new(quotient, remainder);
    }
}
