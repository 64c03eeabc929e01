using System.Collections.Immutable;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>Remembers a module's buffers and puts their values back when disposed.</summary>
internal sealed class KeptBuffers : IDisposable
{
    private readonly ImmutableArray<(Tensor Buffer, Tensor Copy)> _copies;

    public KeptBuffers(nn.Module model) =>
        _copies = [.. model.named_buffers().Select(b => (b.buffer, b.buffer.detach().clone()))];

    public void Dispose()
    {
        using var noGrad = no_grad();
        foreach ((Tensor buffer, Tensor copy) in _copies)
        {
            buffer.copy_(copy);
            copy.Dispose();
        }
    }
}
