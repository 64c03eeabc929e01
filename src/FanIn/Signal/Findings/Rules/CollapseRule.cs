namespace FanIn;

/// <summary>
/// Examples, or the tokens of one, that become alike: a mean cosine above 0.99. Where theory predicts the cosine, as along
/// a ReLU chain (1 - c = 9 pi^2 / 2 l^2), a note while 1 - c is at least a tenth of the predicted, otherwise a warning. Two
/// examples that are as alike in the first layer already aren't the network's fault. Tokens: rank collapse (Dong 2021; Noci
/// 2022). One finding for each, of the first layer from which on all are alike: the outputs of attention, which are means over
/// tokens, are so by nature, and a skip connection brings the differences back.
/// </summary>
internal static class CollapseRule
{
    private const double Most = 0.99;
    private const double LeastShare = 0.1;

    /// <summary>Below this 1 - c of float32 outputs is rounding.</summary>
    private const double Rounding = 1e-6;

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        if (Find(evidence, l => l.Correlation, "two examples", isPredicted: true) is { } examples)
        {
            yield return examples;
        }
        if (Find(evidence, l => l.TokenCorrelation, "two tokens of one example", isPredicted: false) is { } tokens)
        {
            yield return tokens;
        }
    }

    private static SignalFinding? Find(
        SignalEvidence evidence,
        Func<SignalLayer, double?> figure,
        string whose,
        bool isPredicted
    )
    {
        SignalFinding? note = null;
        (int Layer, double Cosine)[] cosines =
        [
            .. evidence
                .Hidden.Select(i => (i, figure(evidence.Rows[i])))
                .Where(c => c.Item2 is not null)
                .Select(c => (c.i, c.Item2!.Value)),
        ];
        if (cosines is [(_, > Most), ..])
        {
            return null;
        }
        int apart = Array.FindLastIndex(cosines, c => !(c.Cosine > Most));
        foreach ((int i, double cosine) in cosines.Skip(apart + 1))
        {
            double? predicted = isPredicted ? evidence.Rows[i].Prediction?.Correlation : null;
            string name = evidence.Rows[i].Name;
            string rank = evidence.Median(i, l => l.StableRank) is { } stable
                ? $", the stable rank of its outputs {FindingText.Number(stable)}"
                : "";
            string message =
                $"the outputs of {FindingText.Quote(name)} for {whose} have a mean cosine of 1 - {FindingText.Number(1 - cosine)}{rank}";
            if (predicted is { } c && (1 - cosine >= LeastShare * (1 - c) || 1 - c < Rounding))
            {
                note ??= new(
                    FindingKind.Collapsing,
                    FindingSeverity.Note,
                    name,
                    $"{message}, as theory has it at this depth (1 - {FindingText.Number(1 - c)} predicted)"
                );
                continue;
            }
            string expected = predicted is { } p ? $", 1 - {FindingText.Number(1 - p)} predicted" : "";
            return new SignalFinding(
                FindingKind.Collapsing,
                FindingSeverity.Warning,
                name,
                $"{message} (0.99 at most{expected}: what is alike can't be told apart; Schoenholz 2017, Dong 2021)"
            ).MendedBy(
                "skip connections with branches scaled by 1/sqrt(depth), or a smooth activation at its critical point"
            );
        }
        return note;
    }
}
