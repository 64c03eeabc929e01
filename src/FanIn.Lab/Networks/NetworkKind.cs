using System.Collections.Immutable;
using FanIn.TorchSharp;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FanIn.Lab;

/// <summary>One kind of built-in network: a line in the list and a function that builds it.</summary>
internal sealed record NetworkKind(
    string Name,
    string Example,
    InputKind Reads,
    Func<Network, DataSet, Module<Tensor, Tensor>> Build
)
{
    /// <summary>The number of hidden layers, where the spelling doesn't give it.</summary>
    public int? FixedDepth { get; init; }

    /// <summary>The smallest side of an image that it can read.</summary>
    public int LeastSide { get; init; } = 1;

    public static ImmutableArray<NetworkKind> All { get; } =
    [
        new("mlp", "mlp:30x64:relu", InputKind.Vector, Mlp),
        new("cnn", "cnn:30x16:relu", InputKind.Image, Cnn),
        new("lenet", "lenet:8:relu", InputKind.Image, LeNet) { FixedDepth = 3, LeastSide = 4 },
        new("text", "text:4x64:relu", InputKind.Tokens, Text),
    ];

    private static Module<Tensor, Tensor> Mlp(Network network, DataSet data)
    {
        var layers = new List<(string, Module<Tensor, Tensor>)> { ("flatten", Flatten()) };
        long inputs = data.InputSize;
        for (int i = 1; i <= network.Depth; i++)
        {
            layers.Add(($"fc{i}", Linear(inputs, network.Width)));
            layers.Add(($"act{i}", new ActivationModule(network.Activation)));
            inputs = network.Width;
        }
        layers.Add(("output", Linear(inputs, data.Classes.Count)));
        return Sequential(layers);
    }

    private static Module<Tensor, Tensor> Cnn(Network network, DataSet data)
    {
        var layers = new List<(string, Module<Tensor, Tensor>)>();
        long channels = data.InputShape[0];
        for (int i = 1; i <= network.Depth; i++)
        {
            layers.Add(($"conv{i}", Conv2d(channels, network.Width, 3, padding: 1)));
            layers.Add(($"act{i}", new ActivationModule(network.Activation)));
            channels = network.Width;
        }
        layers.Add(("mean", AdaptiveAvgPool2d(1)));
        layers.Add(("flatten", Flatten()));
        layers.Add(("output", Linear(channels, data.Classes.Count)));
        return Sequential(layers);
    }

    private static Module<Tensor, Tensor> LeNet(Network network, DataSet data)
    {
        const int Hidden = 64;
        int channels = network.Width;
        long features = 2L * channels * (data.InputShape[1] / 4) * (data.InputShape[2] / 4);
        return Sequential(
            ("conv1", Conv2d(data.InputShape[0], channels, 3, padding: 1)),
            ("act1", new ActivationModule(network.Activation)),
            ("pool1", MaxPool2d(2)),
            ("conv2", Conv2d(channels, 2 * channels, 3, padding: 1)),
            ("act2", new ActivationModule(network.Activation)),
            ("pool2", MaxPool2d(2)),
            ("flatten", Flatten()),
            ("fc1", Linear(features, Hidden)),
            ("act3", new ActivationModule(network.Activation)),
            ("output", Linear(Hidden, data.Classes.Count))
        );
    }

    private static Module<Tensor, Tensor> Text(Network network, DataSet data)
    {
        var layers = new List<(string, Module<Tensor, Tensor>)>
        {
            ("embedding", Embedding(data.VocabularySize, network.Width, padding_idx: 0)),
            ("channels", new ChannelsFirst()),
        };
        for (int i = 1; i <= network.Depth; i++)
        {
            layers.Add(($"conv{i}", Conv1d(network.Width, network.Width, 3, padding: 1)));
            layers.Add(($"act{i}", new ActivationModule(network.Activation)));
        }
        layers.Add(("mean", AdaptiveAvgPool1d(1)));
        layers.Add(("flatten", Flatten()));
        layers.Add(("output", Linear(network.Width, data.Classes.Count)));
        return Sequential(layers);
    }

    /// <summary>[batch, tokens, width] of an embedding to the [batch, width, tokens] of a convolution.</summary>
    private sealed class ChannelsFirst() : Module<Tensor, Tensor>(nameof(ChannelsFirst))
    {
        public override Tensor forward(Tensor input) => input.transpose(1, 2).contiguous();
    }
}
