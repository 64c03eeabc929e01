using static System.Math;

namespace FanIn;

/// <summary>
/// The values, or the gradients, at one node: second moments in the limit of infinite width, and how their logarithm
/// fluctuates over draws of the weights.
/// </summary>
internal sealed record SignalState
{
    /// <summary>Above, predictions are of no use: float32 ends at 3e38.</summary>
    public const double Most = 1e200;

    public long Units { get; init; } = 1;

    public long Positions { get; init; } = 1;

    public long Examples { get; init; } = 1;

    /// <summary>q = E x^2.</summary>
    public double MeanSquare { get; init; }

    /// <summary>E x.</summary>
    public double Mean { get; init; }

    /// <summary>E x x' of two positions of an example.</summary>
    public double PositionProduct { get; init; }

    /// <summary>E x x' of two examples, mean over pairs of positions.</summary>
    public double ExampleProduct { get; init; }

    /// <summary>The variance, over pairs of examples, of their cosine.</summary>
    public double CosineVariance { get; init; }

    /// <summary>What the logarithm of one example's mean square answers to.</summary>
    public Fluctuation.Response Response { get; init; } = Fluctuation.Response.None;

    /// <summary>The mean of that logarithm over draws of the weights, less ln q.</summary>
    public double Shift { get; init; }

    /// <summary>The deviations of single draws; null where a variance says enough.</summary>
    public Members? Members { get; init; }

    /// <summary>
    /// Of gradients: n E (z.g)^2 / (E |z|^2 E |g|^2) - 1, by how much an example's gradient is more (or less) along its own
    /// values than chance has it. Backward and forward pass share their weights, so this share of 1/n moves the mean.
    /// </summary>
    public double Alignment { get; init; }

    /// <summary>Of gradients right behind an activation: what they have to do with the values that it took.</summary>
    public GradientProjection? Projection { get; init; }

    public double Variance => Max(0.0, MeanSquare - (Mean * Mean));

    /// <summary>Two positions of one example.</summary>
    public double PositionCosine => Cosine(PositionProduct);

    /// <summary>Two examples.</summary>
    public double ExampleCosine => Cosine(ExampleProduct);

    /// <summary>E c^2 of two examples.</summary>
    public double SquaredCosine => Min(1.0, (ExampleCosine * ExampleCosine) + CosineVariance);

    /// <summary>Two positions, about the mean.</summary>
    public double CentredPositionCosine => Centred(PositionProduct);

    /// <summary>Two examples, about the mean.</summary>
    public double CentredExampleCosine => Centred(ExampleProduct);

    /// <summary>The cosine of two examples' means over positions, which a check measures.</summary>
    public double PooledCosine
    {
        get
        {
            double same = (MeanSquare + ((Positions - 1) * PositionProduct)) / Positions;
            return same > 0.0 ? Clamp(ExampleProduct / same, -1.0, 1.0) : 1.0;
        }
    }

    /// <summary>Both ends of the cosine's spread over pairs: the mean of a function's values there is its expectation.</summary>
    public (double Low, double High) Cosines(double centre)
    {
        double reach = Min(Sqrt(CosineVariance), 1.0 - Abs(centre));
        return (centre - reach, centre + reach);
    }

    /// <summary>
    /// A covariance between positions and examples, as a function of their cosine, for one and as the mean over all.
    /// </summary>
    public Fluctuation.Spread Average(Func<double, double> covariance) =>
        Average(covariance(1.0), covariance(PositionCosine), Expected(covariance, ExampleCosine));

    /// <summary>The same about the mean.</summary>
    public Fluctuation.Spread AverageCentred(Func<double, double> covariance) =>
        Average(covariance(1.0), covariance(CentredPositionCosine), Expected(covariance, CentredExampleCosine));

    /// <summary>From the covariances of the same, of two positions and of two examples.</summary>
    public Fluctuation.Spread Average(double same, double positions, double examples) =>
        new(
            same,
            (same + ((Positions - 1) * positions) + ((Examples - 1.0) * Positions * examples))
                / ((double)Examples * Positions)
        );

    /// <summary>The mean of <paramref name="covariance"/> over pairs of examples.</summary>
    public double Expected(Func<double, double> covariance, double centre)
    {
        if (CosineVariance < 1e-9)
        {
            return covariance(centre);
        }
        (double low, double high) = Cosines(centre);
        return 0.5 * (covariance(low) + covariance(high));
    }

    /// <summary>Second moments times a factor.</summary>
    public SignalState Scaled(double factor) =>
        this with
        {
            MeanSquare = Min(Most, factor * MeanSquare),
            Mean = Sqrt(factor) * Mean,
            PositionProduct = Clamp(factor * PositionProduct, -Most, Most),
            ExampleProduct = Clamp(factor * ExampleProduct, -Most, Most),
            Projection = Projection?.Times(factor),
        };

    /// <summary>What <paramref name="a"/> is of <paramref name="b"/>; 0 of nothing.</summary>
    public static double Share(double a, double b) => b > 0.0 ? a / b : 0.0;

    private double Cosine(double product) => MeanSquare > 0.0 ? Clamp(product / MeanSquare, -1.0, 1.0) : 1.0;

    private double Centred(double product) =>
        Variance > 0.0 ? Clamp((product - (Mean * Mean)) / Variance, -1.0, 1.0) : 1.0;
}
