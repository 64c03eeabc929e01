namespace FanIn;

/// <summary>
/// A first loss far from what knowing nothing costs. With logits of variance s^2 it is about ln C + s^2 / 2, by
/// <see cref="ExpectedLoss"/>, for the predicted variance, or the measured one where none is predicted. A warning above
/// 2 ln C (TheDeepChecker: a deviation of 1.0); a note where it is more than 10% above ln C, or more than a tenth off its own
/// expectation, since then something else than the logits' size made it.
/// </summary>
internal static class LossRule
{
    private const double MostDeviation = 1.0;
    private const double NotableDeviation = 0.1;
    private const double WantedDeviation = 0.5;

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
        bool isWarning = deviation > MostDeviation;
        string output = evidence.Rows is [.., var last] ? last.Name : "";
        string theory =
            $"{FindingText.Number(expected)} expected of logits of variance {FindingText.Number(variance)}{(evidence.Prediction?.LogitVariance is null ? "" : ", as predicted")}";
        var finding = new SignalFinding(
            FindingKind.LogitsTooLarge,
            isWarning ? FindingSeverity.Warning : FindingSeverity.Note,
            output,
            $"the first loss is {FindingText.Number(value)} where ln {first.Classes} = {FindingText.Number(chance)} is what knowing nothing costs; {theory} ({(isWarning ? "at most twice ln C" : "within twice ln C")}: TheDeepChecker)"
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
