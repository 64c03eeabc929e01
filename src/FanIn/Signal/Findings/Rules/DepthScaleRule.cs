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

    /// <summary>How far the variance may be from its fixed point.</summary>
    private const double Near = 0.2;

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
                    "",
                    $"{depth} layers are {FindingText.Number(depth / scale)} times the depth scale of {FindingText.Number(scale)}: with weight variance {FindingText.Number(map.Weights)} and bias variance {FindingText.Number(map.Biases)} chi perpendicular of {map.Activation} is {FindingText.Number(chi)} (6 times at most: Schoenholz 2017)"
                ).MendedForDepth(evidence),
            ]
            : [];
    }

    private static double? Slope(LengthMap map, double q)
    {
        try
        {
            // Newton's step to where the map changes nothing; a map that is steep there has none near.
            double point = q + ((map.Next(q) - q) / (1 - map.Susceptibility(q).Parallel));
            return Math.Abs((point / q) - 1) <= Near ? map.Susceptibility(point).Perpendicular : null;
        }
        catch (ExpectationException)
        {
            return null;
        }
    }
}
