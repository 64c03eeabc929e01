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
    /// <summary>Its sizes; none for a scalar.</summary>
    /// <exception cref="ArgumentException">It has no sizes, not even none.</exception>
    public ImmutableArray<long> Shape
    {
        get;
        init => field = Given(value);
    } = Given(Shape);

    /// <summary>What all its elements are before training, 0 or 1, where it has no <see cref="Content"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is neither.</exception>
    public int Value
    {
        get;
        init => field = ZeroOrOne(value);
    } = ZeroOrOne(Value);

    /// <summary>All its bytes, little-endian, where its elements aren't all <see cref="Value"/>; else empty.</summary>
    public ImmutableArray<byte> Content
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    /// <summary>Fills a whole number of elements with <see cref="Value"/>, little-endian, as the file holds them.</summary>
    /// <exception cref="ArgumentException">The bytes are no whole number of elements.</exception>
    /// <exception cref="InvalidOperationException">Its elements aren't all one number, or 1 of a type that FanIn knows no 1 of.</exception>
    public void Fill(Span<byte> destination)
    {
        if (!Content.IsEmpty)
        {
            throw new InvalidOperationException($"The elements of {Name} are its content, not {Value}.");
        }
        // Four elements of 6 bits are the fewest that fill whole bytes.
        int width = Type.Bits() switch
        {
            4 => 1,
            6 => 3,
            int bits => bits / 8,
        };
        if (destination.Length % width != 0)
        {
            throw new ArgumentException(
                $"{destination.Length} bytes are no whole number of elements of {Type.Bits()} bits.",
                nameof(destination)
            );
        }
        // The bits of 0 are zeros in every type that has a 0.
        destination.Clear();
        if (Value == 0)
        {
            return;
        }
        Span<byte> one = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteUInt64LittleEndian(
            one,
            OneOf(Type) ?? throw new InvalidOperationException($"A buffer of ones isn't stored as {Type.Name()}.")
        );
        for (int at = 0; at < destination.Length; at += width)
        {
            one[..width].CopyTo(destination[at..]);
        }
    }

    /// <summary>True for the types that have a 1 which FanIn knows.</summary>
    internal static bool HasOne(SafetensorsType type) => OneOf(type) is not null;

    private static ulong? OneOf(SafetensorsType type) =>
        type switch
        {
            SafetensorsType.F32 => BitConverter.SingleToUInt32Bits(1),
            SafetensorsType.F64 => BitConverter.DoubleToUInt64Bits(1),
            SafetensorsType.F16 => BitConverter.HalfToUInt16Bits(Half.One),
            SafetensorsType.BF16 => BitConverter.SingleToUInt32Bits(1) >> 16,
            _ => type.IsWhole() ? 1 : null,
        };

    private static ImmutableArray<long> Given(ImmutableArray<long> shape) =>
        shape.IsDefault
            ? throw new ArgumentException("A buffer needs its sizes; none for a scalar.", nameof(shape))
            : shape;

    private static int ZeroOrOne(int value) =>
        value is 0 or 1
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value),
                value,
                $"The elements of a buffer are 0 or 1, not {value}; others are its content."
            );

    /// <summary>True when name, type, shape and values are equal.</summary>
    public bool Equals(CheckpointBuffer? other) =>
        other is not null
        && (Name, Type, Value) == (other.Name, other.Type, other.Value)
        && Shape.SequenceEqual(other.Shape)
        && Content.SequenceEqual(other.Content);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Type, Value, Shape.Length);
}
