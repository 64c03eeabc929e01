using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>One tensor of a checkpoint, held against its rule.</summary>
/// <param name="Name">As the checkpoint calls it.</param>
/// <param name="FileName">The file that holds it.</param>
/// <param name="Tensor">Type, shape and place.</param>
/// <param name="State">What it is.</param>
public sealed record TensorCheck(string Name, string FileName, SafetensorsTensor Tensor, TensorState State)
{
    /// <summary>What the family's rule, or the recipe, gives it; null where neither speaks of it, or of its parts differently.</summary>
    public Initializer? Initializer { get; init; }

    /// <summary>The mean by that rule, in the tensor's unit; null where the rule doesn't say.</summary>
    public double? ExpectedMean { get; init; }

    /// <summary>The standard deviation by that rule, in the tensor's unit; null where the rule doesn't say.</summary>
    public double? ExpectedStandardDeviation { get; init; }

    /// <summary>
    /// Its values, without those of a padding's row that is 0; null where it wasn't read.
    /// </summary>
    public TensorStatistics? Values { get; init; }

    /// <summary>The name of its parameter in the model; null where the model has none.</summary>
    public string? Parameter { get; init; }

    /// <summary>True where independent values are expected of it, as of a weight, and not one value, as of a bias.</summary>
    public bool IsDrawn => ExpectedStandardDeviation > 0;

    internal TensorProfile? Profile { get; init; }

    internal PlanRow? Row { get; init; }

    internal ExpectedValues? Expected { get; init; }

    /// <summary>A value for which it wasn't judged: float32 doesn't reach it.</summary>
    internal double? OutOfRange { get; init; }

    internal ImmutableArray<TensorPiece> Pieces { get; init; } = [];
}
