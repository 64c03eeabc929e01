using System.Buffers.Binary;

namespace FanIn.Lab;

/// <summary>
/// Reads the IDX format of MNIST (Y. LeCun): two zero bytes, the element type, the number of dimensions, each dimension
/// as a big-endian 32-bit number, then the data. Unsigned bytes only. The header is checked against the size of the
/// file before anything of that size is allocated.
/// </summary>
internal static class Idx
{
    private const byte UnsignedByte = 0x08;

    /// <summary>Images [count, height, width], one byte a pixel.</summary>
    public static (int[] Dimensions, byte[] Data) ReadImages(DataSource source) => Read(source, rank: 3, "images");

    /// <summary>Labels [count].</summary>
    public static byte[] ReadLabels(DataSource source) => Read(source, rank: 1, "labels").Data;

    private static (int[] Dimensions, byte[] Data) Read(DataSource source, int rank, string content) =>
        source.Read(
            (stream, length) =>
            {
                var header = new byte[4 + 4 * rank];
                int found = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
                if (found < header.Length)
                {
                    throw new DataFormatException(
                        $"'{source.Name}' is cut off: an IDX header of {content} has {header.Length} bytes, "
                            + $"{found} found."
                    );
                }
                uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
                uint expected = (uint)(UnsignedByte << 8 | rank);
                if (magic != expected)
                {
                    throw new DataFormatException(
                        $"'{source.Name}' isn't an IDX file of {content}: it begins with 0x{magic:x8} "
                            + $"instead of 0x{expected:x8}."
                    );
                }
                var dimensions = new int[rank];
                Int128 size = 1;
                for (int i = 0; i < rank; i++)
                {
                    uint dimension = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4 + 4 * i));
                    size *= dimension;
                    dimensions[i] = (int)Math.Min(dimension, int.MaxValue);
                }
                string shape = string.Join('x', dimensions);
                if (size == 0)
                {
                    throw new DataFormatException($"'{source.Name}' is empty: its header declares {shape} {content}.");
                }
                if (size != length - header.Length)
                {
                    throw new DataFormatException(
                        $"'{source.Name}' is cut off or damaged: its header declares {shape} {content}, "
                            + $"{size} bytes, but {Math.Max(0, length - header.Length)} bytes follow."
                    );
                }
                return (dimensions, source.ReadExactly(stream, length - header.Length));
            }
        );
}
