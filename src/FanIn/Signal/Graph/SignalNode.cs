using System.Collections.Immutable;

namespace FanIn;

/// <summary>One step of a network, as signal theory sees it.</summary>
/// <param name="Name">The layer's path for weighted layers, a name to show for others.</param>
/// <param name="Operation">What is done.</param>
/// <param name="Inputs">Indices of the nodes whose outputs it takes; each is less than the node's own.</param>
public sealed record SignalNode(string Name, SignalOperation Operation, ImmutableArray<int> Inputs);
