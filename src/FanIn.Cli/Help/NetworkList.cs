namespace FanIn.Cli.Help;

/// <summary>The networks in a help page: what is written, and what it means.</summary>
internal static class NetworkList
{
    public static HelpSection Section { get; } =
        new(
            "Networks",
            [
                ("mlp:30x64:relu", "30 hidden layers of 64 units; reads vectors and images"),
                ("cnn:30x16:relu", "30 convolutions of 16 channels, then their mean; reads images"),
                ("lenet:8:relu", "two convolutions of 8 and 16 channels with pooling, and a dense layer; reads images"),
                ("text:4x64:relu", "an embedding and 4 convolutions of 64 channels; reads texts"),
                ("resnet:50:relu", "a published residual network: 18, 34, 50, 101 or 152; reads images"),
                ("resnet:30x16:relu", "30 residual blocks of 16 channels, two convolutions each; reads images"),
                ("transformer:12x64:gelu", "12 blocks of width 64; reads texts, and images row by row"),
                ("...:plain", "a residual network without batch norm, with biases instead"),
                ("...:post", "a transformer whose layer norm stands behind its sums, not in front of its branches"),
                ("...:scaled", "each residual branch times 1/sqrt(number of branches)"),
            ]
        );
}
