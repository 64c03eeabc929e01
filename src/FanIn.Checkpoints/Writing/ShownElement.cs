using System.Buffers.Binary;
using System.Globalization;

namespace FanIn.Checkpoints;

/// <summary>An element as a person reads it.</summary>
internal static class ShownElement
{
    /// <summary>
    /// The number, and its bits, where two numbers may look alike: <c>0.5 (0x3f000000)</c>; the bits alone where .NET has no
    /// such number.
    /// </summary>
    /// <param name="type">The element's.</param>
    /// <param name="element">Its bytes as they lie in the file; of elements below a byte that byte.</param>
    public static string Of(SafetensorsType type, ReadOnlySpan<byte> element)
    {
        byte[] bits = element.ToArray();
        bits.AsSpan().Reverse();
        IFormattable? value = type switch
        {
            SafetensorsType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(element),
            SafetensorsType.F32 => BinaryPrimitives.ReadSingleLittleEndian(element),
            SafetensorsType.F16 => BinaryPrimitives.ReadHalfLittleEndian(element),
            SafetensorsType.BF16 => BitConverter.UInt32BitsToSingle(
                (uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16
            ),
            SafetensorsType.I64 => BinaryPrimitives.ReadInt64LittleEndian(element),
            SafetensorsType.U64 => BinaryPrimitives.ReadUInt64LittleEndian(element),
            SafetensorsType.I32 => BinaryPrimitives.ReadInt32LittleEndian(element),
            SafetensorsType.U32 => BinaryPrimitives.ReadUInt32LittleEndian(element),
            SafetensorsType.I16 => BinaryPrimitives.ReadInt16LittleEndian(element),
            SafetensorsType.U16 => BinaryPrimitives.ReadUInt16LittleEndian(element),
            SafetensorsType.I8 => (sbyte)element[0],
            SafetensorsType.U8 or SafetensorsType.Bool => element[0],
            _ => null,
        };
        string hex = $"0x{Convert.ToHexStringLower(bits)}";
        return value is null ? hex : $"{value.ToString(null, CultureInfo.InvariantCulture)} ({hex})";
    }
}
