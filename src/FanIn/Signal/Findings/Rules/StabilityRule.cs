namespace FanIn;

/// <summary>
/// A chain whose weights keep one size of signal only, and let every other run away from it: the length map has a fixed
/// point with slope chi parallel above 1 (Roberts, Yaida, Hanin 2022: GELU, SiLU and their kin below their double-critical
/// bias variance). A warning where a deviation grows tenfold in variance over the depth (SageMaker Debugger,
/// PoorWeightInitialization: 10), otherwise a note.
/// </summary>
internal static class StabilityRule
{
    private const double LeastSlope = 1.02;
    private const double MostGrowth = 10;

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        if (evidence.Map is not { } map || Unstable(map) is not { } point || point.Slope < LeastSlope)
        {
            return [];
        }
        int depth = evidence.Rows.Length - 1;
        double growth = RealPower.Of(point.Slope, depth);
        return
        [
            new SignalFinding(
                FindingKind.ForwardUnstable,
                growth > MostGrowth ? FindingSeverity.Warning : FindingSeverity.Note,
                "",
                $"{map.Activation} with weight variance {FindingText.Number(map.Weights)} and bias variance {FindingText.Number(map.Biases)} keeps a signal of variance {FindingText.Number(point.Variance)} only: chi parallel is {FindingText.Number(point.Slope)} there, so over {depth} layers a deviation grows {FindingText.Number(growth)} times (above 1: Roberts, Yaida, Hanin 2022)"
            ).MendedForDepth(evidence),
        ];
    }

    private static (double Variance, double Slope)? Unstable(LengthMap map)
    {
        try
        {
            return map.Unstable();
        }
        catch (ExpectationException)
        {
            return null;
        }
    }
}
