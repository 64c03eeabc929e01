using System.Buffers.Binary;
using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// A tensor of a model's state that isn't drawn, and that no recipe has a say in: what a batch normalization counts while it
/// trains, a table that a module works out for itself.
/// </summary>
/// <param name="Name">As in the file.</param>
/// <param name="Type">How it is stored: the counter of batches as 64-bit integers, whatever the parameters are.</param>
/// <param name="Shape">Its sizes; none for a scalar.</param>
/// <param name="Value">What all its elements are before training, 0 or 1, where it has no <see cref="Content"/>.</param>
public sealed record CheckpointBuffer(string Name, SafetensorsType Type, ImmutableArray<long> Shape, int Value)
{
    /// <summary>All its bytes, little-endian, where its elements aren't all <see cref="Value"/>; else empty.</summary>
    public ImmutableArray<byte> Content { get; init; } = [];

    /// <summary>Fills a whole number of elements with <see cref="Value"/>, little-endian, as the file holds them.</summary>
    /// <exception cref="ArgumentException">The bytes are no whole number of elements.</exception>
    /// <exception cref="InvalidOperationException">Its elements aren't all one number, or of a type that has no such one.</exception>
    public void Fill(Span<byte> destination)
    {
        if (!Content.IsEmpty)
        {
            throw new InvalidOperationException($"The elements of {Name} are its content, not {Value}.");
        }
        int width = Type.Bits() / 8;
        if (destination.Length % width != 0)
        {
            throw new ArgumentException(
                $"{destination.Length} bytes are no whole number of elements of {width} bytes.",
                nameof(destination)
            );
        }
        Span<byte> element = stackalloc byte[8];
        switch (Type)
        {
            case SafetensorsType.F32:
                BinaryPrimitives.WriteSingleLittleEndian(element, Value);
                break;
            case SafetensorsType.F64:
                BinaryPrimitives.WriteDoubleLittleEndian(element, Value);
                break;
            case SafetensorsType.F16:
                BinaryPrimitives.WriteHalfLittleEndian(element, (Half)Value);
                break;
            case SafetensorsType.BF16:
                BinaryPrimitives.WriteUInt16LittleEndian(
                    element,
                    (ushort)(BitConverter.SingleToUInt32Bits(Value) >> 16)
                );
                break;
            case SafetensorsType.I64:
                BinaryPrimitives.WriteInt64LittleEndian(element, Value);
                break;
            default:
                throw new InvalidOperationException($"A buffer isn't stored as {Type.Name()}.");
        }
        for (int at = 0; at < destination.Length; at += width)
        {
            element[..width].CopyTo(destination[at..]);
        }
    }

    /// <summary>True when name, type, shape and values are equal.</summary>
    public bool Equals(CheckpointBuffer? other) =>
        other is not null
        && (Name, Type, Value) == (other.Name, other.Type, other.Value)
        && Shape.SequenceEqual(other.Shape)
        && Content.SequenceEqual(other.Content);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Type, Value, Shape.Length);
}
