using System.Collections.Immutable;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>Remembers the values of a module's parameters and puts them back when disposed.</summary>
internal sealed class KeptWeights : IDisposable
{
    private readonly ImmutableArray<(Parameter Parameter, Tensor Copy)> _copies;

    public KeptWeights(nn.Module model)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        _copies =
        [
            .. TorchParameter.ListOf(model).Select(p => (p.Value, p.Value.detach().clone().DetachFromDisposeScope())),
        ];
    }

    public void Dispose()
    {
        using var noGrad = no_grad();
        foreach ((Parameter parameter, Tensor copy) in _copies)
        {
            parameter.copy_(copy);
            copy.Dispose();
        }
    }
}
