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
    /// The critical point nearest to usage: of scale-invariant activations the forward gain (He 2015); of those that are
    /// linear at 0 and bend down from there 1 / f'(0)^2 (Poole 2016, Schoenholz 2017); of those with a stable fixed point at
    /// variance 1 that hardly changes gradients, that one (SELU: Klambauer 2017); of the rest the point where both
    /// susceptibilities are 1, with biases (Roberts, Yaida, Hanin 2022: GELU, SiLU). Null where there is none (softplus,
    /// sigmoid): no weights make such a chain deep.
    /// </summary>
    public static Remedy? For(Activation? activation)
    {
        if (activation is null || activation.IsGated)
        {
            return Fitted;
        }
        try
        {
            return ScaleInvariant(activation)
                ?? Linear(activation)
                ?? SelfNormalizing(activation)
                ?? Double(activation);
        }
        catch (Exception e) when (e is ExpectationException or InvalidOperationException)
        {
            // A user's own function that has no expectations, or no derivative.
            return Fitted;
        }
    }

    /// <summary>The weights' rule, and that of the biases where there is one, as a person would write them.</summary>
    public override string ToString() => Biases is null ? $"{Weights}" : $"{Weights} with biases {Biases}";

    private static Remedy? ScaleInvariant(Activation activation)
    {
        double one = GaussianExpectation.Of(activation, 1).SecondMoment;
        double four = GaussianExpectation.Of(activation, 4).SecondMoment;
        return one > 0 && Math.Abs((four / 4) - one) < 1e-9 * one ? Of(1 / one) : null;
    }

    private static Remedy? Linear(Activation activation)
    {
        const double Near = 1e-6;
        (double left, double right) = (activation.Derivative(-Near), activation.Derivative(Near));
        if (activation.Value(0) != 0 || right == 0 || Math.Abs(left - right) > 1e-4 * Math.Abs(right))
        {
            return null;
        }
        double scale = 1 / (right * right);
        return scale * GaussianExpectation.Of(activation, 0.1).SecondMoment <= 0.1 ? Of(scale) : null;
    }

    private static Remedy? SelfNormalizing(Activation activation)
    {
        const double MostGradientFactor = 1.1;
        GaussianExpectation at = GaussianExpectation.Of(activation, 1);
        double scale = 1 / at.SecondMoment;
        double gradient = scale * at.DerivativeSecondMoment;
        return scale * at.SecondMomentSlope <= 1 && gradient is > 1 / MostGradientFactor and < MostGradientFactor
            ? Of(scale)
            : null;
    }

    private static Remedy? Double(Activation activation)
    {
        (double low, double high) = (1e-3, 1e3);
        double sign = Excess(low);
        if (sign == 0 || sign * Excess(high) >= 0)
        {
            return null;
        }
        for (int i = 0; high - low > 1e-7 * high && i < 60; i++)
        {
            double middle = Math.Sqrt(low * high);
            (low, high) = sign * Excess(middle) > 0 ? (middle, high) : (low, middle);
        }
        GaussianExpectation at = GaussianExpectation.Of(activation, Math.Sqrt(low * high));
        double scale = 1 / at.DerivativeSecondMoment;
        double biases = at.InputVariance - (scale * at.SecondMoment);
        return double.IsFinite(scale) && biases >= 0
            ? new(
                OfScale(scale),
                Initializer.Normal(0, FindingText.Short(Math.Sqrt(biases))),
                OfScale(1 / at.SecondMoment)
            )
            {
                Scale = scale,
            }
            : null;

        // Both susceptibilities are the weights' variance times one of these.
        double Excess(double q)
        {
            GaussianExpectation expectation = GaussianExpectation.Of(activation, q);
            return expectation.SecondMomentSlope - expectation.DerivativeSecondMoment;
        }
    }

    private static Remedy Of(double scale) => new(OfScale(scale)) { Scale = scale };

    private static Initializer OfScale(double scale) =>
        Math.Abs(scale - 1) < 1e-6 ? Initializer.LeCunNormal()
        : Math.Abs(scale - 2) < 1e-6 ? Initializer.HeNormal()
        : Initializer.VarianceScaling(FindingText.Short(scale));
}
