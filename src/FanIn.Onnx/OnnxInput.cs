using System.Collections.Immutable;

namespace FanIn.Onnx;

/// <summary>One input of an ONNX model.</summary>
/// <param name="Name">As the model calls it.</param>
/// <param name="Shape">The sizes; -1 where the model leaves one open. Null where it doesn't even say how many there are.</param>
/// <param name="ElementType">In ONNX's word: <c>float</c>, <c>int64</c>.</param>
public sealed record OnnxInput(string Name, ImmutableArray<long>? Shape, string ElementType)
{
    /// <summary>True when name, type and sizes are equal.</summary>
    public bool Equals(OnnxInput? other) =>
        other is not null
        && (Name, ElementType, Shape is null) == (other.Name, other.ElementType, other.Shape is null)
        && (Shape is null || Shape.Value.SequenceEqual(other.Shape!.Value));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, ElementType, Shape?.Length);

    /// <summary>For example <c>float input [?, 3, 224, 224]</c>.</summary>
    public override string ToString() =>
        $"{ElementType} {Name} "
        + (
            Shape is { } sizes
                ? $"[{string.Join(", ", sizes.Select(size => size < 0 ? "?" : $"{size}"))}]"
                : "of any shape"
        );
}
