using TorchSharp;

namespace FanIn.Bench;

/// <summary>One tensor, filled by libtorch as a tensor and by FanIn as a span, so that both write the same memory.</summary>
internal sealed unsafe class FillBuffer : IDisposable
{
    private readonly float* _start;
    private readonly int _length;

    public FillBuffer(int length)
    {
        _length = length;
        Tensor = torch.zeros(length);
        using var first = Tensor.narrow(0, 0, 1);
        fixed (byte* start = first.bytes)
        {
            _start = (float*)start;
        }
    }

    public torch.Tensor Tensor { get; }

    public Span<float> Span => new(_start, _length);

    public void Dispose() => Tensor.Dispose();
}
