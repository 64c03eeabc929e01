using System.Collections.Immutable;

namespace FanIn;

/// <summary>What theory says of a network, layer by layer.</summary>
/// <param name="Layers">In order of execution, the output last.</param>
public sealed record SignalPrediction(ImmutableArray<LayerPrediction> Layers)
{
    /// <summary>True for a plain chain of layers and one activation, without skips and normalization.</summary>
    public bool IsChain { get; init; }

    /// <summary>The chain's activation, the same after each hidden layer; null where there isn't one.</summary>
    public Activation? Activation { get; init; }

    /// <summary>fan_in times the weights' variance, the same in each hidden layer; null where it isn't.</summary>
    public double? WeightVariance { get; init; }

    /// <summary>True where each hidden layer after the first of a chain has an orthogonal matrix, or a part of one.</summary>
    public bool IsOrthogonal { get; init; }

    /// <summary>The biases' variance, the same in each hidden layer.</summary>
    public double BiasVariance { get; init; }

    /// <summary>
    /// The sum over the hidden layers of (E f^4 / (E f^2)^2 - 1) / n, 5 / n each for relu, which the variance of the signal's
    /// logarithm grows with; null where it isn't known.
    /// </summary>
    public double? Fluctuation { get; init; }

    /// <summary>Variance of an example's logits; null where the output isn't known to be logits.</summary>
    public double? LogitVariance { get; init; }
}
