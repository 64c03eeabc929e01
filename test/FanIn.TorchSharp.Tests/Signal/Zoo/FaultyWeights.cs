using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static FanIn.TorchSharp.Tests.Signal.Zoo.ZooNetwork;
using static FanIn.TorchSharp.Tests.Signal.Zoo.ZooParts;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal.Zoo;

/// <summary>Faults of single tensors' values.</summary>
internal static class FaultyWeights
{
    public static IEnumerable<ZooNetwork> All => Weights();

    private static IEnumerable<ZooNetwork> Weights() =>
        [
            Faulty("A weight is NaN", FindingKind.NonFinite, "fc2.weight", NaNWeight),
            // 10 sqrt(64 / 2) = 57 times a layer from 80 on: 4 deviations of the 22nd are above 3.4e38, float32's largest.
            Faulty("Activations overflow", FindingKind.NonFinite, "fc22", () => ChainOf("relu", 36, "normal(std=10)")),
            Faulty("All weights zero", FindingKind.Symmetric, "fc1", () => ChainOf("relu", 4, "zeros")),
            Faulty(
                "A layer of ones",
                FindingKind.Symmetric,
                "fc2",
                () => ChainOf("relu", 4, "he_normal", ("fc2.weight", "ones"))
            ),
            Faulty("All weights 0.01", FindingKind.Symmetric, "fc1", () => ChainOf("tanh", 4, "constant(0.01)")),
            Faulty("Half of the units are copies", FindingKind.Symmetric, "fc3", CopiedUnits),
            Faulty(
                "Equal convolution kernels",
                FindingKind.Symmetric,
                "conv2",
                () => Made(Convolutions(4, 16), Images(), "he_normal", ("conv2.weight", "constant(0.05)"))
            ),
            Faulty(
                "Transposed convolution, PyTorch's fan-out",
                FindingKind.WrongFan,
                "up1",
                // 32 -> 128 channels, 4x4, stride 2: PyTorch counts 32 * 16 outputs of an input, of which there are 128 * 16.
                // (Its fan-in is 128 * 16, the true fan-out, so that nothing tells he_normal by it from mode=fan_out.)
                () =>
                    Made(
                        HealthyNetworks.Decoder(128),
                        Vectors(16),
                        "he_normal",
                        ("up1.weight", "normal(std=sqrt(2/512))")
                    )
            ),
            Faulty(
                "Grouped convolution, PyTorch's fan-out",
                FindingKind.WrongFan,
                "conv3",
                // 64 channels in 8 groups, 3x3: PyTorch counts 576 outputs of an input, of which there are 72.
                () =>
                    Made(
                        Convolutions(4, 64, groups: 8),
                        Images(),
                        "he_normal",
                        ("conv3.weight", "normal(std=sqrt(2/576))")
                    )
            ),
            Faulty(
                "LSTM's packed gates, their fan-outs together",
                FindingKind.WrongFan,
                "lstm.weight_hh_l0",
                () => Made(HealthyNetworks.Lstm(), Ids(), "torch", ("lstm.weight_hh_l0", "normal(std=sqrt(2/128))"))
            ),
            Faulty(
                "A table of equal rows",
                FindingKind.ConstantWeights,
                "embedding",
                () =>
                    Made(HealthyNetworks.TextConvolutions(), Ids(), "he_normal", ("embedding.weight", "constant(0.5)"))
            ),
            Faulty("Two layers with the same values", FindingKind.IdenticalTensors, "fc3", CopiedLayer),
            Faulty(
                "A trained model that isn't",
                FindingKind.Untrained,
                "",
                () => Checked(Chain("relu", 3), Vectors(), new() { Expectation = SignalExpectation.Trained }, "torch")
            ),
            Faulty("Fixed filters", FindingKind.NotRandom, "fc1", FixedFilters)
                .Neutral("a mel or Fourier transform is fixed on purpose"),
        ];

    private static ZooModel NaNWeight()
    {
        ZooModel made = ChainOf("relu", 4, "he_normal");
        Change(made, "fc2.weight", w => w[3, 5].fill_(float.NaN));
        return made;
    }

    private static ZooModel CopiedUnits()
    {
        ZooModel made = ChainOf("relu", 5, "he_normal");
        Change(made, "fc3.weight", w => w[TensorIndex.Slice(32, 64)].copy_(w[TensorIndex.Slice(0, 32)].clone()));
        return made;
    }

    private static ZooModel CopiedLayer()
    {
        ZooModel made = ChainOf("relu", 5, "he_normal");
        Change(made, "fc3.weight", w => w.copy_(made.Model.get_parameter("fc2.weight")!));
        return made;
    }

    private static ZooModel FixedFilters()
    {
        ZooModel made = ChainOf("relu", 3, "he_normal");
        // Triangles, as of a mel filter bank: not negative, mostly 0.
        float[] bank =
        [
            .. Enumerable
                .Range(0, Width * Width)
                .Select(i => MathF.Max(0, 1 - (MathF.Abs((i / Width) - (i % Width)) / 4))),
        ];
        Change(made, "fc1.weight", w => w.copy_(tensor(bank).reshape(Width, Width)));
        return made;
    }

    private static void Change(ZooModel made, string parameter, Action<Tensor> change)
    {
        using var noGrad = no_grad();
        change(made.Model.get_parameter(parameter)!);
    }
}
