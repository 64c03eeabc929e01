using System.Buffers.Binary;

namespace FanIn.Checkpoints;

/// <summary>Elements that are all one small number: what isn't drawn.</summary>
internal sealed class ConstantBytes : TensorBytes
{
    private readonly byte[] _element;

    /// <exception cref="ArgumentException">The type has no such number.</exception>
    public ConstantBytes(SafetensorsTensor tensor, int value)
        : base(tensor.ByteCount) => _element = Element(tensor, value);

    public override void Fill(Span<byte> destination, long start)
    {
        if (!_element.AsSpan().ContainsAnyExcept((byte)0))
        {
            destination.Clear();
            return;
        }
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = _element[(int)((start + i) % _element.Length)];
        }
    }

    private static byte[] Element(SafetensorsTensor tensor, int value)
    {
        byte[] element = new byte[tensor.Type.Bits() / 8];
        switch (tensor.Type)
        {
            case SafetensorsType.F64:
                BinaryPrimitives.WriteDoubleLittleEndian(element, value);
                break;
            case SafetensorsType.F32:
                BinaryPrimitives.WriteSingleLittleEndian(element, value);
                break;
            case SafetensorsType.F16:
                BinaryPrimitives.WriteHalfLittleEndian(element, (Half)value);
                break;
            case SafetensorsType.BF16:
                BinaryPrimitives.WriteUInt16LittleEndian(element, ((BFloat16)(float)value).Bits);
                break;
            case SafetensorsType.I64:
                BinaryPrimitives.WriteInt64LittleEndian(element, value);
                break;
            case SafetensorsType.I32:
                BinaryPrimitives.WriteInt32LittleEndian(element, value);
                break;
            default:
                throw new ArgumentException($"{tensor} is of a type that FanIn gives no values to.", nameof(tensor));
        }
        return element;
    }
}
