using System.Collections.Immutable;

namespace FanIn;

/// <summary>All that one batch showed of a model with one set of weights: what an engine hands to the check.</summary>
public sealed record ModelObservation
{
    /// <summary>The weighted layers in order of execution, the output last.</summary>
    public required ImmutableArray<LayerObservation> Layers { get; init; }

    /// <summary>Every parameter.</summary>
    public ImmutableArray<ParameterObservation> Parameters { get; init; } = [];

    /// <summary>The batch; null where the model reads no numbers, such as token ids.</summary>
    public TensorStatistics? Input { get; init; }

    /// <summary>Null where the output isn't known to be a classifier's.</summary>
    public LossObservation? Loss { get; init; }

    /// <summary>Why there are no gradients; null where there are.</summary>
    public string? WithoutGradients { get; init; }

    /// <summary>
    /// What the engine itself saw to be wrong: layers that never ran, a softmax before the loss, unknown operators.
    /// </summary>
    public ImmutableArray<SignalFinding> Structure { get; init; } = [];

    /// <summary>
    /// Singular values of the Jacobian of the last layer's output by the first one's, for one example; empty where it wasn't
    /// computed.
    /// </summary>
    public ImmutableArray<double> SingularValues { get; init; } = [];
}
