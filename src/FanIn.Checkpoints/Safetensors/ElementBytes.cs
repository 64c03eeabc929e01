using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FanIn.Checkpoints;

/// <summary>Elements in memory and in a file, which is little-endian.</summary>
internal static class ElementBytes
{
    /// <summary>What .NET reads and writes a type as; null where it has none and the bytes are all there is.</summary>
    public static Type? TypeOf(SafetensorsType type) =>
        type switch
        {
            SafetensorsType.Bool => typeof(bool),
            SafetensorsType.I8 => typeof(sbyte),
            SafetensorsType.I16 => typeof(short),
            SafetensorsType.U16 => typeof(ushort),
            SafetensorsType.F16 => typeof(Half),
            SafetensorsType.BF16 => typeof(BFloat16),
            SafetensorsType.I32 => typeof(int),
            SafetensorsType.U32 => typeof(uint),
            SafetensorsType.F32 => typeof(float),
            SafetensorsType.F64 => typeof(double),
            SafetensorsType.I64 => typeof(long),
            SafetensorsType.U64 => typeof(ulong),
            SafetensorsType.C64 or SafetensorsType.F4 or SafetensorsType.F6_E2M3 or SafetensorsType.F6_E3M2 => null,
            _ => typeof(byte),
        };

    /// <exception cref="ArgumentException">The tensor's elements are of another type.</exception>
    public static void Check<T>(SafetensorsTensor tensor)
        where T : unmanaged
    {
        if (TypeOf(tensor.Type) is not { } own)
        {
            throw new ArgumentException(
                $"The tensor {Quoted.Text(tensor.Name)} holds {tensor.Type.Name()}, which .NET has no type for; take its bytes.",
                nameof(tensor)
            );
        }
        if (own != typeof(T))
        {
            throw new ArgumentException(
                $"The tensor {Quoted.Text(tensor.Name)} holds {tensor.Type.Name()}, which is {own.Name} and not {typeof(T).Name}; convert the values, or take the bytes.",
                nameof(tensor)
            );
        }
    }

    /// <summary>As many elements as one piece of memory may have bytes of, at most <paramref name="bytes"/>.</summary>
    public static int PieceOf<T>(int bytes)
        where T : unmanaged => bytes / Unsafe.SizeOf<T>();

    /// <summary>Turns bytes as they lie in a file into elements, or elements into such bytes: in place, once.</summary>
    public static void Turn<T>(Span<T> elements)
        where T : unmanaged
    {
        if (BitConverter.IsLittleEndian)
        {
            return;
        }
        switch (Unsafe.SizeOf<T>())
        {
            case 2:
                Span<ushort> twos = MemoryMarshal.Cast<T, ushort>(elements);
                BinaryPrimitives.ReverseEndianness(twos, twos);
                break;
            case 4:
                Span<uint> fours = MemoryMarshal.Cast<T, uint>(elements);
                BinaryPrimitives.ReverseEndianness(fours, fours);
                break;
            case 8:
                Span<ulong> eights = MemoryMarshal.Cast<T, ulong>(elements);
                BinaryPrimitives.ReverseEndianness(eights, eights);
                break;
        }
    }
}
