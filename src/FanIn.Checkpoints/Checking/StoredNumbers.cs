using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FanIn.Checkpoints;

/// <summary>
/// A tensor's elements as float32, whatever floating-point type they are stored in. Finite numbers that float32 doesn't reach
/// become its largest, or its least beside 0, which are neither infinite nor 0 as the stored ones aren't.
/// </summary>
internal sealed class StoredNumbers(SafetensorsFile file, SafetensorsTensor tensor)
{
    /// <summary>2^-133.</summary>
    private const double BFloat16Epsilon = 9.183549615799121e-41;

    private byte[] _staged = [];

    /// <summary>The largest stored number, among those that were read, that is too large for float32; 0 where there is none.</summary>
    public double TooLarge { get; private set; }

    /// <summary>The largest stored number but 0, among those that were read, that is too small for float32; 0 where there is none.</summary>
    public double TooSmall { get; private set; }

    /// <summary>True for the types that weights are drawn in.</summary>
    public static bool CanRead(SafetensorsType type) => type.ToElementType() is not null;

    /// <summary>The spacing of numbers beside 1, halved: how far rounding moves a value, relative to it.</summary>
    public static double RoundingOf(SafetensorsType type) =>
        type switch
        {
            SafetensorsType.BF16 => 1.0 / 256,
            SafetensorsType.F16 => 1.0 / 2048,
            _ => 1.0 / (1 << 24),
        };

    /// <summary>The distance of neighbouring numbers of a type, as they are read, near another number.</summary>
    public static double SpacingOf(SafetensorsType type, double near)
    {
        double least = type switch
        {
            SafetensorsType.BF16 => BFloat16Epsilon,
            SafetensorsType.F16 => (double)Half.Epsilon,
            _ => float.Epsilon,
        };
        return near == 0 ? least : Math.Max(least, Math.ScaleB(2 * RoundingOf(type), Math.ILogB(near)));
    }

    /// <summary>
    /// How far off a law's deviation other libraries' draws may be: those that are worked out in half precision, as PyTorch's
    /// normal_ of a bfloat16 tensor on a CPU is, have 0.6% less of it, a kurtosis of 2.92, and a mean that isn't quite 0.
    /// </summary>
    public static double CoarsenessOf(SafetensorsType type) =>
        type switch
        {
            SafetensorsType.BF16 => 0.01,
            SafetensorsType.F16 => 0.005,
            _ => 0.002,
        };

    /// <summary>Fills the destination with the elements from an index on.</summary>
    /// <exception cref="SafetensorsException">The file was cut off since it was opened.</exception>
    public void Read(Span<float> destination, long start)
    {
        switch (tensor.Type)
        {
            case SafetensorsType.F32:
                file.Read(tensor.Name, destination, start);
                break;
            case SafetensorsType.BF16:
                Widen(Staged<BFloat16>(destination.Length, start), destination);
                break;
            case SafetensorsType.F16:
                Each(Staged<Half>(destination.Length, start), destination, x => (float)x);
                break;
            default:
                Each(Staged<double>(destination.Length, start), destination, Narrow);
                break;
        }
    }

    private float Narrow(double value)
    {
        float narrow = (float)value;
        double size = Math.Abs(value);
        if (float.IsInfinity(narrow) && double.IsFinite(value))
        {
            TooLarge = Math.Max(TooLarge, size);
            return MathF.CopySign(float.MaxValue, narrow);
        }
        if (narrow == 0 && value != 0)
        {
            TooSmall = Math.Max(TooSmall, size);
            return MathF.CopySign(float.Epsilon, narrow);
        }
        return narrow;
    }

    private unsafe Span<T> Staged<T>(int length, long start)
        where T : unmanaged
    {
        if (_staged.Length < length * sizeof(T))
        {
            _staged = GC.AllocateUninitializedArray<byte>(length * sizeof(T));
        }
        Span<T> elements = MemoryMarshal.Cast<byte, T>(_staged.AsSpan())[..length];
        file.Read(tensor.Name, elements, start);
        return elements;
    }

    private static void Each<T>(ReadOnlySpan<T> from, Span<float> to, Func<T, float> widen)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = widen(from[i]);
        }
    }

    /// <summary>A bfloat16 is the upper half of a float32.</summary>
    private static void Widen(ReadOnlySpan<BFloat16> from, Span<float> to)
    {
        ReadOnlySpan<ushort> bits = MemoryMarshal.Cast<BFloat16, ushort>(from);
        Span<uint> wide = MemoryMarshal.Cast<float, uint>(to);
        int i = 0;
        for (; i <= bits.Length - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
        {
            (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(Vector128.Create(bits[i..]));
            (low << 16).CopyTo(wide[i..]);
            (high << 16).CopyTo(wide[(i + Vector128<uint>.Count)..]);
        }
        for (; i < bits.Length; i++)
        {
            wide[i] = (uint)bits[i] << 16;
        }
    }
}
