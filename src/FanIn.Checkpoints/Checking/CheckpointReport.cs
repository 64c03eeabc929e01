using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>What a check of a checkpoint found.</summary>
/// <param name="Tensors">Every tensor, file by file in the order of its data.</param>
/// <param name="Findings">The worst first: by severity, then by kind, then in the tensors' order.</param>
/// <param name="Expectation">What the weights were taken for.</param>
public sealed record CheckpointReport(
    ImmutableArray<TensorCheck> Tensors,
    ImmutableArray<SignalFinding> Findings,
    SignalExpectation Expectation
)
{
    /// <summary>The most upstream cause among errors and warnings; null for a healthy checkpoint.</summary>
    public SignalFinding? Cause => Signal.Cause;

    /// <summary><c>healthy</c>, or the cause's kind: <c>unscaled-depth</c>.</summary>
    public string Verdict => Signal.Verdict;

    /// <summary>True when there is no error and no warning.</summary>
    public bool IsHealthy => Cause is null;

    /// <summary>The same as a report of a network of which the weights alone were looked at.</summary>
    public SignalReport Signal =>
        new([], Findings)
        {
            Observation = new()
            {
                Layers = [],
                Parameters =
                [
                    .. Tensors
                        .Where(tensor => tensor is { Row: not null, Values: not null })
                        .Select(tensor => new ParameterObservation(tensor.Row!.Parameter, tensor.Values!)),
                ],
            },
        };
}
