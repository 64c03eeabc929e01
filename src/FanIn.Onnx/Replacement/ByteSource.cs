namespace FanIn.Onnx;

/// <summary>Where bytes of a new file come from.</summary>
internal abstract class ByteSource
{
    /// <summary>Fills the destination with the source's bytes from a position on; never from or to the middle of a number.</summary>
    public abstract void Fill(Span<byte> destination, long start);
}

/// <summary>Bytes in memory: the model's, or a few new ones.</summary>
internal sealed class BytesInMemory(byte[] bytes) : ByteSource
{
    public override void Fill(Span<byte> destination, long start) =>
        bytes.AsSpan((int)start, destination.Length).CopyTo(destination);
}

/// <summary>Bytes of a file beside the model.</summary>
internal sealed class BytesOfFile(ExternalFile file) : ByteSource
{
    public override void Fill(Span<byte> destination, long start) => file.Read(start, destination);
}

/// <summary>A run of a new file's bytes.</summary>
/// <param name="Source">Where they come from.</param>
/// <param name="Start">The first one's position there.</param>
/// <param name="Length">How many they are.</param>
internal readonly record struct Piece(ByteSource Source, long Start, long Length);
