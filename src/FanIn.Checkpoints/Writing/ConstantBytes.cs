namespace FanIn.Checkpoints;

/// <summary>Elements that are all one number: what isn't drawn.</summary>
internal sealed class ConstantBytes : TensorBytes
{
    private readonly byte[] _element;

    public ConstantBytes(CheckpointBuffer buffer, long length)
        : base(length)
    {
        _element = new byte[buffer.Type.Bits() / 8];
        buffer.Fill(_element);
    }

    public override void Fill(Span<byte> destination, long start)
    {
        if (!_element.AsSpan().ContainsAnyExcept((byte)0))
        {
            destination.Clear();
            return;
        }
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = _element[(int)((start + i) % _element.Length)];
        }
    }
}
