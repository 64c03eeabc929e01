namespace FanIn;

/// <summary>
/// Trained or fresh. Of a model that should be trained: tensors of 1000 values or more that still have, within 4 standard
/// errors, the mean, variance and kurtosis of a usual rule's law (<see cref="FreshLaw"/>): one error where all have,
/// otherwise for each of 50,000 values or more a warning (the laws are many, and a small tensor's errors wide enough that
/// trained ones fall on one by chance), for smaller ones and those held fixed a note. Of any model: weights that no such rule
/// makes (a mean beyond 6 standard errors, a kurtosis outside those of uniform to normal, many zeros, neighbours that hang
/// together): one note, neutral, since fixed filters (a mel or Fourier transform) and trained weights look so.
/// </summary>
internal static class FreshnessRule
{
    private const int LeastCount = 64;
    private const int Telling = 50_000;
    private const double MostErrors = 6;
    private const double LeastKurtosis = 1.8;
    private const double MostKurtosis = 3;
    private const double MostZeros = 0.2;

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        ParameterObservation[] weights =
        [
            .. evidence.First.Parameters.Where(p =>
                p.Description.Role is ParameterRole.Weight or ParameterRole.Embedding && p.Values.NonFinite == 0
            ),
        ];
        return evidence.Expectation == SignalExpectation.Trained
            ? Fresh(evidence, weights).Concat(NotRandom(evidence, weights))
            : NotRandom(evidence, weights);
    }

    private static IEnumerable<SignalFinding> Fresh(SignalEvidence evidence, ParameterObservation[] weights)
    {
        ParameterObservation[] large = [.. weights.Where(p => p.Values.Count >= FreshLaw.LeastCount)];
        (ParameterObservation Parameter, FreshLaw Law)[] fresh =
        [
            .. large.Select(p => (p, LawOf(p))).Where(f => f.Item2 is not null).Select(f => (f.p, f.Item2!)),
        ];
        if (fresh.Length > 1 && fresh.Length == large.Length)
        {
            return
            [
                new SignalFinding(
                    FindingKind.Untrained,
                    FindingSeverity.Error,
                    "",
                    $"all {fresh.Length} weights of {FreshLaw.LeastCount} values or more still have the law of their initialization, such as {FindingText.Quote(fresh[0].Parameter.Description.Name)} that of {fresh[0].Law.Name} (mean, variance and kurtosis within 4 standard errors)"
                ).MendedBy("load the trained weights, or train"),
            ];
        }
        return fresh.Select(f => OfOne(evidence, f.Parameter, f.Law));
    }

    private static SignalFinding OfOne(SignalEvidence evidence, ParameterObservation parameter, FreshLaw law)
    {
        string name = parameter.Description.Name;
        bool isNote = !parameter.Description.IsTrainable || parameter.Values.Count < Telling;
        return new SignalFinding(
            FindingKind.Untrained,
            isNote ? FindingSeverity.Note : FindingSeverity.Warning,
            LayerName(evidence, parameter),
            $"{FindingText.Quote(name)}{(parameter.Description.IsTrainable ? "" : ", which is held fixed,")} still has the law of {law.Name}: standard deviation {FindingText.Number(parameter.Values.StandardDeviation)}, kurtosis {FindingText.Number(parameter.Values.FourthMoment)} (mean, variance and kurtosis within 4 standard errors)"
        ).MendedBy("see that the layer is trained and its weights are loaded under this name");
    }

    private static FreshLaw? LawOf(ParameterObservation parameter)
    {
        TensorDescription tensor = parameter.Description.Blocks.IsEmpty
            ? parameter.Description.Tensor
            : parameter.Description.Blocks[0].Tensor;
        return tensor.Fan is { } fan ? FreshLaw.All.FirstOrDefault(law => law.Fits(parameter.Values, fan)) : null;
    }

    private static IEnumerable<SignalFinding> NotRandom(SignalEvidence evidence, ParameterObservation[] weights)
    {
        ParameterObservation[] judged =
        [
            .. weights.Where(p => p.Values is { Count: >= LeastCount, Rms: > 0 } && p.Description.Blocks.IsEmpty),
        ];
        ParameterObservation[] others = [.. judged.Where(p => SignalEvidence.IsPattern(p) || !LooksRandom(p.Values))];
        if (others.Length == 0)
        {
            yield break;
        }
        TensorStatistics first = others[0].Values;
        yield return new(
            FindingKind.NotRandom,
            FindingSeverity.Note,
            LayerName(evidence, others[0]),
            $"{FindingText.List([.. others.Select(p => p.Description.Name)])}, {others.Length} of {judged.Length} weights, are not randomly initialized: of the first the mean is {FindingText.Number(first.Mean)}, the standard deviation {FindingText.Number(first.StandardDeviation)}, the kurtosis {FindingText.Number(first.FourthMoment)}, the zeros {FindingText.Percent((double)first.Zeros / first.Count)}{(SignalEvidence.IsPattern(others[0]) ? $", and neighbours hang together {FindingText.Number(others[0].NeighbourCorrelation ?? 0)} times as much as by chance" : "")} (fixed or trained; no fault in itself)"
        );
    }

    private static bool LooksRandom(TensorStatistics values)
    {
        double n = values.Count;
        double reach = MostErrors * Math.Sqrt(24 / n);
        return Math.Abs(values.Mean) <= MostErrors * values.StandardDeviation / Math.Sqrt(n)
            && values.FourthMoment >= LeastKurtosis - reach
            && values.FourthMoment <= MostKurtosis + reach
            && values.Zeros <= MostZeros * n;
    }

    private static string LayerName(SignalEvidence evidence, ParameterObservation parameter) =>
        evidence.LayerOf(parameter) is { } layer ? evidence.Rows[layer].Name : parameter.Description.Name;
}
