using System.Collections.Immutable;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Measures what happens to the signal on its way through a module: activations forward, gradients backward, layer by
/// layer, on one batch and without changing a weight.
/// </summary>
public static class SignalProbe
{
    /// <summary>Runs one batch forward and backward and looks at the output of every weighted layer, before its activation.</summary>
    /// <param name="model">
    /// A module whose layers are called (<c>layer.call(x)</c>, as Sequential does); a layer that a custom forward runs by
    /// <c>layer.forward(x)</c> is out of sight and is listed in <see cref="SignalMeasurement.Unseen"/>.
    /// </param>
    /// <param name="batch">Examples as the model takes them.</param>
    /// <param name="loss">From the model's output to a scalar.</param>
    /// <remarks>
    /// The model runs in the mode that it is in: dropout drops if it is training. Weights, gradients and buffers, such as
    /// the statistics of batch normalization, are afterwards as they were.
    /// </remarks>
    /// <exception cref="ArgumentException">The loss isn't one number.</exception>
    public static SignalMeasurement Measure(nn.Module<Tensor, Tensor> model, Tensor batch, Func<Tensor, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(loss);
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        using var buffers = new KeptBuffers(model);
        using var hooks = new OutputHooks();
        var seen = new List<Observation>();
        foreach ((string path, nn.Module module) in TorchParameter.ModulesOf(model))
        {
            if (LayerKinds.OneWeight(module) is { } layer)
            {
                hooks.Keep(
                    layer,
                    output =>
                    {
                        // A forward may have a scope of its own, which would end what the gradient is taken by.
                        scope.Attach(output);
                        seen.Add(new(path, module, output, ValueHistogram.Of(CpuTensor.ToFloats(output))));
                    }
                );
            }
            else if (ActivationHealth.CanJudge(module))
            {
                hooks.Watch((nn.Module<Tensor, Tensor>)module, output => AttachHealth(seen, module, output));
            }
        }
        Tensor value = loss(model.call(batch));
        if (value.numel() != 1)
        {
            throw new ArgumentException(
                $"The loss has {value.numel()} elements where it should be one number; reduce it, for example by its mean.",
                nameof(loss)
            );
        }
        Tensor?[] gradients = Gradients(value, seen);
        return new(
            [.. seen.Select((observation, i) => observation.ToLayer(gradients[i]))],
            [.. WeightedLayers(model).Except(seen.Select(o => o.Path))],
            CpuTensor.Value(value)
        );
    }

    /// <summary>An activation belongs to the weighted layer that ran last before it.</summary>
    private static void AttachHealth(List<Observation> seen, nn.Module activation, Tensor output)
    {
        if (seen is [.., { Health: null } layer])
        {
            layer.Health = ActivationHealth.Of(activation, output, unitsLast: layer.Module is not Convolution);
        }
    }

    /// <summary>Also those whose output the probe has no hook for, such as recurrent layers and attention.</summary>
    private static IEnumerable<string> WeightedLayers(nn.Module model) =>
        TorchParameter
            .ModulesOf(model)
            .Where(m =>
                m.Module.named_parameters(recurse: false)
                    .Any(p =>
                        LayerKinds.Describe(m.Module, p.name, p.name, p.parameter).Role
                            is ParameterRole.Weight
                                or ParameterRole.Embedding
                    )
            )
            .Select(m => m.Path);

    private static Tensor?[] Gradients(Tensor loss, List<Observation> seen)
    {
        var gradients = new Tensor?[seen.Count];
        int[] reachable = [.. Enumerable.Range(0, seen.Count).Where(i => seen[i].Output.requires_grad)];
        if (!loss.requires_grad || reachable.Length == 0)
        {
            return gradients;
        }
        IList<Tensor> found = autograd.grad([loss], [.. reachable.Select(i => seen[i].Output)], allow_unused: true);
        for (int i = 0; i < reachable.Length; i++)
        {
            gradients[reachable[i]] = found[i] is { IsInvalid: false } gradient ? gradient : null;
        }
        return gradients;
    }

    private sealed record Observation(string Path, nn.Module Module, Tensor Output, ValueHistogram Values)
    {
        public ActivationHealth? Health { get; set; }

        public LayerSignal ToLayer(Tensor? gradient) =>
            new(
                Path,
                Values,
                gradient is null ? null : ValueHistogram.Of(CpuTensor.ToFloats(gradient)),
                Health?.DeadShare,
                Health?.SaturatedShare
            );
    }
}
