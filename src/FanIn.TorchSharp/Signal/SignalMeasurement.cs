using System.Collections.Immutable;

namespace FanIn.TorchSharp;

/// <summary>What <see cref="SignalProbe"/> measured.</summary>
/// <param name="Layers">Weighted layers in order of execution; one that runs twice appears twice.</param>
/// <param name="Unseen">Weighted layers that never ran, or ran out of the hooks' sight.</param>
/// <param name="Loss">The loss on the batch, in the loss's unit.</param>
public sealed record SignalMeasurement(ImmutableArray<LayerSignal> Layers, ImmutableArray<string> Unseen, double Loss);

/// <summary>The signal at one weighted layer's output, before its activation.</summary>
/// <param name="Name">The layer's path in the module.</param>
/// <param name="Activations">The output's values over batch and units.</param>
/// <param name="Gradients">The loss's gradient with respect to that output; null where none arrives.</param>
/// <param name="DeadShare">
/// Share of units that the layer's activation shuts for every example of the batch; null where the activation isn't a
/// module or has no dead region.
/// </param>
/// <param name="SaturatedShare">
/// Share of values in the flat ends of a bounded activation (slope under a twentieth of its steepest); null for others.
/// </param>
public sealed record LayerSignal(
    string Name,
    ValueHistogram Activations,
    ValueHistogram? Gradients,
    double? DeadShare,
    double? SaturatedShare
);
