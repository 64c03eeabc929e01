using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Fits layers while one batch passes through the model: each, when it first runs, sees its input as the layers before it
/// left it, is changed until its output is as wanted, and hands on the new output. So the order is that of execution, skips
/// carry what they will carry afterwards, and the cost is one pass, whatever the depth. A second pass measures what was
/// reached.
/// </summary>
/// <remarks>
/// A layer that runs several times, or whose weight is tied to another's, is fitted to its first output. What a caller's
/// own hook makes of a layer's output isn't handed on in the pass that fits it; the second pass measures what counts.
/// </remarks>
internal sealed class LayerwiseFit(IReadOnlyList<FittedLayer> layers, Func<Parameter, bool> mayChange)
{
    /// <summary>Passes that a fit takes.</summary>
    public const int Passes = 2;

    private readonly OrderedDictionary<FittedLayer, FittedParameter> _results = new(ReferenceEqualityComparer.Instance);

    /// <summary>What was reached, in order of execution; layers that never ran are missing.</summary>
    public IEnumerable<KeyValuePair<FittedLayer, FittedParameter>> Results => _results;

    public void Run(DataSource data)
    {
        using var noGrad = no_grad();
        Fit(data);
        Measure(data);
    }

    /// <summary>One pass that only fits.</summary>
    public void Fit(DataSource data)
    {
        using var noGrad = no_grad();
        using var hooks = new OutputHooks();
        foreach (FittedLayer layer in layers)
        {
            foreach (nn.Module<Tensor, Tensor> module in layer.Layers)
            {
                hooks.Replace(
                    module,
                    (input, output) => _results.ContainsKey(layer) ? output : FitOne(layer, module, input, output)
                );
            }
        }
        data.Pass();
    }

    private void Measure(DataSource data)
    {
        var measured = new HashSet<FittedLayer>(ReferenceEqualityComparer.Instance);
        using var hooks = new OutputHooks();
        foreach (FittedLayer layer in layers)
        {
            foreach (nn.Module<Tensor, Tensor> module in layer.Layers)
            {
                hooks.Watch(
                    module,
                    output =>
                    {
                        if (_results.TryGetValue(layer, out FittedParameter? result) && measured.Add(layer))
                        {
                            UnitStatistics units = layer.Measure(output);
                            _results[layer] = result with
                            {
                                After = units.WorstVariance,
                                Mean = units.WorstMean,
                                Reached = layer.Goal.IsReached(units),
                            };
                        }
                    }
                );
            }
        }
        data.Pass();
    }

    private Tensor FitOne(FittedLayer layer, nn.Module<Tensor, Tensor> module, Tensor input, Tensor output)
    {
        Parameter? bias =
            layer.Goal.Centers && FittedLayer.ParameterOf(module, "bias") is { } own && mayChange(own) ? own : null;
        UnitStatistics before = layer.Measure(output);
        UnitStatistics units = before;
        int tries = 0;
        while (layer.Goal.Factors(units, tries, bias is not null) is { } factors)
        {
            using Tensor weight = layer.Weight.Value.clone();
            using Tensor? oldBias = bias?.clone();
            layer.Change(factors, units.Means, bias);
            Tensor next = module.forward(input);
            UnitStatistics changed = layer.Measure(next);
            if (!changed.AreFinite)
            {
                // The signal is too faint for a weight of this element type to make up for.
                layer.Weight.Value.copy_(weight);
                bias?.copy_(oldBias!);
                next.Dispose();
                break;
            }
            (units, output) = (changed, next);
            tries++;
        }
        _results.Add(layer, new(layer.Name, before.WorstVariance, units.WorstVariance, tries, false));
        return output;
    }
}
