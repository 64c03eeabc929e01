namespace FanIn;

/// <summary>The signal at one weighted layer's output, before its activation, as an engine measured it on one batch.</summary>
/// <param name="Name">The layer's path in the model, without <c>.weight</c>; of a layer that runs twice, once for each time.</param>
/// <param name="Kind">The operation in its framework's word: <c>Linear</c>, <c>Conv2d</c>, <c>Gemm</c>.</param>
/// <param name="Output">Over batch, units and positions.</param>
public sealed record LayerObservation(string Name, string Kind, TensorStatistics Output)
{
    /// <summary>The name of the weight's parameter; null where the layer has none of its own.</summary>
    public string? Weight { get; init; }

    /// <summary>The activation that the output goes to next, null where it isn't known or there is none.</summary>
    public Activation? Activation { get; init; }

    /// <summary>True where a normalization layer comes between the output and the next layer.</summary>
    public bool IsNormalized { get; init; }

    /// <summary>The input's values.</summary>
    public TensorStatistics? Input { get; init; }

    /// <summary>The loss's gradient with respect to the output; null where none arrives.</summary>
    public TensorStatistics? Gradient { get; init; }

    /// <summary>
    /// Share of units that the activation shuts for every example; null where it has no dead region or isn't known.
    /// </summary>
    public double? DeadShare { get; init; }

    /// <summary>Share of values in the flat ends of a bounded activation; null for others.</summary>
    public double? SaturatedShare { get; init; }

    /// <summary>Mean cosine between the outputs of two examples (positions are averaged first); null with fewer than two.</summary>
    public double? Correlation { get; init; }

    /// <summary>Mean cosine between two tokens of one example; null where there are none.</summary>
    public double? TokenCorrelation { get; init; }

    /// <summary>|H|_F^2 / |H|_2^2 of the outputs, examples or tokens by units.</summary>
    public double? StableRank { get; init; }

    /// <summary>
    /// Of a layer that mixes tokens by attention: the mean entropy of its weights, as a share of the largest possible.
    /// </summary>
    public double? AttentionEntropy { get; init; }
}
