using System.Collections.Immutable;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>Holds a module and all modules in it in evaluation mode; gives each its own mode back when disposed.</summary>
internal sealed class EvaluationMode : IDisposable
{
    private readonly ImmutableArray<(nn.Module Module, bool Training)> _before;

    public EvaluationMode(nn.Module model)
    {
        // Setting a module's mode sets that of all modules in it, so those that hold others come first.
        _before =
        [
            .. TorchParameter
                .ModulesOf(model)
                .Select(m => (m.Module, m.Module.training))
                .OrderBy(m => m.Module.named_children().Any() ? 0 : 1),
        ];
        model.eval();
    }

    public void Dispose()
    {
        foreach ((nn.Module module, bool training) in _before)
        {
            module.train(training);
        }
    }
}
