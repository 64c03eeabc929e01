using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// A tensor of a model's state that is no parameter: what a batch normalization counts while it trains. It isn't drawn, and
/// no recipe has a say in it.
/// </summary>
/// <param name="Name">As in the file.</param>
/// <param name="Shape">Its sizes; none for a scalar.</param>
/// <param name="Value">What all its elements are before training: 0 or 1.</param>
public sealed record CheckpointBuffer(string Name, ImmutableArray<long> Shape, int Value)
{
    /// <summary>True where it is stored as 64-bit integers, whatever the parameters are stored as.</summary>
    public bool IsInteger { get; init; }

    /// <summary>True when name, shape, value and type are equal.</summary>
    public bool Equals(CheckpointBuffer? other) =>
        other is not null
        && (Name, Value, IsInteger) == (other.Name, other.Value, other.IsInteger)
        && Shape.SequenceEqual(other.Shape);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Value, IsInteger, Shape.Length);
}
