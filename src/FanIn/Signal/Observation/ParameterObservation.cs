namespace FanIn;

/// <summary>One parameter's values, as a check found them.</summary>
/// <param name="Description">Name, shape, layout and role.</param>
/// <param name="Values">The values' statistics.</param>
public sealed record ParameterObservation(ParameterDescription Description, TensorStatistics Values)
{
    /// <summary>Units whose incoming weights differ (<see cref="DistinctUnits"/>); null where that has no meaning.</summary>
    public int? DistinctUnits { get; init; }

    /// <summary>
    /// 1 for weights drawn one by one, more for such that follow a pattern (<see cref="FanIn.NeighbourCorrelation"/>); null
    /// where that has no meaning.
    /// </summary>
    public double? NeighbourCorrelation { get; init; }

    /// <summary>
    /// Equal for tensors of equal shape and values, and practically never for others; null where it wasn't computed.
    /// </summary>
    public string? Fingerprint { get; init; }

    /// <summary>
    /// The loss's gradient; null where it wasn't measured or none arrives, which <see cref="ReceivesGradient"/> tells apart.
    /// </summary>
    public TensorStatistics? Gradient { get; init; }

    /// <summary>
    /// Units whose gradients differ (<see cref="FanIn.DistinctUnits"/> of the gradient): where they do, equal weights don't
    /// stay equal; null where no units are equal, all are, or it wasn't measured.
    /// </summary>
    public int? GradientDistinctUnits { get; init; }

    /// <summary>Whether a gradient arrives; null where it wasn't measured.</summary>
    public bool? ReceivesGradient { get; init; }

    /// <summary>Whether the optimizer has it; null where there is no optimizer.</summary>
    public bool? IsOptimized { get; init; }

    /// <summary>
    /// The convention's fans that a framework would compute for it and that its layer doesn't have; empty where they agree.
    /// </summary>
    public System.Collections.Immutable.ImmutableArray<Fan> MistakenFans { get; init; } = [];
}
