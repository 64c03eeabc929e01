using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static FanIn.TorchSharp.Tests.Signal.Zoo.ZooParts;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal.Zoo;

/// <summary>Networks with one planted fault each, by kind.</summary>
internal static class FaultyNetworks
{
    public static IReadOnlyList<ZooNetwork> All { get; } =
    [.. Weights(), .. Growth(), .. Activations(), .. Depth(), .. OutputAndData(), .. Structure()];

    private static IEnumerable<ZooNetwork> Weights() =>
        [
            Faulty("A weight is NaN", FindingKind.NonFinite, "fc2.weight", NaNWeight),
            Faulty("Activations overflow", FindingKind.NonFinite, "*", () => ChainOf("relu", 40, "normal(std=10)")),
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
                "Transposed convolution, PyTorch's fan-in",
                FindingKind.WrongFan,
                "up1",
                // 32 -> 128 channels, 4x4, stride 2: PyTorch counts 128 * 16 inputs of a unit, of which there are 128.
                () =>
                    Made(
                        HealthyNetworks.Decoder(128),
                        Vectors(16),
                        "he_normal",
                        ("up1.weight", "normal(std=sqrt(2/2048))")
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
            Faulty("Fixed filters", FindingKind.NotRandom, "fc1", FixedFilters),
        ];

    private static IEnumerable<ZooNetwork> Growth() =>
        [
            Faulty("ReLU chain, Xavier", FindingKind.Vanishing, "*", () => ChainOf("relu", 30, "xavier_normal")),
            Faulty("GELU chain, He", FindingKind.Vanishing, "*", () => ChainOf("gelu", 30, "he_normal")),
            Faulty("Sigmoid chain, Xavier", FindingKind.Vanishing, "*", () => ChainOf("sigmoid", 12, "xavier_normal")),
            Faulty("ReLU chain, PyTorch's defaults", FindingKind.Vanishing, "*", () => ChainOf("relu", 20, "torch")),
            Faulty(
                "Convolutions, std 0.01",
                FindingKind.Vanishing,
                "*",
                () => Made(Convolutions(8, 16), Images(), "normal(std=0.01)")
            ),
            Faulty(
                "One layer a thousandth",
                FindingKind.Vanishing,
                "fc5",
                () => ChainOf("relu", 10, "he_normal", ("fc5.weight", "he_normal(gain=sqrt(2)/1000)"))
            ),
            Faulty("ReLU chain, std 0.3", FindingKind.Exploding, "*", () => ChainOf("relu", 12, "normal(std=0.3)")),
            Faulty(
                "One layer a thousandfold",
                FindingKind.Exploding,
                "fc6",
                () => ChainOf("relu", 10, "he_normal", ("fc6.weight", "he_normal(gain=1000*sqrt(2))"))
            ),
            Faulty(
                "Chaotic tanh chain",
                FindingKind.Exploding,
                "*",
                () => ChainOf("tanh", 30, "lecun_normal", ("fc*.weight", "variance_scaling(scale=6)"))
            ),
            Faulty(
                "Residual blocks without a scale",
                FindingKind.Exploding,
                "*",
                () => Made(Residual(30), Vectors(), "he_normal")
            ),
            Faulty(
                "A regression's output",
                FindingKind.Exploding,
                "output",
                () =>
                    Checked(
                        Chain("relu", 4),
                        Vectors(),
                        new() { Loss = output => output.mul(output).mean() },
                        "he_normal",
                        ("output.weight", "normal(std=50)")
                    )
            ),
        ];

    private static IEnumerable<ZooNetwork> Activations() =>
        [
            Faulty(
                "Saturated tanh",
                FindingKind.Saturated,
                "fc2",
                () => ChainOf("tanh", 5, "xavier_normal", ("fc2.weight", "normal(std=2)"))
            ),
            Faulty(
                "Saturated sigmoid",
                FindingKind.Saturated,
                "fc1",
                () => ChainOf("sigmoid", 3, "xavier_normal", ("fc1.weight", "normal(std=3)"))
            ),
            Faulty(
                "Dead by their biases",
                FindingKind.Dead,
                "fc2",
                () => ChainOf("relu", 4, "he_normal", ("fc2.bias", "constant(-8)"))
            ),
            Faulty(
                "Dead by negative weights",
                FindingKind.Dead,
                "fc3",
                () => ChainOf("relu", 5, "he_normal", ("fc3.weight", "normal(mean=-0.2,std=0.02)"))
            ),
            Faulty(
                "Biases that drown the signal",
                FindingKind.Collapsing,
                "*",
                () => ChainOf("tanh", 10, "variance_scaling(scale=0.4)", ("fc*.bias", "normal(std=2)"))
            ),
            Faulty(
                "Attention without skips",
                FindingKind.Collapsing,
                "*",
                () => Made(Transformer(6, false), Tokens(), "xavier_normal")
            ),
            Faulty(
                "Attention to one token",
                FindingKind.EntropyCollapse,
                "*",
                () =>
                    Made(
                        Transformer(2, true),
                        Tokens(),
                        "xavier_normal",
                        ("*_q.weight|*_k.weight", "xavier_normal(gain=5)")
                    )
            ),
        ];

    private static IEnumerable<ZooNetwork> Depth() =>
        [
            Faulty(
                "PyTorch's tanh gain, deep",
                FindingKind.WrongGain,
                "*",
                () => ChainOf("tanh", 60, "xavier_normal(gain=5/3)")
            ),
            Faulty("He before SiLU", FindingKind.WrongGain, "*", () => ChainOf("silu", 20, "he_normal")),
            Faulty(
                "GELU at an unstable point",
                FindingKind.ForwardUnstable,
                "",
                () => ChainOf("gelu", 24, "variance_scaling(scale=2.3517)")
            ),
            Faulty(
                "Deeper than the depth scale",
                FindingKind.TooDeep,
                "*",
                () => ChainOf("tanh", 40, "variance_scaling(scale=0.8)", ("*.bias", "normal(std=0.3)"))
            ),
            Faulty(
                "45 layers of batch norm",
                FindingKind.BatchNormExplosion,
                "fc1",
                () => Made(Chain("relu", 45, isNormalized: true), Vectors(), "he_normal")
            ),
            Faulty(
                "Too narrow for its depth",
                FindingKind.Fluctuation,
                "",
                () => Made(Chain("relu", 30, 16), Vectors(16), "he_normal")
            ),
            Faulty(
                "Beyond float16",
                FindingKind.HalfPrecision,
                "*",
                () => ChainOf("relu", 4, "he_normal", ("fc3.weight", "normal(std=1e5)"))
            ),
        ];

    private static IEnumerable<ZooNetwork> OutputAndData() =>
        [
            Faulty(
                "Large logits",
                FindingKind.LogitsTooLarge,
                "output",
                () => ChainOf("relu", 3, "he_normal", ("output.weight", "normal(std=2)"))
            ),
            Faulty(
                "Rare classes",
                FindingKind.LabelImbalance,
                "output",
                () =>
                    Checked(
                        Chain("relu", 3),
                        TestTensors.Normal("many", 200, Width),
                        new()
                        {
                            Labels = tensor(Enumerable.Range(0, 200).Select(i => i < 180 ? 0L : i % 10).ToArray()),
                        },
                        "he_normal",
                        ("output.weight", "normal(std=0.01)")
                    )
            ),
            Faulty(
                "Pixels from 0 to 255",
                FindingKind.InputNotStandardized,
                "",
                () =>
                    Made(
                        HealthyNetworks.LeNet(),
                        (Images(1) * 60 + 128).clamp(0, 255),
                        "he_normal",
                        ("conv1.weight", "normal(std=0.003)")
                    )
            ),
        ];

    private static IEnumerable<ZooNetwork> Structure() =>
        [
            Faulty(
                "Softmax in the model",
                FindingKind.SoftmaxTwice,
                "*",
                () =>
                    Made(
                        nn.Sequential(
                            ("fc1", nn.Linear(Width, Width)),
                            ("act1", nn.ReLU()),
                            ("output", nn.Linear(Width, Classes)),
                            ("softmax", nn.Softmax(1))
                        ),
                        Vectors(),
                        "he_normal"
                    )
            ),
            Faulty("A layer outside the list of modules", FindingKind.Unregistered, "*", Unregistered),
            Faulty(
                "A layer that never runs",
                FindingKind.Unreached,
                "idle",
                () =>
                {
                    (Linear used, Linear idle) = (nn.Linear(Width, Classes), nn.Linear(Width, Width));
                    return Made(new TestModule(used.call, ("used", used), ("idle", idle)), Vectors(), "lecun_normal");
                }
            ),
            Faulty(
                "A detached layer",
                FindingKind.NoGradient,
                "*",
                () =>
                {
                    (Linear cut, Linear output) = (nn.Linear(Width, Width), nn.Linear(Width, Classes));
                    return Made(
                        new TestModule(x => output.call(cut.call(x).detach()), ("cut", cut), ("output", output)),
                        Vectors(),
                        "lecun_normal"
                    );
                }
            ),
            Faulty(
                "A layer that the optimizer doesn't have",
                FindingKind.NotOptimized,
                "*",
                () =>
                {
                    Sequential model = Chain("relu", 3);
                    return Checked(
                        model,
                        Vectors(),
                        new() { OptimizedParameters = [.. model.parameters().Skip(2)] },
                        "he_normal"
                    );
                }
            ),
            Faulty(
                "A layer that theory doesn't know",
                FindingKind.UnknownOperator,
                "*",
                () =>
                {
                    (Linear stem, Bilinear odd, Linear output) = (
                        nn.Linear(Width, Width),
                        nn.Bilinear(Width, Width, Width),
                        nn.Linear(Width, Classes)
                    );
                    return Made(
                        new TestModule(
                            x =>
                            {
                                Tensor h = stem.call(x);
                                return output.call(odd.call(h, h));
                            },
                            ("stem", stem),
                            ("odd", odd),
                            ("output", output)
                        ),
                        Vectors(),
                        "lecun_normal"
                    );
                }
            ),
        ];

    private static ZooNetwork Faulty(string name, FindingKind kind, string layer, Func<ZooModel> build) =>
        ZooNetwork.Faulty(name, kind, layer, build);

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

    private static ZooModel Unregistered() => Made(new HoldsAList(), Vectors(), "he_normal");

    /// <summary>A layer in a plain list, which TorchSharp doesn't look into.</summary>
    private sealed class HoldsAList : nn.Module<Tensor, Tensor>
    {
        private readonly List<Linear> _hidden = [nn.Linear(Width, Width)];
        private readonly Linear _output = nn.Linear(Width, Classes);

        public HoldsAList()
            : base(nameof(HoldsAList)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _output.call(nn.functional.relu(_hidden[0].call(input)));
    }
}
