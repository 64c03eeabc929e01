namespace FanIn;

/// <summary>
/// Attention that looks at one token only: a mean entropy of its weights under half of the largest possible, ln T (logits
/// of variance s^2 leave ln T - s^2 / 2, and beyond s = sqrt(2 ln T) one token takes all). A warning. One finding, of the
/// first layer.
/// </summary>
internal static class AttentionRule
{
    private const double Least = 0.5;

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        (int Layer, double Entropy)[] layers =
        [
            .. Enumerable
                .Range(0, evidence.Rows.Length)
                .Select(i => (i, evidence.Rows[i].AttentionEntropy ?? 1))
                .Where(l => l.Item2 < Least),
        ];
        if (layers.Length == 0)
        {
            return [];
        }
        (int layer, double entropy) = layers[0];
        string name = evidence.Rows[layer].Name;
        string more = layers.Length == 1 ? "" : $", and {layers.Length - 1} more layers have too little";
        return
        [
            new SignalFinding(
                FindingKind.EntropyCollapse,
                FindingSeverity.Warning,
                name,
                $"the attention of {FindingText.Quote(name)} has an entropy of {FindingText.Number(entropy)} ln T{more}: logits of variance s^2 leave ln T - s^2 / 2 (half of ln T at least)"
            ).MendedBy(
                "smaller query and key weights, such as xavier_normal for each, the factor 1/sqrt(d) at the logits, or normalized queries and keys"
            ),
        ];
    }
}
