namespace FanIn.Checkpoints;

/// <summary>What isn't drawn: elements that are all one number, or those that the model has.</summary>
internal sealed class BufferBytes : TensorBytes
{
    private readonly ReadOnlyMemory<byte> _repeated;

    private BufferBytes(ReadOnlyMemory<byte> repeated, long length)
        : base(length) => _repeated = repeated;

    /// <exception cref="ArgumentException">The buffer has other bytes than so many.</exception>
    public static BufferBytes Of(CheckpointBuffer buffer, long length)
    {
        if (!buffer.Content.IsEmpty)
        {
            return buffer.Content.Length == length
                ? new(buffer.Content.AsMemory(), length)
                : throw new ArgumentException(
                    $"'{buffer.Name}' has {buffer.Content.Length} bytes of content; its shape takes {length}.",
                    nameof(buffer)
                );
        }
        if (buffer.Value == 0)
        {
            return new(new byte[1], length);
        }
        byte[] element = new byte[buffer.Type.Bits() / 8];
        buffer.Fill(element);
        return new(element, length);
    }

    public override void Fill(Span<byte> destination, long start)
    {
        ReadOnlySpan<byte> repeated = _repeated.Span;
        if (repeated.Length == Length)
        {
            repeated.Slice((int)start, destination.Length).CopyTo(destination);
        }
        else if (!repeated.ContainsAnyExcept((byte)0))
        {
            destination.Clear();
        }
        else
        {
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = repeated[(int)((start + i) % repeated.Length)];
            }
        }
    }
}
