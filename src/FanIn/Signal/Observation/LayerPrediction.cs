namespace FanIn;

/// <summary>What theory says of one weighted layer's output, before its activation.</summary>
/// <param name="Name">As in <see cref="LayerObservation"/>.</param>
/// <param name="Rms">sqrt(q), over batch and units, in the limit of infinite width.</param>
public sealed record LayerPrediction(string Name, double Rms)
{
    /// <summary>The variance, over draws of the weights, of the logarithm of the batch's mean square; 0 in infinite width.</summary>
    public double LogVariance { get; init; }

    /// <summary>The mean, over draws of the weights, of the logarithm of the batch's mean square, less that of q.</summary>
    public double LogShift { get; init; }

    /// <summary>
    /// The middle of the interval that holds the logarithm in 95 of 100 draws, less its mean: 0 for a symmetric
    /// distribution. <see cref="LogVariance"/> is then that of a normal distribution with the same interval.
    /// </summary>
    public double LogSkew { get; init; }

    /// <summary>The root mean square of the loss's gradient with respect to the output; null where theory doesn't say.</summary>
    public double? GradientRms { get; init; }

    /// <summary>As <see cref="LogVariance"/>, for the gradient.</summary>
    public double GradientLogVariance { get; init; }

    /// <summary>As <see cref="LogShift"/>, for the gradient.</summary>
    public double GradientLogShift { get; init; }

    /// <summary>As <see cref="LogSkew"/>, for the gradient.</summary>
    public double GradientLogSkew { get; init; }

    /// <summary>Mean cosine between the outputs of two examples.</summary>
    public double? Correlation { get; init; }

    /// <summary>Share of units shut for the whole batch.</summary>
    public double? DeadShare { get; init; }

    /// <summary>Share of values in the activation's flat ends.</summary>
    public double? SaturatedShare { get; init; }

    /// <summary>
    /// The geometric mean of the RMS over draws of weights of this width: what the logarithm of a measurement averages to, where
    /// <see cref="Rms"/> is of infinite width.
    /// </summary>
    public double TypicalRms => Rms * Exponential.Of(LogShift / 2.0);

    /// <summary>The same for the gradient; null where theory doesn't say.</summary>
    public double? TypicalGradientRms => GradientRms * Exponential.Of(GradientLogShift / 2.0);

    /// <summary>The ends of the interval that holds the measured RMS in 95 of 100 draws of the weights.</summary>
    public (double Low, double High) Band => Interval(Rms, LogShift + LogSkew, LogVariance);

    /// <summary>The same for the gradient; null where theory doesn't say.</summary>
    public (double Low, double High)? GradientBand =>
        GradientRms is { } rms ? Interval(rms, GradientLogShift + GradientLogSkew, GradientLogVariance) : null;

    private static (double, double) Interval(double rms, double shift, double variance)
    {
        const double TwoSided95 = 1.959963984540054;
        double reach = TwoSided95 * Math.Sqrt(variance);
        return (rms * Exponential.Of((shift - reach) / 2.0), rms * Exponential.Of((shift + reach) / 2.0));
    }
}
