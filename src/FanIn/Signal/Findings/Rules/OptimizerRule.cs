namespace FanIn;

/// <summary>
/// Trainable parameters that no gradient reaches, or that the optimizer doesn't have: warnings, one a layer. What an
/// engine has already told of the same layer (never run, not registered) isn't repeated.
/// </summary>
internal static class OptimizerRule
{
    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence) =>
        Find(
                evidence,
                FindingKind.NoGradient,
                p => p.ReceivesGradient == false,
                "no gradient reaches",
                "use them in forward, or don't detach what they make; set requires_grad to false where they are meant to stay"
            )
            .Concat(
                Find(
                    evidence,
                    FindingKind.NotOptimized,
                    p => p.IsOptimized == false,
                    "the optimizer doesn't have",
                    "pass model.parameters() to the optimizer, after the last layer was made"
                )
            );

    private static IEnumerable<SignalFinding> Find(
        SignalEvidence evidence,
        FindingKind kind,
        Func<ParameterObservation, bool> isAtFault,
        string what,
        string advice
    ) =>
        evidence
            .First.Parameters.Where(p => p.Description.IsTrainable && isAtFault(p))
            .Where(p => !evidence.First.Structure.Any(f => f.Layer.Length > 0 && IsPartOf(p.Description.Name, f.Layer)))
            .GroupBy(p => LayerOf(p.Description.Name))
            .Select(group =>
                new SignalFinding(
                    kind,
                    FindingSeverity.Warning,
                    group.Key,
                    $"{what} {FindingText.List([.. group.Select(p => p.Description.Name)])}: {(group.Skip(1).Any() ? "they stay as they are" : "it stays as it is")}"
                ).MendedBy(advice)
            );

    private static bool IsPartOf(string parameter, string layer) =>
        parameter == layer || parameter.StartsWith($"{layer}.", StringComparison.Ordinal);

    private static string LayerOf(string parameter)
    {
        int dot = parameter.LastIndexOf('.');
        return dot < 0 ? parameter : parameter[..dot];
    }
}
