using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>A layer with weights that a hook saw run.</summary>
/// <param name="Name">Its path; with <c>#2</c> and so on where it runs again.</param>
/// <param name="Path">Its path.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Node">Its step in the graph.</param>
/// <param name="Output">What it gave, with its history.</param>
/// <param name="Input">What it took; null where that isn't numbers.</param>
internal sealed record LayerSighting(
    string Name,
    string Path,
    nn.Module Layer,
    int Node,
    Tensor Output,
    TensorStatistics? Input
)
{
    /// <summary>Whether the output is [batch, positions ..., units]; otherwise [batch, units, positions ...].</summary>
    public bool UnitsLast => Layer is not global::TorchSharp.Modules.Convolution;

    /// <summary>Whether the output is [positions, batch, units], as native attention and recurrent layers like it.</summary>
    public bool BatchSecond { get; init; }

    /// <summary>The mean entropy of attention that led to it; null without.</summary>
    public double? Entropy { get; init; }
}
