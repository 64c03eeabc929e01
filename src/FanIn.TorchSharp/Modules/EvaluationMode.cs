using System.Collections.Immutable;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>Holds a module and all modules in it in evaluation mode; gives each its own mode back when disposed.</summary>
internal sealed class EvaluationMode : IDisposable
{
    private readonly ImmutableArray<(nn.Module Module, bool Training)> _before;

    /// <param name="model">The module.</param>
    /// <param name="keepNormalization">
    /// Whether normalization layers stay in the mode that they are in: nothing draws random numbers then, and batches are
    /// still normalized by their own statistics.
    /// </param>
    public EvaluationMode(nn.Module model, bool keepNormalization = false)
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
        if (keepNormalization)
        {
            foreach ((nn.Module module, bool training) in _before)
            {
                if (module is NormBase)
                {
                    module.train(training);
                }
            }
        }
    }

    public void Dispose()
    {
        foreach ((nn.Module module, bool training) in _before)
        {
            module.train(training);
        }
    }
}
