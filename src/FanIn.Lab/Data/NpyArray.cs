using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace FanIn.Lab;

/// <summary>
/// An array in NumPy's file format (numpy.lib.format, versions 1.0 to 3.0): float32, float64 and uint8 become float32,
/// int64 stays. Whatever the header claims, no more is allocated than the file has bytes for.
/// </summary>
/// <param name="Shape">At least one axis.</param>
/// <param name="Values">float[] or long[], row-major.</param>
internal sealed partial record NpyArray(long[] Shape, Array Values)
{
    private const long MostBytes = 1L << 31;

    /// <summary>NumPy's own limit, so that a long header can't keep the pattern busy.</summary>
    private const int MostHeader = 10_000;

    private const int MostAxes = 64;
    private const int MagicAndVersion = 8;

    private static readonly byte[] s_magic = [0x93, .. "NUMPY"u8];

    /// <exception cref="DataFormatException">The file isn't such an array; says what is wrong and what would be right.</exception>
    public static NpyArray Read(DataSource source)
    {
        byte[] bytes = source.ReadAll(Math.Min(MostBytes, Array.MaxLength));
        (int start, int length) = HeaderOf(bytes, source.Name);
        Match header = Header().Match(Encoding.Latin1.GetString(bytes, start, length));
        if (!header.Success)
        {
            throw new DataFormatException(
                $"'{source.Name}' isn't in NumPy's format: its header must be a dictionary of descr, fortran_order and shape."
            );
        }
        string type = header.Groups["descr"].Value;
        int size = SizeOf(type, source.Name);
        if (header.Groups["fortran"].Value == "True")
        {
            throw new DataFormatException(
                $"'{source.Name}' is stored by columns (Fortran order); save numpy.ascontiguousarray of it."
            );
        }
        long[] shape = ShapeOf(header.Groups["shape"].Value, source.Name);
        ReadOnlySpan<byte> data = bytes.AsSpan(start + length);
        BigInteger expected = shape.Aggregate((BigInteger)size, (product, axis) => product * axis);
        if (expected != data.Length)
        {
            throw new DataFormatException(
                $"'{source.Name}' is cut off or damaged: an array of shape ({string.Join(", ", shape)}) of {type} has {expected} bytes, and {data.Length} follow the header."
            );
        }
        return new(shape, ValuesOf(data, type));
    }

    private static (int Start, int Length) HeaderOf(byte[] bytes, string name)
    {
        if (bytes.Length < MagicAndVersion + 2 || !bytes.AsSpan().StartsWith(s_magic))
        {
            throw new DataFormatException(
                $"'{name}' isn't in NumPy's format: it must begin with the byte 93 and the letters NUMPY."
            );
        }
        int version = bytes[s_magic.Length];
        if (version is < 1 or > 3)
        {
            throw new DataFormatException(
                $"'{name}' is of version {version} of NumPy's format; 1, 2 and 3 can be read."
            );
        }
        int start = MagicAndVersion + (version == 1 ? sizeof(ushort) : sizeof(uint));
        long length =
            version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(MagicAndVersion))
            : bytes.Length < start ? long.MaxValue
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(MagicAndVersion));
        if (length > MostHeader || start + length > bytes.Length)
        {
            throw new DataFormatException(
                $"'{name}' is cut off or damaged: its header is said to have {length} bytes, where the file has {bytes.Length} and NumPy writes {MostHeader} at most."
            );
        }
        return (start, (int)length);
    }

    private static int SizeOf(string type, string name) =>
        type switch
        {
            "<f4" => sizeof(float),
            "<f8" or "<i8" => sizeof(long),
            "|u1" => 1,
            _ => throw new DataFormatException(
                $"'{name}' holds elements of type '{(type.Length > 20 ? $"{type.AsSpan(0, 17)}..." : type)}'; save it as float32, float64 or uint8, or as int64 for token ids, little-endian."
            ),
        };

    private static long[] ShapeOf(string text, string name)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        long[] shape = new long[Math.Min(parts.Length, MostAxes)];
        bool right = parts.Length is > 0 and <= MostAxes;
        for (int i = 0; right && i < parts.Length; i++)
        {
            right = long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out shape[i]);
        }
        return right && !shape.Contains(0)
            ? shape
            : throw new DataFormatException(
                $"'{name}' has {(parts.Length == 0 ? "no axes" : "an axis of no or of unknown length, or too many axes")}; a batch needs examples and their values."
            );
    }

    private static Array ValuesOf(ReadOnlySpan<byte> data, string type)
    {
        if (type == "<i8")
        {
            long[] tokens = new long[data.Length / sizeof(long)];
            for (int i = 0; i < tokens.Length; i++)
            {
                tokens[i] = BinaryPrimitives.ReadInt64LittleEndian(data[(i * sizeof(long))..]);
            }
            return tokens;
        }
        int size = type == "|u1" ? 1 : type[2] - '0';
        float[] values = new float[data.Length / size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = type switch
            {
                "<f4" => BinaryPrimitives.ReadSingleLittleEndian(data[(i * size)..]),
                "<f8" => (float)BinaryPrimitives.ReadDoubleLittleEndian(data[(i * size)..]),
                _ => data[i],
            };
        }
        return values;
    }

    /// <summary>As NumPy writes it: keys sorted, spaces as here; others in any order and spacing.</summary>
    [GeneratedRegex(
        """^\s*\{(?=[^{}]*'descr':\s*'(?<descr>[^']*)')(?=[^{}]*'fortran_order':\s*(?<fortran>True|False)\s*[,}])(?=[^{}]*'shape':\s*\((?<shape>[^()]*)\))[^{}]*\}\s*$""",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex Header();
}
