using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>One kind of built-in network: a line in the list and a function that builds it.</summary>
/// <param name="Name">The first word of its spelling.</param>
/// <param name="Example">A spelling to show.</param>
/// <param name="Reads">What it can read, what it is for first.</param>
/// <param name="Build">Makes it for inputs and a number of classes.</param>
internal sealed record NetworkKind(
    string Name,
    string Example,
    ImmutableArray<InputKind> Reads,
    Func<Network, InputShape, int, nn.Module<Tensor, Tensor>> Build
)
{
    /// <summary>Hidden activations a check or training of one example holds at the least, and weights.</summary>
    public required Func<Network, InputShape, (double Weights, double Activations)> Size { get; init; }

    /// <summary>What it reads where nobody says: as wide as its hidden layers.</summary>
    public required Func<Network, InputShape> DefaultInput { get; init; }

    /// <summary>The classes that it tells apart where nobody says.</summary>
    public Func<Network, int> DefaultClasses { get; init; } = _ => 10;

    /// <summary>The number of hidden layers, where the spelling doesn't give it.</summary>
    public int? FixedDepth { get; init; }

    /// <summary>Depths that can stand alone, with a published architecture behind each; empty for none.</summary>
    public ImmutableArray<int> NamedDepths { get; init; } = [];

    /// <summary>The width of the published architectures.</summary>
    public int NamedWidth { get; init; }

    /// <summary>Words that may follow the activation, and what they mean; one of no meaning says the default.</summary>
    public ImmutableArray<(string Word, NetworkVariants Meaning)> Variants { get; init; } = [];

    /// <summary>The smallest side of an image that it can read.</summary>
    public int LeastSide { get; init; } = 1;

    public static ImmutableArray<NetworkKind> All { get; } =
    [
        PlainNetworks.Mlp,
        PlainNetworks.Cnn,
        PlainNetworks.LeNet,
        PlainNetworks.Text,
        ResNetNetworks.Kind,
        TransformerNetworks.Kind,
    ];
}
