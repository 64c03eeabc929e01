using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static FanIn.TorchSharp.Tests.Signal.Zoo.ZooNetwork;
using static FanIn.TorchSharp.Tests.Signal.Zoo.ZooParts;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal.Zoo;

/// <summary>Weights with which the signal or the gradient doesn't survive the depth.</summary>
internal static class FaultySignals
{
    public static IEnumerable<ZooNetwork> All => [.. Growth(), .. Activations(), .. Depth()];

    private static IEnumerable<ZooNetwork> Growth() =>
        [
            Faulty("ReLU chain, Xavier", FindingKind.Vanishing, "fc2", () => ChainOf("relu", 30, "xavier_normal")),
            Faulty("GELU chain, He", FindingKind.Vanishing, "fc2", () => ChainOf("gelu", 30, "he_normal")),
            Faulty(
                "Sigmoid chain, Xavier",
                FindingKind.Vanishing,
                "fc2",
                () => ChainOf("sigmoid", 12, "xavier_normal")
            ),
            Faulty("ReLU chain, PyTorch's defaults", FindingKind.Vanishing, "fc2", () => ChainOf("relu", 20, "torch")),
            Faulty(
                "Convolutions, std 0.01",
                FindingKind.Vanishing,
                "conv1",
                () => Made(Convolutions(8, 16), Images(), "normal(std=0.01)")
            ),
            Faulty(
                "One layer a thousandth",
                FindingKind.Vanishing,
                "fc5",
                () => ChainOf("relu", 10, "he_normal", ("fc5.weight", "he_normal(gain=sqrt(2)/1000)"))
            ),
            Faulty("ReLU chain, std 0.3", FindingKind.Exploding, "fc1", () => ChainOf("relu", 12, "normal(std=0.3)")),
            Faulty(
                "One layer a thousandfold",
                FindingKind.Exploding,
                "fc6",
                () => ChainOf("relu", 10, "he_normal", ("fc6.weight", "he_normal(gain=1000*sqrt(2))"))
            ),
            Faulty(
                "Chaotic tanh chain",
                FindingKind.Exploding,
                "fc2",
                () => ChainOf("tanh", 30, "lecun_normal", ("fc*.weight", "variance_scaling(scale=6)"))
            ),
            Faulty(
                "Residual blocks without a scale",
                FindingKind.Exploding,
                "block0_fc1",
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
                "A bias that shuts most units",
                FindingKind.Dead,
                "fc3",
                () => ChainOf("relu", 6, "he_normal", ("fc3.bias", "constant(-3)"))
            ),
            Faulty(
                "Dead by weights of one sign",
                FindingKind.Dead,
                "fc4",
                () => ChainOf("relu", 6, "he_normal", ("fc4.weight", "uniform(a=-0.3,b=0)"))
            ),
            Faulty(
                "Dead by negative weights",
                FindingKind.Dead,
                "fc3",
                () => ChainOf("relu", 5, "he_normal", ("fc3.weight", "normal(mean=-0.2,std=0.02)"))
            ),
            Faulty(
                "A layer whose weights have a mean",
                FindingKind.Collapsing,
                "fc3",
                // The sum of 64 inputs of mean 0.56 stands against the 11 times smaller part that differs: c = 1 - 1 / 11^2.
                () => ChainOf("relu", 4, "he_normal", ("fc3.weight", "normal(mean=0.055,std=0.01)"))
            ),
            Faulty(
                "Attention without skips",
                FindingKind.Collapsing,
                // Means over 12 tokens with the weights of logits of variance 1 leave a cosine of 0.4; those of its small
                // logits in turn, which are all but equal, 0.998.
                "b1_o",
                () => Made(Transformer(6, false), Tokens(), "xavier_normal")
            ),
            Faulty(
                "Attention to one token",
                FindingKind.EntropyCollapse,
                "b0_o",
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
                    "fc2",
                    () => ChainOf("tanh", 60, "xavier_normal(gain=5/3)")
                )
                .Behind(FindingKind.Exploding, "a gain is only accused for what it does to the signal"),
            Faulty("He before SiLU", FindingKind.WrongGain, "fc2", () => ChainOf("silu", 20, "he_normal"))
                .Behind(FindingKind.Vanishing, "a gain is only accused for what it does to the signal"),
            Faulty(
                "GELU at an unstable point",
                FindingKind.ForwardUnstable,
                "",
                () => ChainOf("gelu", 24, "variance_scaling(scale=2.3517)")
            ),
            Faulty(
                "Deeper than the depth scale",
                FindingKind.TooDeep,
                "",
                // q* = 0.0778, chi = 0.876, xi = 7.57: 6.3 of them, over which the gradient's norm shrinks to e^-3.2, and to less
                // than half of that in the first layers, where q is still above q*: not to 1/100.
                () => ChainOf("tanh", 48, "lecun_normal", ("fc*.bias", "normal(std=0.1)"))
            ),
            Faulty(
                "Biases that drown the signal",
                FindingKind.Vanishing,
                "fc2",
                () => ChainOf("tanh", 10, "variance_scaling(scale=0.4)", ("fc*.bias", "normal(std=2)"))
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
                "A trained model beyond float16",
                FindingKind.HalfPrecision,
                "fc3",
                () =>
                    Checked(
                        Chain("relu", 4),
                        Vectors(),
                        new() { Expectation = SignalExpectation.Trained },
                        "he_normal",
                        ("fc3.weight", "normal(std=1e5)")
                    )
            ),
        ];
}
