namespace FanIn;

/// <summary>
/// One value where randomness belongs, in weights whose units can't show it (one unit, depthwise) and in tables of vectors,
/// whose rows would all be alike: an error for a table, a warning otherwise. Zeros that get a gradient are meant so.
/// <see cref="SymmetryRule"/> has the other weights (TheDeepChecker, "symmetry").
/// </summary>
internal static class ConstantRule
{
    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        foreach (ParameterObservation parameter in evidence.First.Parameters)
        {
            TensorStatistics values = parameter.Values;
            ParameterDescription description = parameter.Description;
            bool isTable = description.Role == ParameterRole.Embedding;
            bool isSymmetric = parameter.DistinctUnits == 1 && description.Tensor.Outputs > 1;
            bool isDepthwise = description.Tensor.Groups > 1 && description.Tensor.Groups == description.Tensor.Inputs;
            if (
                values is { Count: > 1, NonFinite: 0 }
                && values.StandardDeviation <= 1e-6 * values.Largest
                && description.IsTrainable
                && (isTable || description.Role == ParameterRole.Weight)
                && (isTable || !isSymmetric || isDepthwise)
                && !evidence.IsMeantZero(parameter)
            )
            {
                string name = description.Name;
                yield return new SignalFinding(
                    FindingKind.ConstantWeights,
                    isTable ? FindingSeverity.Error : FindingSeverity.Warning,
                    evidence.LayerOf(parameter) is { } layer ? evidence.Rows[layer].Name : name,
                    $"all {values.Count} values of {FindingText.Quote(name)} are {FindingText.Number(values.Mean)}{(isTable ? ", so that its rows can't be told apart" : "")} (random weights expected: TheDeepChecker, symmetry)"
                ).MendedBy(
                    isTable ? Initializer.Normal() : evidence.Remedy?.Weights ?? Initializer.XavierNormal(),
                    name
                );
            }
        }
    }
}
