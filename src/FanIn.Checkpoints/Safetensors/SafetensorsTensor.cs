using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// One tensor of a safetensors file: what it is called, and which bytes hold its elements, little-endian and in row-major
/// order.
/// </summary>
public sealed record SafetensorsTensor
{
    /// <summary>Creates a tensor that has no place yet; a <see cref="SafetensorsHeader"/> gives it one.</summary>
    /// <param name="name">Any text but <c>__metadata__</c>, unique in its file.</param>
    /// <param name="type">What its elements are.</param>
    /// <param name="shape">Its sizes, 0 or more each; none for a scalar, which has one element.</param>
    /// <exception cref="ArgumentException">
    /// The name has half of a surrogate pair; a size is negative; there are more than 64 of them; the elements make more
    /// than 2^64 bits, or don't fill whole bytes.
    /// </exception>
    public SafetensorsTensor(string name, SafetensorsType type, params ReadOnlySpan<long> shape)
        : this(name, type, 0, shape) { }

    /// <summary>Creates a tensor in its place.</summary>
    internal SafetensorsTensor(string name, SafetensorsType type, long begin, ReadOnlySpan<long> shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Quoted.IsWellFormed(name))
        {
            throw new ArgumentException(
                $"The tensor's name {Quoted.Text(name)} has half of a surrogate pair, which UTF-8 can't hold.",
                nameof(name)
            );
        }
        if (TensorSize.Fault(type, shape, out long count, out long bytes) is { } fault)
        {
            throw new ArgumentException($"The tensor {Quoted.Text(name)} {fault}.", nameof(shape));
        }
        (Name, Type, Shape, Count, ByteCount, Begin) = (name, type, [.. shape], count, bytes, begin);
    }

    /// <summary>Unique in its file. It may be any text: it is never a path.</summary>
    public string Name { get; }

    /// <summary>What its elements are.</summary>
    public SafetensorsType Type { get; }

    /// <summary>Its sizes; none for a scalar.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>The number of elements.</summary>
    public long Count { get; }

    /// <summary>The bytes of all elements.</summary>
    public long ByteCount { get; }

    /// <summary>
    /// Where its first byte lies, counted from the end of the header (<see cref="SafetensorsHeader.DataStart"/>); 0 as
    /// long as it belongs to no header.
    /// </summary>
    public long Begin { get; private init; }

    /// <summary>Behind its last byte, counted likewise.</summary>
    public long End => Begin + ByteCount;

    /// <summary>The same tensor in its place.</summary>
    internal SafetensorsTensor At(long begin) => this with { Begin = begin };

    /// <summary>True when name, type, shape and place are equal.</summary>
    public bool Equals(SafetensorsTensor? other) =>
        other is not null
        && (Name, Type, Begin) == (other.Name, other.Type, other.Begin)
        && Shape.SequenceEqual(other.Shape);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Type, Begin, Shape.Length);

    /// <summary>For example <c>BF16 lm_head.weight [256000, 2048]</c>.</summary>
    public override string ToString() => $"{Type.Name()} {Name} {TensorSize.Shown(Shape.AsSpan())}";
}
