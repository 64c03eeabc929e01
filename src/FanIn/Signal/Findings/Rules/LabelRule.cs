using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// An output bias that ignores how frequent the classes are: the batch's labels have a perplexity below half the number of
/// classes (TheDeepChecker, data: 0.5), and the model's mean probability of the commonest class is off by more than a factor
/// of 2 (Karpathy 2019, "init well"; RetinaNet). A warning. With fewer than 5 labels a class chance alone makes
/// frequencies uneven, so nothing is said.
/// </summary>
internal static class LabelRule
{
    private const double LeastPerplexity = 0.5;
    private const double MostFactor = 2;
    private const double LeastLabels = 5;

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        if (
            evidence.First.Loss is not { Classes: > 1 } loss
            || loss.ClassFrequencies.IsDefaultOrEmpty
            || loss.ClassFrequencies.Length != loss.Classes
            || loss.MeanProbabilities.IsDefaultOrEmpty
            || loss.MeanProbabilities.Length != loss.Classes
            || !loss.ClassFrequencies.All(f => f is >= 0 and <= 1)
            || evidence.Rows is not [.., var last]
            || last.Observation.Output.Count < LeastLabels * loss.Classes * loss.Classes
        )
        {
            return [];
        }
        ImmutableArray<double> frequencies = loss.ClassFrequencies;
        double entropy = -frequencies.Where(f => f > 0).Sum(f => f * CorrectlyRounded.Log(f));
        double perplexity = Exponential.Of(entropy) / loss.Classes;
        int common = frequencies.IndexOf(frequencies.Max());
        double probability = loss.MeanProbabilities[common];
        if (!(perplexity < LeastPerplexity) || !(frequencies[common] > MostFactor * probability))
        {
            return [];
        }
        var finding = new SignalFinding(
            FindingKind.LabelImbalance,
            FindingSeverity.Warning,
            last.Name,
            $"class {common} has {FindingText.Percent(frequencies[common])} of the labels and a mean probability of {FindingText.Percent(probability)}: the first loss is {FindingText.Number(loss.Loss)} where the labels' own entropy is {FindingText.Number(entropy)} (a perplexity of {FindingText.Number(perplexity)} of {loss.Classes} classes, half expected: TheDeepChecker; a factor of 2: Karpathy 2019)"
        );
        return [Mended(finding, evidence, last, frequencies)];
    }

    private static SignalFinding Mended(
        SignalFinding finding,
        SignalEvidence evidence,
        SignalLayer last,
        ImmutableArray<double> frequencies
    )
    {
        string bias = $"{last.Name}.bias";
        if (frequencies.Length > 50 || !evidence.First.Parameters.Any(p => p.Description.Name == bias))
        {
            return finding.MendedBy("an output bias of ln(frequency), class_prior(...)");
        }
        // A class that isn't in the batch gets half a label.
        double labels = (double)last.Observation.Output.Count / frequencies.Length;
        double[] shares =
        [
            .. frequencies.Select(f => FindingText.Short(Math.Max(1e-6, Math.Round(Math.Max(f, 0.5 / labels), 6)))),
        ];
        return finding.MendedBy(Initializer.ClassPrior(shares), bias);
    }
}
