using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Modules;

/// <summary>
/// What is passed to libtorch without being kept alive is finalized under it sooner or later, if only the collector runs
/// often enough.
/// </summary>
[Collection(TorchGeneratorTests.Alone)]
public sealed class ThreadingTests
{
    [Fact]
    public async Task Threads_initialize_probe_and_scale_while_the_collector_runs()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(TimeSpan.FromSeconds(3));
        Task collector = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                }
            },
            CancellationToken.None
        );
        Task<int>[] workers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => Work(stop.Token), CancellationToken.None))];

        int[] rounds = await Task.WhenAll(workers);
        await collector;

        Assert.All(rounds, count => Assert.True(count > 0));
    }

    /// <summary>Every activation of the catalogue in turn, without a dispose scope around: the user's worst case.</summary>
    private static int Work(CancellationToken stop)
    {
        string[] activations =
        [
            .. Activation.Names.Except(["glu", "reglu", "geglu", "swiglu", "bilinear"], StringComparer.Ordinal),
        ];
        using Tensor batch = TestTensors.Normal("batch", 16, 8);
        double[]? expected = null;
        int round = 0;
        for (; !stop.IsCancellationRequested; round++)
        {
            Activation activation = Activation.Parse(activations[round % activations.Length]);
            using Sequential model = nn.Sequential(
                nn.Linear(8, 12),
                new ActivationModule(activation),
                nn.BatchNorm1d(12),
                nn.Linear(12, 3)
            );
            model.Initialize("he_normal", seed: 3);
            double[] values = model.Values("0.weight");
            Assert.Equal(expected ??= values, values);
            SignalMeasurement signal = SignalProbe.Measure(model, batch, output => output.mean());
            Assert.Equal(["0", "3"], signal.Layers.Select(layer => layer.Name));
            Assert.True(double.IsFinite(signal.Layers[0].Gradients!.Rms));
            InitializationReport report = model.Initialize("lsuv", seed: 3, batch);
            Assert.All(report.Lsuv, layer => Assert.True(layer.Reached));
        }
        return round;
    }
}
