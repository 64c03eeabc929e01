namespace FanIn;

/// <summary>
/// Gradients that grow by R = E f'^2 / Var f a normalized layer, in the second moment (Yang 2019; for ReLU pi / (pi - 1)):
/// an error where their norm at the first layer is more than 1000 times that at the last, as in a ReLU chain of 37 layers.
/// Measured, or predicted where gradients weren't measured. No weights mend it, since R is above 1 for all but linear
/// networks.
/// </summary>
internal static class NormalizationRule
{
    private const double Most = 1000;

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        int[] normalized = [.. evidence.Hidden.Where(i => evidence.First.Layers[i].IsNormalized)];
        if (normalized.Length < 2)
        {
            return [];
        }
        bool isMeasured = evidence.WithGradients;
        double?[] sizes =
        [
            .. normalized.Select(i =>
                isMeasured ? GrowthRule.GradientNorm(evidence, i) : evidence.Rows[i].Prediction?.GradientRms
            ),
        ];
        int[] known = [.. Enumerable.Range(0, sizes.Length).Where(i => sizes[i] is > 0)];
        if (known.Length < 2)
        {
            return [];
        }
        double total = sizes[known[0]]!.Value / sizes[known[^1]]!.Value;
        int layers = known[^1] - known[0];
        if (!(total > Most))
        {
            return [];
        }
        double perLayer = Exponential.Of(CorrectlyRounded.Log(Math.Min(total, 1e300)) / layers);
        string first = evidence.Rows[normalized[known[0]]].Name;
        string last = evidence.Rows[normalized[known[^1]]].Name;
        return
        [
            new SignalFinding(
                FindingKind.BatchNormExplosion,
                FindingSeverity.Error,
                first,
                $"the gradient {(isMeasured ? "is" : "is predicted to be")} {FindingText.Number(total)} times as large at {FindingText.Quote(first)} as at {FindingText.Quote(last)}, {FindingText.Number(perLayer)} times a normalized layer (1000 times at most; with ReLU sqrt(pi / (pi - 1)) = 1.21 a layer: Yang 2019)"
            ).MendedBy("skip connections around the normalized layers, or fewer of them: no weights mend it"),
        ];
    }
}
