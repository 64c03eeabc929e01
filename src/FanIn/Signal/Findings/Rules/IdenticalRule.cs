namespace FanIn;

/// <summary>
/// Two trainable tensors with the same random values: a layer copied with its weights (as PyTorch's TransformerEncoder copies
/// its one layer), or one seed for all. Layers that start alike learn alike for a while, and independent draws are what all
/// theory assumes: a warning. Tensors whose values are one number but for signs and zeros (constants, identities) are alike by
/// design.
/// </summary>
internal static class IdenticalRule
{
    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence) =>
        from parameter in evidence.First.Parameters
        where
            parameter is { Fingerprint: not null, Values.Count: > 1 }
            && parameter.Description is { IsTrainable: true, Role: ParameterRole.Weight or ParameterRole.Embedding }
            && !IsPattern(parameter.Values)
        group parameter by parameter.Fingerprint into equal
        let names = equal.Select(p => p.Description.Name).Distinct().ToArray()
        where names.Length > 1
        select Finding(evidence, [.. equal], names);

    private static SignalFinding Finding(SignalEvidence evidence, ParameterObservation[] equal, string[] names)
    {
        string second = names[1];
        string layer = evidence.LayerOf(equal.First(p => p.Description.Name == second)) is { } index
            ? evidence.Rows[index].Name
            : second;
        return new SignalFinding(
            FindingKind.IdenticalTensors,
            FindingSeverity.Warning,
            layer,
            $"{FindingText.List(names)} have the same {equal[0].Values.Count} values (independent draws expected: every parameter has a key of its own)"
        ).MendedBy("initialize each with its own key, as a recipe does: the values then differ by name");
    }

    /// <summary>E x^4 / (E x^2)^2 is one over the share of nonzeros exactly where these have one size.</summary>
    private static bool IsPattern(TensorStatistics values) =>
        values.Rms == 0 || Math.Abs((values.FourthMoment * (values.Count - values.Zeros) / values.Count) - 1) < 1e-6;
}
