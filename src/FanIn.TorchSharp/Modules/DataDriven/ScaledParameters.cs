using System.Collections.Immutable;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Parameters at a multiple of the values they started with. Always set from those, so that no rounding adds up and a
/// multiple seen before gives the same bits again.
/// </summary>
internal sealed class ScaledParameters : IDisposable
{
    private readonly ImmutableArray<Parameter> _parameters;
    private readonly ImmutableArray<Tensor> _start;

    public ScaledParameters(ImmutableArray<Parameter> parameters)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        _parameters = parameters;
        _start = [.. parameters.Select(p => p.clone().MoveToOuterDisposeScope())];
    }

    public void Set(ReadOnlySpan<double> scales)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        for (int i = 0; i < scales.Length; i++)
        {
            using Scalar scale = scales[i];
            _parameters[i].copy_(_start[i].mul(scale));
        }
    }

    /// <summary>The derivative by each scale, from those by the parameters; 0 where there is none.</summary>
    public double[] DerivativesByScale(Tensor?[] byParameter) =>
        [.. byParameter.Select((d, i) => d is null ? 0 : Finite(Gradients.Inner(d, _start[i])))];

    public void Dispose()
    {
        foreach (Tensor tensor in _start)
        {
            tensor.Dispose();
        }
    }

    private static double Finite(double value) => double.IsFinite(value) ? value : 0;
}
