using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FanIn.Onnx;

/// <summary>The values of a checked tensor as float32.</summary>
internal static class TensorValues
{
    /// <summary>Reads all values; null for types that hold no numbers of a usual kind.</summary>
    /// <exception cref="IOException">External data can't be read.</exception>
    public static float[]? Read(byte[] file, TensorData tensor)
    {
        if (tensor.Count > Array.MaxLength || Decoder(tensor.Type) is not { } decode)
        {
            return null;
        }
        var values = new float[tensor.Count];
        if (tensor.ExternalRange is { } range)
        {
            ReadExternal(range, values, OnnxTypes.Bits(tensor.Type) / 8, decode);
        }
        else if (tensor.InPlace is { } bytes)
        {
            decode(file.AsSpan(bytes.Start, bytes.Length), values);
        }
        else
        {
            ReadTyped(file, tensor, values);
        }
        return values;
    }

    /// <summary>Raw values of a tensor's type.</summary>
    public static float[] Decoded(byte[] bytes, TensorData tensor)
    {
        var values = new float[tensor.Count];
        Decoder(tensor.Type)!(bytes, values);
        return values;
    }

    private delegate void Decode(ReadOnlySpan<byte> bytes, Span<float> values);

    private static Decode? Decoder(OnnxType type) =>
        type switch
        {
            OnnxType.Float => (bytes, values) => MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values),
            OnnxType.Double => (bytes, values) =>
                Each(bytes, values, 8, b => (float)BinaryPrimitives.ReadDoubleLittleEndian(b)),
            OnnxType.Float16 => (bytes, values) =>
                Each(bytes, values, 2, b => (float)BinaryPrimitives.ReadHalfLittleEndian(b)),
            OnnxType.BFloat16 => (bytes, values) =>
                Each(bytes, values, 2, b => OfBFloat16(BinaryPrimitives.ReadUInt16LittleEndian(b))),
            OnnxType.UInt8 or OnnxType.Bool => (bytes, values) => Each(bytes, values, 1, b => b[0]),
            OnnxType.Int8 => (bytes, values) => Each(bytes, values, 1, b => unchecked((sbyte)b[0])),
            OnnxType.UInt16 => (bytes, values) =>
                Each(bytes, values, 2, b => BinaryPrimitives.ReadUInt16LittleEndian(b)),
            OnnxType.Int16 => (bytes, values) => Each(bytes, values, 2, b => BinaryPrimitives.ReadInt16LittleEndian(b)),
            OnnxType.Int32 => (bytes, values) => Each(bytes, values, 4, b => BinaryPrimitives.ReadInt32LittleEndian(b)),
            OnnxType.UInt32 => (bytes, values) =>
                Each(bytes, values, 4, b => BinaryPrimitives.ReadUInt32LittleEndian(b)),
            OnnxType.Int64 => (bytes, values) => Each(bytes, values, 8, b => BinaryPrimitives.ReadInt64LittleEndian(b)),
            OnnxType.UInt64 => (bytes, values) =>
                Each(bytes, values, 8, b => BinaryPrimitives.ReadUInt64LittleEndian(b)),
            _ => null,
        };

    private static void Each(
        ReadOnlySpan<byte> bytes,
        Span<float> values,
        int size,
        Func<ReadOnlySpan<byte>, float> read
    )
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = read(bytes.Slice(i * size, size));
        }
    }

    private static void ReadExternal(ExternalRange range, float[] values, int size, Decode decode)
    {
        const int Block = 1 << 20;
        byte[] buffer = new byte[(int)Math.Min(range.Length, (long)Block * size)];
        for (int done = 0; done < values.Length; done += Block)
        {
            int count = Math.Min(Block, values.Length - done);
            Span<byte> bytes = buffer.AsSpan(0, count * size);
            range.File.Read(range.Offset + ((long)done * size), bytes);
            decode(bytes, values.AsSpan(done, count));
        }
    }

    private static void ReadTyped(byte[] file, TensorData tensor, float[] values)
    {
        TypedField field = OnnxTypes.FieldOf(tensor.Type)!.Value;
        int next = 0;
        foreach (ByteRange range in tensor.TypedOrNone(field))
        {
            ReadOnlySpan<byte> bytes = file.AsSpan(range.Start, range.Length);
            switch (field)
            {
                case TypedField.Single:
                    next += MemoryMarshal.Cast<byte, float>(bytes).Length;
                    MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values.AsSpan(next - (bytes.Length / 4)));
                    break;
                case TypedField.Double:
                    for (; !bytes.IsEmpty; bytes = bytes[8..])
                    {
                        values[next++] = (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes);
                    }
                    break;
                default:
                    WireReader.ReadVarints(file, range, value => values[next++] = OfInteger(tensor.Type, value));
                    break;
            }
        }
    }

    /// <summary>Half-precision numbers are in the integers' field by their bits.</summary>
    private static float OfInteger(OnnxType type, long value) =>
        type switch
        {
            OnnxType.Float16 => (float)BitConverter.UInt16BitsToHalf(unchecked((ushort)value)),
            OnnxType.BFloat16 => OfBFloat16(unchecked((ushort)value)),
            OnnxType.UInt64 => unchecked((ulong)value),
            _ => value,
        };

    private static float OfBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
