using System.IO.Compression;

namespace FanIn.Lab;

/// <summary>Unpacks gzip and counts the bytes that came out.</summary>
internal sealed class CountingGZip(Stream packed) : GZipStream(packed, CompressionMode.Decompress, leaveOpen: true)
{
    public long Count { get; private set; }

    /// <summary>The other ways to read a derived stream synchronously lead here.</summary>
    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = base.Read(buffer, offset, count);
        Count += read;
        return read;
    }
}
