namespace FanIn.Checkpoints;

/// <summary>A tensor's bytes as another checkpoint has them.</summary>
internal sealed class CopiedBytes(SafetensorsFile file, SafetensorsTensor tensor) : TensorBytes(tensor.ByteCount)
{
    public override void Fill(Span<byte> destination, long start) => file.ReadBytes(tensor.Name, destination, start);
}
