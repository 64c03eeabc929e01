namespace FanIn;

/// <summary>
/// Units that their activation shuts for every example. Deep in a healthy ReLU chain examples grow alike, and nearly half
/// of the units are shut for all: so the share is held against the predicted one, with a reach of 5 standard errors and a
/// tenth, and where nothing is predicted against half of the layer (SageMaker Debugger, DeadRelu: 50%). A warning beyond
/// it, an error from 95% on, a note of a share above one half that is as predicted. One finding, of the first layer.
/// </summary>
internal static class DeadRule
{
    private const double Most = 0.5;
    private const double Fatal = 0.95;
    private const double Reach = 0.1;

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        (int Layer, double Share, double Limit)[] layers =
        [
            .. evidence.Hidden.Select(i => (i, evidence.Rows[i].DeadShare ?? 0, Limit(evidence, i))),
        ];
        (int Layer, double Share, double Limit)[] dead = [.. layers.Where(l => l.Share > l.Limit)];
        if (dead.Length > 0)
        {
            (int layer, double share, _) = dead[0];
            string more = dead.Length == 1 ? "" : $", and too many in {dead.Length - 1} more layers";
            return
            [
                new SignalFinding(
                    FindingKind.Dead,
                    dead.Any(d => d.Share >= Fatal) ? FindingSeverity.Error : FindingSeverity.Warning,
                    evidence.Rows[layer].Name,
                    $"{Shut(evidence, layer, share)}{more} ({Source(evidence, layer)})"
                ).MendedWhereShut(evidence, [.. dead.Select(d => d.Layer)]),
            ];
        }
        return layers.FirstOrDefault(l => l.Share > Most) is { Share: > 0 } meant
            ?
            [
                new(
                    FindingKind.Dead,
                    FindingSeverity.Note,
                    evidence.Rows[meant.Layer].Name,
                    $"{Shut(evidence, meant.Layer, meant.Share)}, as theory has it at this depth ({Source(evidence, meant.Layer)})"
                ),
            ]
            : [];
    }

    /// <summary>True where more units are shut than may be.</summary>
    public static bool IsBeyond(SignalEvidence evidence, int layer) =>
        evidence.Rows[layer].DeadShare is { } share && share > Limit(evidence, layer);

    private static double Limit(SignalEvidence evidence, int layer)
    {
        if (evidence.Rows[layer].Prediction?.DeadShare is not { } predicted)
        {
            return Most;
        }
        double units = Math.Max(1, evidence.WeightOf(layer)?.Description.Tensor.Outputs ?? 64);
        double error = Math.Sqrt(Math.Max(0, predicted * (1 - predicted)) / units);
        return Math.Max(Most, predicted + Reach + (5 * error));
    }

    private static string Shut(SignalEvidence evidence, int layer, double share) =>
        $"{FindingText.Percent(share)} of the units of {FindingText.Quote(evidence.Rows[layer].Name)} are shut for every example of the batch";

    private static string Source(SignalEvidence evidence, int layer) =>
        evidence.Rows[layer].Prediction?.DeadShare is { } predicted
            ? $"{FindingText.Percent(predicted)} predicted, half of a layer at most: SageMaker Debugger, DeadRelu"
            : "half of a layer at most: SageMaker Debugger, DeadRelu";
}
