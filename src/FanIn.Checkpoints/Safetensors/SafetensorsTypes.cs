using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace FanIn.Checkpoints;

/// <summary>What the element types of safetensors are called, how wide they are, and which are FanIn's own.</summary>
public static class SafetensorsTypes
{
    /// <summary>What the format calls its types, in its order: <c>BOOL</c>, <c>F4</c> ... <c>U64</c>.</summary>
    public static ImmutableArray<string> Names { get; } =
    [.. Enum.GetNames<SafetensorsType>().Select(name => name == nameof(SafetensorsType.Bool) ? "BOOL" : name)];

    /// <summary>What the format calls the type: <c>F8_E4M3</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The format has no such type.</exception>
    public static string Name(this SafetensorsType type) => Names[(int)Defined(type)];

    /// <summary>The bits of one element: 4, 6, 8, 16, 32 or 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The format has no such type.</exception>
    public static int Bits(this SafetensorsType type) =>
        Defined(type) switch
        {
            SafetensorsType.F4 => 4,
            SafetensorsType.F6_E2M3 or SafetensorsType.F6_E3M2 => 6,
            < SafetensorsType.I16 => 8,
            < SafetensorsType.I32 => 16,
            < SafetensorsType.C64 => 32,
            _ => 64,
        };

    /// <summary>The same type in FanIn's words; null where it is none that FanIn draws weights in.</summary>
    public static ElementType? ToElementType(this SafetensorsType type) =>
        type switch
        {
            SafetensorsType.F32 => ElementType.Float32,
            SafetensorsType.F64 => ElementType.Float64,
            SafetensorsType.BF16 => ElementType.BFloat16,
            SafetensorsType.F16 => ElementType.Float16,
            _ => null,
        };

    /// <summary>The same type in the format's words.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such type.</exception>
    public static SafetensorsType ToSafetensorsType(this ElementType type) =>
        type switch
        {
            ElementType.Float32 => SafetensorsType.F32,
            ElementType.Float64 => SafetensorsType.F64,
            ElementType.BFloat16 => SafetensorsType.BF16,
            ElementType.Float16 => SafetensorsType.F16,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, $"{type} is no element type."),
        };

    /// <summary>Finds the type that the format calls so, in its own spelling.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out SafetensorsType type)
    {
        int index = name is null ? -1 : Names.IndexOf(name);
        type = (SafetensorsType)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>As above, from its bytes.</summary>
    internal static bool TryParseUtf8(ReadOnlySpan<byte> name, out SafetensorsType type)
    {
        for (int i = 0; i < Names.Length; i++)
        {
            if (Ascii.Equals(name, Names[i]))
            {
                type = (SafetensorsType)i;
                return true;
            }
        }
        type = default;
        return false;
    }

    private static SafetensorsType Defined(SafetensorsType type) =>
        type is >= SafetensorsType.Bool and <= SafetensorsType.U64
            ? type
            : throw new ArgumentOutOfRangeException(nameof(type), type, $"{type} is no type of safetensors.");

    /// <summary>Truth values and integers of whole bytes, which no weights are drawn in.</summary>
    internal static bool IsWhole(this SafetensorsType type) =>
        type
            is SafetensorsType.Bool
                or SafetensorsType.U8
                or SafetensorsType.I8
                or SafetensorsType.I16
                or SafetensorsType.U16
                or SafetensorsType.I32
                or SafetensorsType.U32
                or SafetensorsType.I64
                or SafetensorsType.U64;
}
