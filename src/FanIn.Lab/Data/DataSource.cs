using System.Buffers.Binary;

namespace FanIn.Lab;

/// <summary>
/// A file on disk or one embedded in this assembly, unpacked if its name ends in <c>.gz</c>. Whatever goes wrong with
/// it becomes a <see cref="DataFormatException"/> that names it. Memory grows with the bytes that really come.
/// </summary>
internal sealed class DataSource
{
    private readonly Func<Stream> _open;

    private DataSource(string name, Func<Stream> open)
    {
        Name = name;
        _open = open;
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
                (length > limit ? null : ReadUpTo(stream, limit))
                ?? throw new DataFormatException($"'{Name}' holds more than {limit} bytes, the most that can be read.")
        );

    /// <summary>
    /// Hands the unpacked stream and its length, unless that shows only by unpacking, to <paramref name="read"/>, which
    /// must read to the end or throw.
    /// </summary>
    public T Read<T>(Func<Stream, long?, T> read)
    {
        try
        {
            using Stream raw = _open();
            if (!raw.CanSeek)
            {
                throw new DataFormatException($"'{Name}' isn't a regular file.");
            }
            return IsCompressed ? Unpack(raw, read) : read(raw, raw.Length);
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

    /// <summary>The bytes up to the end of the stream, or null if there are more than <paramref name="limit"/>.</summary>
    public static byte[]? ReadUpTo(Stream stream, long limit)
    {
        // Grows by doubling: a length that the file only claims never decides how much is allocated.
        using var bytes = new MemoryStream((int)Math.Min(limit, 1 << 16));
        var buffer = new byte[1 << 16];
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            if (bytes.Length + count > limit)
            {
                return null;
            }
            bytes.Write(buffer, 0, count);
        }
        return bytes.Length == bytes.Capacity ? bytes.GetBuffer() : bytes.ToArray();
    }

    private T Unpack<T>(Stream raw, Func<Stream, long?, T> read)
    {
        uint statedCount = StatedCount(raw);
        using var unpacked = new CountingGZip(raw);
        try
        {
            T result = read(unpacked, null);
            // A cut-off gzip stream ends like a whole one for the reader, so its count is what tells them apart.
            return (uint)unpacked.Count == statedCount
                ? result
                : throw new DataFormatException(
                    $"'{Name}' is cut off or damaged, or has several gzip members: {unpacked.Count} bytes could be "
                        + "unpacked, and the count in its last four bytes is another."
                );
        }
        catch (InvalidDataException exception)
        {
            throw new DataFormatException(
                $"'{Name}' is damaged: {unpacked.Count} bytes could be unpacked, then the gzip stream is wrong "
                    + $"({exception.Message.TrimEnd('.')}).",
                exception
            );
        }
    }

    /// <summary>
    /// The number of unpacked bytes modulo 2^32 according to the last four bytes (RFC 1952). In a cut-off file these are
    /// packed data, so it serves to check the count and for nothing else.
    /// </summary>
    private uint StatedCount(Stream raw)
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
