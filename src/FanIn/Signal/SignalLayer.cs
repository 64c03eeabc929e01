namespace FanIn;

/// <summary>A row of a signal report: one weighted layer, predicted and measured.</summary>
/// <param name="Name">The layer's path in the model.</param>
/// <param name="MeasuredRms">Of the output before the activation, over batch and units; the median over seeds.</param>
public sealed record SignalLayer(string Name, double MeasuredRms)
{
    /// <summary>What theory says; null where it says nothing.</summary>
    public LayerPrediction? Prediction { get; init; }

    /// <summary>Of the loss's gradient with respect to the output; null where there is none.</summary>
    public double? MeasuredGradientRms { get; init; }

    /// <summary>The least and the largest <see cref="MeasuredRms"/> over seeds; null for one seed.</summary>
    public (double Low, double High)? Spread { get; init; }

    /// <summary>
    /// Mean cosine between the outputs of two examples; this and what follows the median over seeds, null where it isn't
    /// known.
    /// </summary>
    public double? Correlation { get; init; }

    /// <summary>Mean cosine between two tokens of one example.</summary>
    public double? TokenCorrelation { get; init; }

    /// <summary>Share of units that the activation shuts for every example.</summary>
    public double? DeadShare { get; init; }

    /// <summary>Share of values in the flat ends of a bounded activation.</summary>
    public double? SaturatedShare { get; init; }

    /// <summary>Mean entropy of attention's weights, as a share of the largest possible.</summary>
    public double? AttentionEntropy { get; init; }

    /// <summary>The first seed's observation, with what isn't measured again: histograms, the stable rank.</summary>
    public required LayerObservation Observation { get; init; }
}
