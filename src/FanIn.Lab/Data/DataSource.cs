using System.Buffers.Binary;

namespace FanIn.Lab;

/// <summary>
/// A file on disk or one embedded in this assembly, unpacked if its name ends in <c>.gz</c>. Whatever goes wrong with
/// it becomes a <see cref="DataFormatException"/> that names it. Memory grows with the bytes that really come.
/// </summary>
internal sealed class DataSource
{
    private readonly Func<Stream> open;

    private DataSource(string name, Func<Stream> open)
    {
        Name = name;
        this.open = open;
    }

    public string Name { get; }

    private bool IsCompressed => Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    public static DataSource File(string path) => new(path, () => System.IO.File.OpenRead(path));

    public static DataSource Embedded(string name) =>
        new(
            name,
            () =>
                typeof(DataSource).Assembly.GetManifestResourceStream(name)
                ?? throw new InvalidOperationException($"The resource '{name}' isn't embedded in this assembly.")
        );

    /// <summary>All bytes, at most <paramref name="limit"/> of them.</summary>
    public byte[] ReadAll(long limit) =>
        Read(
            (stream, length) =>
            {
                if (length > limit)
                {
                    throw new DataFormatException($"'{Name}' holds {length} bytes; at most {limit} can be read.");
                }
                return ReadExactly(stream, length);
            }
        );

    /// <summary>
    /// Hands the unpacked stream and the length that file system or gzip trailer claim (the latter modulo 2^32) to
    /// <paramref name="read"/>.
    /// </summary>
    public T Read<T>(Func<Stream, long, T> read)
    {
        try
        {
            using Stream raw = open();
            if (!raw.CanSeek)
            {
                throw new DataFormatException($"'{Name}' isn't a regular file.");
            }
            if (!IsCompressed)
            {
                return read(raw, raw.Length);
            }
            long length = UnpackedLength(raw);
            using var unpacked = new System.IO.Compression.GZipStream(
                raw,
                System.IO.Compression.CompressionMode.Decompress
            );
            return read(unpacked, length);
        }
        catch (InvalidDataException exception)
        {
            throw new DataFormatException(
                $"'{Name}' is damaged: it can't be unpacked as gzip ({exception.Message.TrimEnd('.')}).",
                exception
            );
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFormatException($"There is no file '{Name}'.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataFormatException($"'{Name}' can't be read: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    /// <summary>Exactly <paramref name="length"/> bytes up to the end of the stream: neither fewer nor more.</summary>
    public byte[] ReadExactly(Stream stream, long length)
    {
        if (length > Array.MaxLength)
        {
            throw new DataFormatException($"'{Name}' is too big for memory: {length} bytes.");
        }
        // Grows by doubling: a length that the file only claims never decides how much is allocated.
        using var bytes = new MemoryStream((int)Math.Min(length, 1 << 16));
        var buffer = new byte[1 << 16];
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            if (bytes.Length + count > length)
            {
                throw new DataFormatException($"'{Name}' holds more bytes than it declares ({length} of data).");
            }
            bytes.Write(buffer, 0, count);
        }
        if (bytes.Length < length)
        {
            throw new DataFormatException(
                $"'{Name}' is cut off: {length} bytes of data were expected, {bytes.Length} found."
            );
        }
        return bytes.Length == bytes.Capacity ? bytes.GetBuffer() : bytes.ToArray();
    }

    /// <summary>
    /// A cut-off gzip stream ends like a whole one for the reader, so the size in the last four bytes (RFC 1952) is
    /// what the unpacked bytes are counted against. Files of several gzip members don't pass.
    /// </summary>
    private long UnpackedLength(Stream raw)
    {
        const int HeaderAndTrailer = 18;
        Span<byte> four = stackalloc byte[4];
        if (raw.Length < HeaderAndTrailer)
        {
            throw new DataFormatException(
                $"'{Name}' isn't a gzip file: it has {raw.Length} bytes, the shortest possible one {HeaderAndTrailer}."
            );
        }
        raw.ReadExactly(four);
        if (four[0] != 0x1f || four[1] != 0x8b)
        {
            throw new DataFormatException(
                $"'{Name}' isn't a gzip file: it begins with the bytes {four[0]:x2} {four[1]:x2} instead of 1f 8b."
            );
        }
        raw.Seek(-4, SeekOrigin.End);
        raw.ReadExactly(four);
        raw.Position = 0;
        return BinaryPrimitives.ReadUInt32LittleEndian(four);
    }
}
