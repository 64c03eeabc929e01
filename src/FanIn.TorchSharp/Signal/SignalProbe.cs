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
    public static SignalMeasurement Measure(nn.Module<Tensor, Tensor> model, Tensor batch, Func<Tensor, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(loss);
        using var scope = NewDisposeScope();
        using var hooks = new OutputHooks();
        var seen = new List<Observation>();
        var weighted = new List<string>();
        foreach ((string path, nn.Module module) in TorchParameter.ModulesOf(model))
        {
            switch (module)
            {
                case Linear or Convolution or Embedding or Bilinear when module is nn.Module<Tensor, Tensor> layer:
                    weighted.Add(path);
                    hooks.Keep(layer, output => seen.Add(new(path, output, ValueHistogram.Of(output))));
                    break;
                case nn.Module<Tensor, Tensor> activation when ActivationHealth.CanJudge(module):
                    hooks.Watch(activation, output => AttachHealth(seen, ActivationHealth.Of(module, output)));
                    break;
            }
        }
        Tensor value = loss(model.call(batch));
        Tensor?[] gradients = Gradients(value, seen);
        return new(
            [.. seen.Select((observation, i) => observation.ToLayer(gradients[i]))],
            [.. weighted.Except(seen.Select(o => o.Path))],
            CpuTensor.Value(value)
        );
    }

    /// <summary>An activation belongs to the weighted layer that ran last before it.</summary>
    private static void AttachHealth(List<Observation> seen, ActivationHealth health)
    {
        if (seen.Count > 0)
        {
            seen[^1].Health ??= health;
        }
    }

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

    private sealed record Observation(string Path, Tensor Output, ValueHistogram Values)
    {
        public ActivationHealth? Health { get; set; }

        public LayerSignal ToLayer(Tensor? gradient) =>
            new(
                Path,
                Values,
                gradient is null ? null : ValueHistogram.Of(gradient),
                Health?.DeadShare,
                Health?.SaturatedShare
            );
    }
}
