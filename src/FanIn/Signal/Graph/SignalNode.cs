using System.Collections.Immutable;

namespace FanIn;

/// <summary>One step of a network, as signal theory sees it.</summary>
/// <param name="Name">The layer's path for weighted layers, a name to show for others.</param>
/// <param name="Operation">What is done.</param>
/// <param name="Inputs">Indices of the nodes whose outputs it takes; each is less than the node's own.</param>
public sealed record SignalNode(string Name, SignalOperation Operation, ImmutableArray<int> Inputs)
{
    /// <summary>
    /// The measured root mean square of the loss's gradient with respect to the output, from which the prediction goes on
    /// backward; null where it is predicted from the nodes behind. A node behind which a
    /// <see cref="SignalOperation.Source"/> cuts the network has no other.
    /// </summary>
    public double? MeasuredGradientRms { get; init; }

    /// <summary>
    /// The mean cosine between two examples' gradients there, where gradients are known rather than predicted; null where
    /// it isn't: 0 then, as with labels by chance. Softmax that is sure of one class makes all examples' gradients alike.
    /// </summary>
    public double? MeasuredGradientCorrelation { get; init; }
}
