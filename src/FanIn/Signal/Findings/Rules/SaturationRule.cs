namespace FanIn;

/// <summary>
/// Values in the flat ends of a bounded activation, where the slope is under a twentieth of the steepest: a warning above
/// half of a layer (SageMaker Debugger, SaturatedActivation, and TheDeepChecker: 50%), an error above 9 of 10, where next
/// to nothing comes back. One finding, of the first layer.
/// </summary>
internal static class SaturationRule
{
    private const double Most = 0.5;
    private const double Fatal = 0.9;

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        (int Layer, double Share)[] layers =
        [
            .. Enumerable
                .Range(0, evidence.Rows.Length)
                .Select(i => (i, evidence.Rows[i].SaturatedShare ?? 0))
                .Where(l => l.Item2 > Most),
        ];
        if (layers.Length == 0)
        {
            return [];
        }
        (int first, double share) = layers[0];
        SignalLayer row = evidence.Rows[first];
        string expected = row.Prediction?.SaturatedShare is { } predicted
            ? $" ({FindingText.Percent(predicted)} predicted)"
            : "";
        string more = layers.Length == 1 ? "" : $", and in {layers.Length - 1} more layers";
        return
        [
            new SignalFinding(
                FindingKind.Saturated,
                layers.Any(l => l.Share > Fatal) ? FindingSeverity.Error : FindingSeverity.Warning,
                row.Name,
                $"{FindingText.Percent(share)} of the outputs of {FindingText.Quote(row.Name)} are in the flat ends of {row.Observation.Activation?.ToString() ?? "the activation"}{expected}{more}: its input has an RMS of {FindingText.Number(row.MeasuredRms)} (at most 50%: SageMaker Debugger, SaturatedActivation)"
            ).MendedForDepth(
                evidence,
                layers.Length >= evidence.Rows.Length - 1 ? null : [.. layers.Select(l => l.Layer)]
            ),
        ];
    }
}
