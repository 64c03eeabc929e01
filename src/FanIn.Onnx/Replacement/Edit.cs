using System.Buffers;
using System.Runtime.InteropServices;

namespace FanIn.Onnx;

/// <summary>Other bytes for a part of the model's file.</summary>
/// <param name="Range">The part.</param>
/// <param name="Piece">What comes in its place.</param>
internal readonly record struct Edit(ByteRange Range, Piece Piece)
{
    /// <summary>Bytes that the file gets longer by.</summary>
    public long Growth => Piece.Length - Range.Length;

    /// <summary>
    /// A tensor's new values where its old ones lie in the model's file. Numbers of one size take the same bytes. Half
    /// precision in the integers' field is written by its bits as integers of varying size, and may take more or fewer.
    /// </summary>
    public static IEnumerable<Edit> Of(byte[] file, DrawnTensor drawn)
    {
        TensorData tensor = drawn.Tensor;
        if (tensor.Raw is { } raw)
        {
            return [new(raw, new(drawn, 0, raw.Length))];
        }
        TypedField field = OnnxTypes.FieldOf(tensor.Type)!.Value;
        IReadOnlyList<ByteRange> ranges = tensor.TypedOrNone(field);
        return field == TypedField.Int32 ? Integers(file, drawn, ranges) : Numbers(drawn, ranges);
    }

    private static IEnumerable<Edit> Numbers(DrawnTensor drawn, IReadOnlyList<ByteRange> ranges)
    {
        long start = 0;
        foreach (ByteRange range in ranges)
        {
            yield return new(range, new(drawn, start, range.Length));
            start += range.Length;
        }
    }

    private static IEnumerable<Edit> Integers(byte[] file, DrawnTensor drawn, IReadOnlyList<ByteRange> ranges)
    {
        const int Block = 1 << 16;
        byte[] halves = new byte[Block * sizeof(ushort)];
        long next = 0;
        foreach (ByteRange range in ranges)
        {
            var bytes = new ArrayBufferWriter<byte>(range.Length + 1);
            for (long left = WireReader.CountVarints(file, range); left > 0; )
            {
                int count = (int)Math.Min(Block, left);
                Span<byte> block = halves.AsSpan(0, count * sizeof(ushort));
                drawn.Fill(block, next * sizeof(ushort));
                foreach (ushort bits in MemoryMarshal.Cast<byte, ushort>(block))
                {
                    Varint(bytes, bits);
                }
                next += count;
                left -= count;
            }
            byte[] written = bytes.WrittenSpan.ToArray();
            yield return new(range, new(new BytesInMemory(written), 0, written.Length));
        }
    }

    /// <summary>A number as the format writes integers: seven bits a byte, the low ones first.</summary>
    public static void Varint(IBufferWriter<byte> to, ulong value)
    {
        Span<byte> bytes = to.GetSpan(10);
        int count = 0;
        for (; value > 0x7f; value >>= 7)
        {
            bytes[count++] = (byte)(value | 0x80);
        }
        bytes[count++] = (byte)value;
        to.Advance(count);
    }
}
