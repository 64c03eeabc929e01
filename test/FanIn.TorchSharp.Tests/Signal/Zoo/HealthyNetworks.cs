using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static FanIn.TorchSharp.Tests.Signal.Zoo.ZooParts;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal.Zoo;

/// <summary>Networks that train: nothing in them may be accused.</summary>
internal static class HealthyNetworks
{
    public static IReadOnlyList<ZooNetwork> All { get; } =
    [
        ZooNetwork.Healthy("ReLU chain, He", () => ChainOf("relu", 12, "he_normal")),
        ZooNetwork.Healthy("ReLU chain, orthogonal", () => ChainOf("relu", 12, "orthogonal(gain=sqrt(2))")),
        ZooNetwork.Healthy(
            "Leaky ReLU chain, its gain",
            () => ChainOf("leaky_relu(0.2)", 12, "he_normal(gain=sqrt(2/1.04))")
        ),
        ZooNetwork.Healthy("SELU chain, LeCun", () => ChainOf("selu", 30, "lecun_normal")),
        ZooNetwork.Healthy("tanh chain, Xavier", () => ChainOf("tanh", 30, "xavier_normal")),
        ZooNetwork.Healthy("tanh chain, orthogonal", () => ChainOf("tanh", 50, "orthogonal")),
        ZooNetwork.Healthy(
            "GELU chain at its critical point",
            () =>
                ChainOf(
                    "gelu",
                    20,
                    "variance_scaling(scale=1.98306)",
                    ("fc*.bias", "normal(std=sqrt(0.17292))"),
                    ("output.weight", "lecun_normal")
                )
        ),
        ZooNetwork.Healthy("Zero output layer", () => ChainOf("relu", 8, "he_normal", ("output.weight", "zeros"))),
        ZooNetwork.Healthy("Small network, PyTorch's defaults", () => ChainOf("relu", 2, "torch")),
        ZooNetwork.Healthy(
            "Convolutions with batch norm",
            () => Made(Convolutions(6, 16, true), Images(), "he_normal")
        ),
        ZooNetwork.Healthy(
            "Grouped convolutions, true fans",
            () => Made(Convolutions(4, 32, groups: 4), Images(), "he_normal(mode=fan_out)")
        ),
        ZooNetwork.Healthy(
            "Probabilities as output",
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
        ZooNetwork.Healthy("LeNet", () => Made(LeNet(), Images(1), "he_normal", ("output.weight", "xavier_normal"))),
        ZooNetwork.Healthy(
            "ResNet-18, last scales zero",
            () =>
                Made(
                    torchvision.models.resnet18(num_classes: Classes),
                    Images(3, 32),
                    "he_normal(mode=fan_out)",
                    ("layer*.bn2.weight", "zeros"),
                    ("fc.weight", "standard_uniform")
                )
        ),
        ZooNetwork.Healthy(
            "ResNet-18 of torchvision",
            () =>
                Made(
                    torchvision.models.resnet18(num_classes: Classes),
                    Images(3, 32),
                    "he_normal(mode=fan_out)",
                    ("fc.weight", "standard_uniform")
                )
        ),
        ZooNetwork.Healthy("Pre-norm transformer", () => Made(Transformer(3, true), Tokens(), "xavier_normal")),
        ZooNetwork.Healthy(
            "Fixup",
            () =>
                Made(
                    Residual(16),
                    Vectors(),
                    "he_normal",
                    ("block*_fc1.weight", "he_normal(gain=sqrt(2/16))"),
                    ("block*_fc2.weight|output.weight", "zeros")
                )
        ),
        ZooNetwork.Healthy("ReZero", ReZero),
        ZooNetwork.Healthy(
            "Residual blocks scaled by 1 / sqrt(depth)",
            () =>
                Made(
                    Residual(16, (branch, _) => branch / 4),
                    Vectors(),
                    "he_normal",
                    ("output.weight", "normal(std=0.02)")
                )
        ),
        ZooNetwork.Healthy(
            "Pre-norm residual network",
            () => Made(Residual(12, isNormalized: true), Vectors(), "he_normal", ("output.weight", "normal(std=0.02)"))
        ),
        ZooNetwork.Healthy("LSTM classifier", () => Made(Lstm(), Ids(), "torch")),
        ZooNetwork.Healthy("Text convolutions", () => Made(TextConvolutions(), Ids(), "he_normal")),
        ZooNetwork.Healthy("Decoder of transposed convolutions", () => Made(Decoder(), Vectors(16), "he_normal")),
        ZooNetwork.Healthy("LoRA", LoRA),
    ];

    public static Sequential LeNet() =>
        nn.Sequential(
            ("conv1", nn.Conv2d(1, 8, 3, padding: 1)),
            ("act1", nn.ReLU()),
            ("pool1", nn.MaxPool2d(2)),
            ("conv2", nn.Conv2d(8, 16, 3, padding: 1)),
            ("act2", nn.ReLU()),
            ("pool2", nn.MaxPool2d(2)),
            ("flatten", nn.Flatten()),
            ("fc1", nn.Linear(256, 64)),
            ("act3", nn.ReLU()),
            ("output", nn.Linear(64, Classes))
        );

    public static TestModule Lstm()
    {
        Embedding embedding = nn.Embedding(30, 32);
        LSTM lstm = nn.LSTM(32, 32, batchFirst: true);
        Linear output = nn.Linear(32, Classes);
        return new(
            ids =>
            {
                (Tensor states, _, _) = lstm.call(embedding.call(ids));
                return output.call(states.select(1, -1));
            },
            ("embedding", embedding),
            ("lstm", lstm),
            ("output", output)
        );
    }

    public static TestModule TextConvolutions()
    {
        Embedding embedding = nn.Embedding(30, 32);
        (Conv1d conv1, Conv1d conv2) = (nn.Conv1d(32, 32, 3, padding: 1), nn.Conv1d(32, 32, 3, padding: 1));
        (ReLU act1, ReLU act2) = (nn.ReLU(), nn.ReLU());
        Linear output = nn.Linear(32, Classes);
        return new(
            ids =>
                output.call(
                    act2.call(conv2.call(act1.call(conv1.call(embedding.call(ids).transpose(1, 2))))).mean([2])
                ),
            ("embedding", embedding),
            ("conv1", conv1),
            ("act1", act1),
            ("conv2", conv2),
            ("act2", act2),
            ("output", output)
        );
    }

    /// <summary>From a vector to an image of 16 x 16, doubling the side twice.</summary>
    public static TestModule Decoder(int channels = 32)
    {
        Linear first = nn.Linear(16, 4 * 4 * 32);
        ConvTranspose2d up1 = nn.ConvTranspose2d(32, channels, 4, stride: 2, padding: 1);
        ConvTranspose2d up2 = nn.ConvTranspose2d(channels, 3, 4, stride: 2, padding: 1);
        (ReLU act1, ReLU act2) = (nn.ReLU(), nn.ReLU());
        return new(
            z => up2.call(act2.call(up1.call(act1.call(first.call(z)).reshape(-1, 32, 4, 4)))),
            ("first", first),
            ("act1", act1),
            ("up1", up1),
            ("act2", act2),
            ("up2", up2)
        );
    }

    private static ZooModel ReZero()
    {
        Parameter[] alphas = [.. Enumerable.Range(0, 12).Select(_ => nn.Parameter(zeros(1)))];
        TestModule model = Residual(
            12,
            (branch, i) => branch * alphas[i],
            false,
            [.. alphas.Select((a, i) => ($"alpha{i}", (object)a))]
        );
        return Made(model, Vectors(), "he_normal", ("alpha*", "zeros"));
    }

    private static ZooModel LoRA()
    {
        (Linear frozen, Linear a, Linear b) = (
            nn.Linear(Width, Width),
            nn.Linear(Width, 8, hasBias: false),
            nn.Linear(8, Width, hasBias: false)
        );
        (ReLU act, Linear output) = (nn.ReLU(), nn.Linear(Width, Classes));
        var model = new TestModule(
            x => output.call(act.call(frozen.call(x) + b.call(a.call(x)))),
            ("frozen", frozen),
            ("lora_A", a),
            ("lora_B", b),
            ("act", act),
            ("output", output)
        );
        ZooModel made = Made(model, Vectors(), "he_normal", ("lora_B.weight", "zeros"));
        foreach (Parameter parameter in frozen.parameters())
        {
            parameter.requires_grad = false;
        }
        return made;
    }
}
