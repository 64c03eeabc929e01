using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Says before training whether a module's signal and gradients survive its depth, which layer is at fault and what to
/// write instead.
/// </summary>
/// <example>In a unit test of any framework:
/// <code>
/// [Fact]
/// public void The_network_can_be_trained()
/// {
///     using var model = new Network();
///     SignalReport report = SignalCheck.Run(model, images, new() { Labels = labels });
///     report.ThrowIfUnhealthy();
/// }
/// </code></example>
public static class SignalCheck
{
    /// <summary>Measures a model on a batch, predicts the same from theory, and judges.</summary>
    public static SignalReport Run(
        nn.Module<Tensor, Tensor> model,
        Tensor batch,
        SignalCheckOptions? options = null
    )
    {
        (ModelObservation observation, _) = Observe(model, batch, options);
        return SignalJudgement.Of([observation], null, (options ?? new()).Expectation);
    }

    /// <summary>Measures a model on a batch, and tells its structure as far as it shows.</summary>
    public static (ModelObservation Observation, SignalGraph Graph) Observe(
        nn.Module<Tensor, Tensor> model,
        Tensor batch,
        SignalCheckOptions? options = null
    )
    {
        options ??= new();
        SignalMeasurement measured = SignalProbe.Measure(model, batch, options.Loss ?? (output => output.square().mean()));
        ModelObservation observation = new()
        {
            Layers = [.. measured.Layers.Select(layer => new LayerObservation(
                layer.Name,
                "",
                new TensorStatistics(0, 0, 0, layer.Activations.Rms, 0, 0, 0, 0) { Histogram = layer.Activations }
            ))],
        };
        return (observation, new SignalGraph([]));
    }
}
