namespace FanIn;

/// <summary>
/// A batch of another size than the rules assume, 1: a warning where its mean square is outside 0.1 .. 10 (SageMaker
/// Debugger, PoorWeightInitialization, allows variances 10 apart), or its mean more than 3 standard deviations from 0; a
/// note where that comes from values scaled into [-1, 1], which TheDeepChecker accepts. What the first layer itself gets
/// counts, where it was seen: a network may standardize for itself.
/// </summary>
internal static class InputRule
{
    private const double MostMeanSquare = 10;
    private const double MostShift = 3;
    private const double LeastImageRms = 0.05;

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        if (
            evidence.First.Input is not { Count: > 1, NonFinite: 0 } input
            || IsStandardized(input)
            || (evidence.First.Layers is [{ Input: { Count: > 1, NonFinite: 0 } seen }, ..] && IsStandardized(seen))
        )
        {
            return [];
        }
        bool isScaled = input.Largest <= 1 && input.Rms >= LeastImageRms;
        string problem =
            $"the batch has mean {FindingText.Number(input.Mean)}, standard deviation {FindingText.Number(input.StandardDeviation)} and largest absolute value {FindingText.Number(input.Largest)}, where initializers assume 0 and 1";
        return
        [
            new SignalFinding(
                FindingKind.InputNotStandardized,
                isScaled ? FindingSeverity.Note : FindingSeverity.Warning,
                "",
                isScaled
                    ? $"{problem}; scaled into [-1, 1] it will do (TheDeepChecker)"
                    : $"{problem} (a mean square within 0.1 and 10: SageMaker Debugger, PoorWeightInitialization)"
            ).MendedBy(
                input.StandardDeviation > 0
                    ? $"standardize the inputs: (x - {FindingText.Number(input.Mean)}) / {FindingText.Number(input.StandardDeviation)}"
                    : "give examples that differ: every value of this batch is the same"
            ),
        ];
    }

    private static bool IsStandardized(TensorStatistics values)
    {
        double meanSquare = values.Rms * values.Rms;
        return meanSquare is >= 1 / MostMeanSquare and <= MostMeanSquare
            && Math.Abs(values.Mean) <= MostShift * values.StandardDeviation;
    }
}
