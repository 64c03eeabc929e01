using FanIn.TorchSharp;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FanIn.Lab;

/// <summary>
/// The networks without normalization layers and skips, where nothing but the initialization decides whether the signal
/// survives.
/// </summary>
internal static class PlainNetworks
{
    // What networks read where nobody says: enough pixels or tokens for a statistic, few enough for seconds.
    private const int DefaultSide = 16;
    private const int DefaultTokens = 64;
    private const int DefaultVocabulary = 1000;

    public static NetworkKind Mlp { get; } =
        new("mlp", "mlp:30x64:relu", [InputKind.Vector, InputKind.Image], BuildMlp)
        {
            DefaultInput = n => InputShape.Vector(n.Width),
            Size = (n, input) =>
                (((double)n.Width * input.Count) + Square(n.Width) * (n.Depth - 1), (double)n.Width * n.Depth),
        };

    public static NetworkKind Cnn { get; } =
        new("cnn", "cnn:30x16:relu", [InputKind.Image], BuildCnn)
        {
            DefaultInput = WideImage,
            Size = (n, input) =>
                (
                    9 * (((double)n.Width * input.Sizes[0]) + Square(n.Width) * (n.Depth - 1)),
                    (double)n.Width * n.Depth * Pixels(input)
                ),
        };

    public static NetworkKind LeNet { get; } =
        new("lenet", "lenet:8:relu", [InputKind.Image], BuildLeNet)
        {
            FixedDepth = 3,
            LeastSide = 4,
            DefaultInput = WideImage,
            Size = (n, input) =>
                (
                    (9 * n.Width * (double)input.Sizes[0]) + (18 * Square(n.Width)) + (8.0 * n.Width * Pixels(input)),
                    1.5 * n.Width * Pixels(input)
                ),
        };

    public static NetworkKind Text { get; } =
        new("text", "text:4x64:relu", [InputKind.Tokens], BuildText)
        {
            DefaultInput = _ => DefaultText,
            Size = (n, input) =>
                (
                    ((double)n.Width * input.Vocabulary) + (3 * Square(n.Width) * n.Depth),
                    (double)n.Width * (n.Depth + 1) * input.Count
                ),
        };

    public static InputShape DefaultText => InputShape.Tokens(DefaultTokens, DefaultVocabulary);

    public static InputShape WideImage(Network network) => InputShape.Image(network.Width, DefaultSide, DefaultSide);

    public static double Pixels(InputShape image) => (double)image.Sizes[1] * image.Sizes[2];

    public static double Square(double x) => x * x;

    private static Module<Tensor, Tensor> BuildMlp(Network network, InputShape input, int classes)
    {
        var layers = new List<(string, Module<Tensor, Tensor>)> { ("flatten", Flatten()) };
        long inputs = input.Count;
        for (int i = 1; i <= network.Depth; i++)
        {
            layers.Add(($"fc{i}", Linear(inputs, network.Width)));
            layers.Add(($"act{i}", new ActivationModule(network.Activation)));
            inputs = network.Width;
        }
        layers.Add(("output", Linear(inputs, classes)));
        return Sequential(layers);
    }

    private static Module<Tensor, Tensor> BuildCnn(Network network, InputShape input, int classes)
    {
        var layers = new List<(string, Module<Tensor, Tensor>)>();
        long channels = input.Sizes[0];
        for (int i = 1; i <= network.Depth; i++)
        {
            layers.Add(($"conv{i}", Conv2d(channels, network.Width, 3, padding: 1)));
            layers.Add(($"act{i}", new ActivationModule(network.Activation)));
            channels = network.Width;
        }
        layers.Add(("mean", AdaptiveAvgPool2d(1)));
        layers.Add(("flatten", Flatten()));
        layers.Add(("output", Linear(channels, classes)));
        return Sequential(layers);
    }

    private static Module<Tensor, Tensor> BuildLeNet(Network network, InputShape input, int classes)
    {
        const int Hidden = 64;
        int channels = network.Width;
        long features = 2L * channels * (input.Sizes[1] / 4) * (input.Sizes[2] / 4);
        return Sequential(
            ("conv1", Conv2d(input.Sizes[0], channels, 3, padding: 1)),
            ("act1", new ActivationModule(network.Activation)),
            ("pool1", MaxPool2d(2)),
            ("conv2", Conv2d(channels, 2 * channels, 3, padding: 1)),
            ("act2", new ActivationModule(network.Activation)),
            ("pool2", MaxPool2d(2)),
            ("flatten", Flatten()),
            ("fc1", Linear(features, Hidden)),
            ("act3", new ActivationModule(network.Activation)),
            ("output", Linear(Hidden, classes))
        );
    }

    private static Module<Tensor, Tensor> BuildText(Network network, InputShape input, int classes)
    {
        var layers = new List<(string, Module<Tensor, Tensor>)>
        {
            ("embedding", Embedding(input.Vocabulary, network.Width, padding_idx: 0)),
            ("channels", new ChannelsFirst()),
        };
        for (int i = 1; i <= network.Depth; i++)
        {
            layers.Add(($"conv{i}", Conv1d(network.Width, network.Width, 3, padding: 1)));
            layers.Add(($"act{i}", new ActivationModule(network.Activation)));
        }
        layers.Add(("mean", AdaptiveAvgPool1d(1)));
        layers.Add(("flatten", Flatten()));
        layers.Add(("output", Linear(network.Width, classes)));
        return Sequential(layers);
    }
}
