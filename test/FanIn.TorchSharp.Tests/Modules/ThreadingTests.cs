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
    private static readonly string[] Elementwise =
    [
        .. Activation.Names.Except(["glu", "reglu", "geglu", "swiglu", "bilinear"], StringComparer.Ordinal),
    ];

    [Fact]
    public Task Threads_initialize_probe_and_scale_while_the_collector_runs()
    {
        double[]? expected = null;
        return RunWhileCollecting(round =>
        {
            Activation activation = Activation.Parse(Elementwise[round % Elementwise.Length]);
            using Tensor batch = TestTensors.Normal("batch", 16, 8);
            BatchNorm1d norm = nn.BatchNorm1d(12);
            // TorchSharp itself adds 1 to it by a number that may be finalized meanwhile.
            norm.num_batches_tracked = null;
            using Sequential model = nn.Sequential(
                nn.Linear(8, 12),
                new ActivationModule(activation),
                norm,
                nn.Linear(12, 3)
            );
            model.Initialize("he_normal", seed: 3);
            double[] values = model.Values("0.weight");
            Assert.Equal(expected ??= values, values);
            SignalMeasurement signal = SignalProbe.Measure(model, batch, output => output.mean());
            Assert.Equal(["0", "3"], signal.Layers.Select(layer => layer.Name));
            Assert.True(double.IsFinite(signal.Layers[0].Gradients!.Rms));
            InitializationReport report = model.Initialize("lsuv", seed: 3, batch);
            Assert.Empty(report.NotReached);
        });
    }

    [Fact]
    public Task Threads_run_activations_without_a_dispose_scope_while_the_collector_runs()
    {
        (ActivationModule Module, double[] Expected)[] modules =
        [
            .. Elementwise
                .Select(name => new ActivationModule(Activation.Parse(name)))
                .Select(module =>
                {
                    using Tensor x = TestTensors.Normal("x", 32);
                    using Tensor y = module.call(x);
                    return (module, y.Values());
                }),
        ];
        return RunWhileCollecting(round =>
        {
            (ActivationModule module, double[] expected) = modules[round % modules.Length];
            using Tensor x = TestTensors.Normal("x", 32);
            // Often enough for the optimized code, which lets go of an object after its last use.
            for (int i = 0; i < 200; i++)
            {
                module.call(x).Dispose();
            }
            using Tensor y = module.call(x);
            Assert.Equal(expected, y.Values());
        });
    }

    /// <summary>Two threads work and a third collects, for two seconds.</summary>
    private static async Task RunWhileCollecting(Action<int> work)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(TimeSpan.FromSeconds(2));
        Task<int>[] tasks =
        [
            Loop(_ =>
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }),
            Loop(work),
            Loop(work),
        ];

        int[] rounds = await Task.WhenAll(tasks);

        Assert.All(rounds, count => Assert.True(count > 0));

        Task<int> Loop(Action<int> step) =>
            Task.Run(
                () =>
                {
                    int round = 0;
                    for (; !stop.IsCancellationRequested; round++)
                    {
                        step(round);
                    }
                    return round;
                },
                CancellationToken.None
            );
    }
}
