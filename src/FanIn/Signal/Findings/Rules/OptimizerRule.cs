namespace FanIn;

/// <summary>
/// Trainable parameters that no gradient reaches: an error for each place where the gradient's way is cut, which is behind
/// the last of the layers in a row that get none. Those that the optimizer doesn't have: one warning. Layers that never ran
/// or aren't registered have no gradient for that reason, which an engine has told already.
/// </summary>
internal static class OptimizerRule
{
    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence) =>
        WithoutGradient(evidence).Concat(NotOptimized(evidence));

    private static IEnumerable<SignalFinding> WithoutGradient(SignalEvidence evidence)
    {
        ParameterObservation[] cut =
        [
            .. evidence.First.Parameters.Where(p =>
                p.Description.IsTrainable && p.ReceivesGradient == false && p.Values.Count > 0 && !IsToldOf(evidence, p)
            ),
        ];
        int?[] rows = [.. cut.Select(p => RowOf(evidence, p))];
        // Rows in a row, and all that belongs to no row, are one cause each.
        int[] ordered = [.. rows.OfType<int>().Distinct().Order()];
        Dictionary<int, int> causes = ordered.Index().ToDictionary(r => r.Item, r => r.Item - r.Index);
        return cut.Zip(rows)
            .GroupBy(p => p.Second is { } row ? causes[row] : -1)
            .Select(group =>
            {
                int last = group.Max(p => p.Second ?? -1);
                string[] names = [.. group.Select(p => p.First.Description.Name)];
                string layer = last >= 0 ? evidence.Rows[last].Name : LayerOf(names[0]);
                string where = last >= 0 ? $": its way from the loss ends behind {FindingText.Quote(layer)}" : "";
                return new SignalFinding(
                    FindingKind.NoGradient,
                    FindingSeverity.Error,
                    layer,
                    $"no gradient reaches {Named(names)}{where}"
                ).MendedBy(
                    "compute the loss from it without detach, no_grad, argmax or conversion to integers; or set requires_grad to false where it is meant to stay"
                );
            });
    }

    private static IEnumerable<SignalFinding> NotOptimized(SignalEvidence evidence)
    {
        ParameterObservation[] trainable = [.. evidence.First.Parameters.Where(p => p.Description.IsTrainable)];
        ParameterObservation[] missing = [.. trainable.Where(p => p.IsOptimized == false)];
        if (missing.Length == 0)
        {
            return [];
        }
        string[] names = [.. missing.Select(p => p.Description.Name)];
        return
        [
            new SignalFinding(
                FindingKind.NotOptimized,
                FindingSeverity.Warning,
                RowOf(evidence, missing[0]) is { } row ? evidence.Rows[row].Name : LayerOf(names[0]),
                $"the optimizer doesn't have {Named(names)}, {FindingText.Of(missing.Length, trainable.Length)} trainable parameters: {(names.Length > 1 ? "they keep their first values" : "it keeps its first value")}"
            ).MendedBy(
                "give the optimizer model.parameters(), after the last layer was made; or set requires_grad to false where a parameter is meant to stay"
            ),
        ];
    }

    private static string Named(string[] names) =>
        names.Length == 1 ? FindingText.Quote(names[0]) : $"{names.Length} parameters, {FindingText.List(names)}";

    private static bool IsToldOf(SignalEvidence evidence, ParameterObservation parameter) =>
        evidence.First.Structure.Any(f =>
            f is { Kind: FindingKind.Unreached or FindingKind.Unregistered, Layer.Length: > 0 }
            && IsPartOf(parameter.Description.Name, f.Layer)
        );

    /// <summary>The row of the layer that a parameter is of, weight or not.</summary>
    private static int? RowOf(SignalEvidence evidence, ParameterObservation parameter)
    {
        if (evidence.LayerOf(parameter) is { } row)
        {
            return row;
        }
        string layer = LayerOf(parameter.Description.Name);
        int found = evidence.Rows.Select(r => r.Name).ToList().IndexOf(layer);
        return found < 0 ? null : found;
    }

    private static bool IsPartOf(string parameter, string layer) =>
        parameter == layer || parameter.StartsWith($"{layer}.", StringComparison.Ordinal);

    private static string LayerOf(string parameter)
    {
        int dot = parameter.LastIndexOf('.');
        return dot < 0 ? parameter : parameter[..dot];
    }
}
