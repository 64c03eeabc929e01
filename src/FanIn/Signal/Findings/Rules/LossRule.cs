namespace FanIn;

/// <summary>
/// A first loss far from what knowing nothing costs. With logits of variance s^2 it is about ln C + s^2 / 2, by
/// <see cref="ExpectedLoss"/>, for the predicted variance, or the measured one where none is predicted. A warning above
/// 2 ln C (TheDeepChecker: a deviation of 1.0, of the mean over 128 examples or more) and 5 standard errors of the batch's
/// mean; a note where it is more than 10% above ln C, or more than a tenth off its own expectation, since
/// then something else than the logits' size made it, and where nobody said that the output is logits.
/// </summary>
internal static class LossRule
{
    private const double MostDeviation = 1.0;
    private const double NotableDeviation = 0.1;
    private const double WantedDeviation = 0.5;
    private const double MostErrors = 5;

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        if (evidence.First.Loss is not { Classes: > 1 } first)
        {
            return [];
        }
        LossObservation[] losses = [.. evidence.Observations.Select(o => o.Loss).OfType<LossObservation>()];
        double? loss = SignalEvidence.Median(losses.Select(l => l.Loss).Where(double.IsFinite));
        double? measured = SignalEvidence.Median(losses.Select(l => l.LogitVariance).Where(double.IsFinite));
        double variance = evidence.Prediction?.LogitVariance ?? measured ?? 0;
        if (loss is not { } value || !double.IsFinite(variance) || variance < 0)
        {
            return [];
        }
        double chance = CorrectlyRounded.Log(first.Classes);
        // An example's variance over C logits is (1 - 1/C) times that of one logit over draws.
        double expected = ExpectedLoss.Of(first.Classes, variance * first.Classes / (first.Classes - 1.0));
        double deviation = (value / chance) - 1;
        bool isAsExpected = Math.Abs(value - expected) <= NotableDeviation * expected;
        if (deviation <= NotableDeviation && (isAsExpected || value < expected))
        {
            return [];
        }
        SignalLayer? last = evidence.Rows is [.., var row] ? row : null;
        double examples = Math.Max(1, (last?.Observation.Output.Count ?? 0) / first.Classes);
        // The loss is all but a label's logit from the largest one, of variance s^2, which at the limit is 2 ln C: there the
        // largest logit begins to decide, and the loss is s sqrt(2 ln C).
        double error = Math.Sqrt(
            Math.Min((measured ?? variance) * first.Classes / (first.Classes - 1.0), 2 * chance) / examples
        );
        bool isLarge = value - (MostErrors * error) > (1 + MostDeviation) * chance;
        bool isWarning = isLarge && !first.IsAssumed;
        string output = last?.Name ?? "";
        string theory =
            $"{FindingText.Number(expected)} expected of logits of variance {FindingText.Number(variance)}{(evidence.Prediction?.LogitVariance is null ? "" : ", as predicted")}";
        var finding = new SignalFinding(
            FindingKind.LogitsTooLarge,
            isWarning ? FindingSeverity.Warning : FindingSeverity.Note,
            output,
            $"the first loss is {FindingText.Number(value)} where ln {first.Classes} = {FindingText.Number(chance)} is what knowing nothing costs; {theory} ({(isWarning ? "at most twice ln C" : isLarge ? "at most twice ln C if these are logits" : "within twice ln C")}: TheDeepChecker)"
        );
        return [isWarning ? Mended(finding, evidence, measured ?? variance) : finding];
    }

    /// <summary>The output's weights, so much smaller that the logits' standard deviation is one half.</summary>
    private static SignalFinding Mended(SignalFinding finding, SignalEvidence evidence, double variance)
    {
        if (
            evidence.Rows.Length == 0
            || evidence.WeightOf(evidence.Rows.Length - 1) is not { Values: { Rms: > 0, NonFinite: 0 } } weight
            || !(variance > 0)
        )
        {
            return finding.MendedBy("a smaller last layer, such as zeros");
        }
        double std = FindingText.Short(Math.Round(weight.Values.Rms * WantedDeviation / Math.Sqrt(variance), 6));
        return finding.MendedBy(
            std > 0 && double.IsFinite(std) ? Initializer.Normal(0, std) : Initializer.Zeros,
            weight.Description.Name
        );
    }
}
