using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static FanIn.TorchSharp.Tests.Signal.Zoo.ZooNetwork;
using static FanIn.TorchSharp.Tests.Signal.Zoo.ZooParts;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal.Zoo;

/// <summary>What isn't the initialization, though the network won't train; and its output and data.</summary>
internal static class FaultyStructures
{
    public static IEnumerable<ZooNetwork> All => [.. OutputAndData(), .. Structure()];

    private static IEnumerable<ZooNetwork> OutputAndData() =>
        [
            Faulty(
                "Large logits",
                FindingKind.LogitsTooLarge,
                "output",
                () =>
                    Checked(
                        Chain("relu", 3),
                        Vectors(),
                        new() { IsClassifier = true },
                        "he_normal",
                        ("output.weight", "normal(std=2)")
                    )
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
                () => Made(HealthyNetworks.LeNet(), (Images(1) * 60 + 128).clamp(0, 255), "he_normal")
            ),
        ];

    private static IEnumerable<ZooNetwork> Structure() =>
        [
            Faulty(
                "Softmax in the model",
                FindingKind.SoftmaxTwice,
                "",
                () =>
                    Checked(
                        nn.Sequential(
                            ("fc1", nn.Linear(Width, Width)),
                            ("act1", nn.ReLU()),
                            ("output", nn.Linear(Width, Classes)),
                            ("softmax", nn.Softmax(1))
                        ),
                        Vectors(),
                        new() { IsClassifier = true },
                        "he_normal"
                    )
            ),
            Faulty("A layer outside the list of modules", FindingKind.Unregistered, "_hidden[0]", Unregistered),
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
                "cut",
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
                "fc1",
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
                    "odd",
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
                )
                .Neutral("what can't be predicted is measured all the same"),
        ];

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
