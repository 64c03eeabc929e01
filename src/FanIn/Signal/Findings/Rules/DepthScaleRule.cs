namespace FanIn;

/// <summary>
/// Deeper than examples can be told apart: a chain in the ordered phase forgets their difference, and loses its gradients,
/// within xi = -1 / ln(chi perpendicular) layers, and beyond 6 xi it doesn't train (Schoenholz 2017, figure 5). A warning.
/// Chaos, where chi is above 1, shows as exploding gradients; and where the signal's size isn't at a fixed point, chi says
/// nothing of examples: a ReLU chain tells them apart as well when it vanishes.
/// </summary>
internal static class DepthScaleRule
{
    private const double MostScales = 6;

    /// <summary>How far a layer may change the variance where that counts as fixed.</summary>
    private const double Fixed = 0.01;

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        if (
            evidence is not { Map: { } map, Prediction.Layers: [.., var last, _] }
            || !(last.Rms > 1e-20 && last.Rms < 1e20)
            || Slope(map, last.Rms * last.Rms) is not ({ } chi and > 0 and < 1)
        )
        {
            return [];
        }
        double scale = -1 / CorrectlyRounded.Log(chi);
        int depth = evidence.Rows.Length - 1;
        return depth > MostScales * scale
            ?
            [
                new SignalFinding(
                    FindingKind.TooDeep,
                    FindingSeverity.Warning,
                    evidence.Rows[Math.Min(depth - 1, (int)Math.Ceiling(MostScales * scale))].Name,
                    $"{depth} layers are {FindingText.Number(depth / scale)} times the depth scale of {FindingText.Number(scale)}: with weight variance {FindingText.Number(map.Weights)} and bias variance {FindingText.Number(map.Biases)} chi perpendicular of {map.Activation} is {FindingText.Number(chi)} (6 times at most: Schoenholz 2017)"
                ).MendedForDepth(evidence),
            ]
            : [];
    }

    private static double? Slope(LengthMap map, double q)
    {
        try
        {
            return Math.Abs((map.Next(q) / q) - 1) <= Fixed ? map.Susceptibility(q).Perpendicular : null;
        }
        catch (ExpectationException)
        {
            return null;
        }
    }
}
