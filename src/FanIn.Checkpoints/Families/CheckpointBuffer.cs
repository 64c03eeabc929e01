using System.Buffers.Binary;
using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// A tensor of a model's state that is no parameter: what a batch normalization counts while it trains. It isn't drawn, and
/// no recipe has a say in it.
/// </summary>
/// <param name="Name">As in the file.</param>
/// <param name="Type">How it is stored: the counter of batches as 64-bit integers, whatever the parameters are.</param>
/// <param name="Shape">Its sizes; none for a scalar.</param>
/// <param name="Value">What all its elements are before training: 0 or 1.</param>
public sealed record CheckpointBuffer(string Name, SafetensorsType Type, ImmutableArray<long> Shape, int Value)
{
    /// <summary>Fills a whole number of elements, little-endian, as the file holds them.</summary>
    /// <exception cref="ArgumentException">The bytes are no whole number of elements.</exception>
    public void Fill(Span<byte> destination)
    {
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

    /// <summary>True when name, type, shape and value are equal.</summary>
    public bool Equals(CheckpointBuffer? other) =>
        other is not null
        && (Name, Type, Value) == (other.Name, other.Type, other.Value)
        && Shape.SequenceEqual(other.Shape);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Type, Value, Shape.Length);
}
