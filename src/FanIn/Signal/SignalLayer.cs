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

    /// <summary>The first seed's observation.</summary>
    public required LayerObservation Observation { get; init; }
}
