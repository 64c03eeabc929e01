using System.Buffers.Binary;

namespace FanIn.Lab;

/// <summary>
/// Reads the IDX format of MNIST (Y. LeCun): two zero bytes, the element type, the number of dimensions, each dimension
/// as a big-endian 32-bit number, then the data. Unsigned bytes only. What the header declares bounds what is
/// read, but nothing of that size is allocated before the bytes come.
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
                if (length is not null && size != length - header.Length)
                {
                    throw Mismatch($"{Math.Max(0, length.Value - header.Length)} bytes follow");
                }
                if (size > Array.MaxLength)
                {
                    throw new DataFormatException(
                        $"'{source.Name}' is too big for memory or damaged: its header declares {shape} {content}, "
                            + $"{size} bytes."
                    );
                }
                byte[] data =
                    DataSource.ReadUpTo(stream, (long)size)
                    ?? throw new DataFormatException(
                        $"'{source.Name}' holds more bytes than it declares ({size} of data)."
                    );
                return data.Length == size
                    ? (dimensions, data)
                    : throw Mismatch($"{data.Length} bytes of them could be {(length is null ? "unpacked" : "read")}");

                DataFormatException Mismatch(string found) =>
                    new(
                        $"'{source.Name}' is cut off or damaged: its header declares {shape} {content}, {size} bytes, "
                            + $"but {found}."
                    );
            }
        );
}
