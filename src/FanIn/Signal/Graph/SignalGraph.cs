using System.Collections.Immutable;

namespace FanIn;

/// <summary>A network as signal theory sees it: steps in order of execution, the last one its output.</summary>
/// <param name="Nodes">At least one; the first are inputs.</param>
public sealed record SignalGraph(ImmutableArray<SignalNode> Nodes);
