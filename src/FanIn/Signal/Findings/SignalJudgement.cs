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
        if (observations.Count == 0)
        {
            throw new ArgumentException("There is no observation to judge.", nameof(observations));
        }
        var evidence = new SignalEvidence(observations, prediction, expectation);
        ModelObservation first = evidence.First;
        return new(
            evidence.Rows,
            Sorted(
                Structure(observations)
                    .Concat(
                        FindingRules
                            .For(expectation)
                            .SelectMany(rule => rule(evidence))
                            .Select(f => f with { Message = FindingText.Sentence(f.Message) })
                    ),
                evidence
            )
        )
        {
            Observation = first,
            Prediction = prediction,
            WithoutGradients = first.WithoutGradients,
        };
    }

    /// <summary>What engines saw, once: another set of weights says the same of a layer, with other numbers.</summary>
    private static IEnumerable<SignalFinding> Structure(IReadOnlyList<ModelObservation> observations) =>
        observations
            .SelectMany((o, index) => o.Structure.Select(finding => (index, finding)))
            .GroupBy(found => (found.finding.Kind, found.finding.Layer))
            .SelectMany(group => group.Where(found => found.index == group.First().index).Select(f => f.finding))
            .DistinctBy(f => (f.Kind, f.Layer, f.Message));

    /// <summary>The worst first, then by cause, then in order of execution; what belongs to no layer before the rest.</summary>
    private static ImmutableArray<SignalFinding> Sorted(IEnumerable<SignalFinding> findings, SignalEvidence evidence)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal) { [""] = -1 };
        foreach ((int index, SignalLayer row) in evidence.Rows.Index())
        {
            places.TryAdd(row.Name, index);
            places.TryAdd(row.Observation.Weight ?? row.Name, index);
        }
        return
        [
            .. findings
                .OrderByDescending(f => f.Severity)
                .ThenBy(f => f.Kind)
                .ThenBy(f => places.GetValueOrDefault(f.Layer, int.MaxValue)),
        ];
    }
}
