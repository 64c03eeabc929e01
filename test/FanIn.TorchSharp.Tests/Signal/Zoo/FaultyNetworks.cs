namespace FanIn.TorchSharp.Tests.Signal.Zoo;

/// <summary>Networks with one planted fault each, by kind.</summary>
internal static class FaultyNetworks
{
    public static IReadOnlyList<ZooNetwork> All { get; } =
    [.. FaultyWeights.All, .. FaultySignals.All, .. FaultyStructures.All];
}
