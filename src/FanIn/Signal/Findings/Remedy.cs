namespace FanIn;

/// <summary>Weights, and biases where it takes them, that carry a signal through any number of layers of an activation.</summary>
/// <param name="Weights">For the layers' weights.</param>
/// <param name="Biases">For their biases; null where these may stay.</param>
/// <param name="Output">For the output's weights, where those of the hidden layers would make logits too large.</param>
internal sealed record Remedy(Initializer Weights, Initializer? Biases = null, Initializer? Output = null)
{
    /// <summary>fan-in times the weights' variance; null where the weights are fitted to data.</summary>
    public double? Scale { get; private init; }

    /// <summary>What mends a network of an activation that isn't known, or of one without a critical point for its layers.</summary>
    public static Remedy Fitted { get; } = new(Initializer.Lsuv());

    /// <summary>
    /// The critical point without biases (He 2015; Poole 2016; Schoenholz 2017) where a signal that is a little off comes back;
    /// of activations with a corner at 0 whose signal would fade there the stable fixed point at variance 1, if that hardly
    /// changes gradients (SELU: Klambauer 2017); where the signal would run away the point where both susceptibilities are
    /// 1, with biases (Roberts, Yaida, Hanin 2022: GELU, SiLU). Null where there is none (softplus), or one that saturates
    /// the activation only (sigmoid).
    /// </summary>
    public static Remedy? For(Activation? activation)
    {
        if (activation is null || activation.IsGated)
        {
            return Fitted;
        }
        try
        {
            return CriticalPoint.Of(activation) switch
            {
                null or { Stability: FixedPointStability.Unstable } => Double(activation),
                { FixedPoint: 0.0, WeightVariance: var weights } => SelfNormalizing(activation) ?? Of(weights),
                { } point => IsSaturating(point) ? null : Of(point.WeightVariance),
            };
        }
        catch (Exception e) when (e is ExpectationException or InvalidOperationException)
        {
            // A user's own function that has no expectations, or no derivative.
            return Fitted;
        }
    }

    /// <summary>True where more than half of the units are in the activation's flat ends.</summary>
    public static bool IsSaturating(CriticalPoint point) =>
        point.FixedPoint is { } q && UnitHealth.SaturatedShare(point.Activation, new() { MeanSquare = q }) > 0.5;

    /// <summary>The weights' rule, and that of the biases where there is one, as a person would write them.</summary>
    public override string ToString() => Biases is null ? $"{Weights}" : $"{Weights} with biases {Biases}";

    private static Remedy? SelfNormalizing(Activation activation)
    {
        const double Near = 1e-6;
        const double MostGradientFactor = 1.1;
        (double left, double right) = (activation.Derivative(-Near), activation.Derivative(Near));
        if (Math.Abs(left - right) <= 1e-4 * Math.Abs(right))
        {
            return null;
        }
        GaussianExpectation at = GaussianExpectation.Of(activation, 1);
        double scale = 1 / at.SecondMoment;
        double gradient = scale * at.DerivativeSecondMoment;
        return scale * at.SecondMomentSlope <= 1 && gradient is > 1 / MostGradientFactor and < MostGradientFactor
            ? Of(scale)
            : null;
    }

    private static Remedy? Double(Activation activation) =>
        CriticalPoint.DoubleOf(activation) is { FixedPoint: > 0.0 and < 1e3 and var q } point
            ? new(
                OfScale(point.WeightVariance),
                Initializer.Normal(0, FindingText.Short(Math.Sqrt(point.BiasVariance))),
                OfScale(1 / GaussianExpectation.Of(activation, q).SecondMoment)
            )
            {
                Scale = point.WeightVariance,
            }
            : null;

    private static Remedy Of(double scale) => new(OfScale(scale)) { Scale = scale };

    private static Initializer OfScale(double scale) =>
        Math.Abs(scale - 1) < 1e-6 ? Initializer.LeCunNormal()
        : Math.Abs(scale - 2) < 1e-6 ? Initializer.HeNormal()
        : Initializer.VarianceScaling(FindingText.Short(scale));
}
