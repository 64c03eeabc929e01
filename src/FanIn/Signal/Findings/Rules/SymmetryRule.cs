namespace FanIn;

/// <summary>
/// Units with equal incoming weights get equal gradients and stay equal (TheDeepChecker, "symmetry"; Goodfellow et al.,
/// Deep Learning, 8.4). An error where all units of a layer are alike; a warning where some are, in layers of 8 inputs or
/// more, since with fewer chance alone makes pairs. Where the gradients of such units differ, which units of unequal outgoing
/// weights have, they part with the first step, but begin as a narrower layer all the same: the sentence says so. Weights
/// that follow a pattern (<see cref="SignalEvidence.IsPattern"/>: a Fourier basis has two rows of zeros) are no units that
/// were to differ at random. Layers of zeros that are meant so (<see cref="SignalEvidence.IsMeantZero"/>) aren't accused, nor
/// are depthwise convolutions, whose units see different inputs.
/// </summary>
internal static class SymmetryRule
{
    private const double LeastFan = 8;
    private const string Source = "equal units get equal gradients and stay equal for ever: TheDeepChecker, symmetry";

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        foreach (ParameterObservation parameter in evidence.First.Parameters)
        {
            if (
                parameter is { DistinctUnits: { } distinct, Values.NonFinite: 0 }
                && parameter.Description is { Role: ParameterRole.Weight, IsTrainable: true }
                && !evidence.IsMeantZero(parameter)
                && Judge(evidence, parameter, distinct) is { } finding
            )
            {
                yield return finding;
            }
        }
    }

    private static SignalFinding? Judge(SignalEvidence evidence, ParameterObservation parameter, int distinct)
    {
        ParameterDescription description = parameter.Description;
        TensorDescription part = description.Blocks.IsEmpty ? description.Tensor : description.Blocks[0].Tensor;
        long units = description.Blocks.IsEmpty ? part.Outputs : description.Blocks.Sum(b => b.Tensor.Outputs);
        bool isDepthwise = part.Groups > 1 && part.Groups == part.Inputs;
        if (units < 2 || distinct < 1 || distinct >= units || isDepthwise)
        {
            return null;
        }
        bool isAll = distinct == 1;
        if (!isAll && (SignalEvidence.IsPattern(parameter) || !(part.Fan is { In: >= LeastFan })))
        {
            return null;
        }
        string name = description.Name;
        string layer = evidence.LayerOf(parameter) is { } index ? evidence.Rows[index].Name : name;
        bool parts = parameter.GradientDistinctUnits > distinct && !SignalEvidence.IsZero(parameter);
        FindingSeverity severity = isAll ? FindingSeverity.Error : FindingSeverity.Warning;
        string what =
            isAll && SignalEvidence.IsZero(parameter)
                ? $"all {units} units of {FindingText.Quote(name)} have weights 0 and get no gradient"
            : isAll ? $"all {units} units of {FindingText.Quote(name)} have the same weights"
            : $"only {distinct} of {units} units of {FindingText.Quote(name)} differ";
        string source =
            parts && !isAll
                ? $"{parameter.GradientDistinctUnits} gradients differ, so that training parts the copies, but it begins with a layer {distinct} units wide"
                : Source;
        return new SignalFinding(FindingKind.Symmetric, severity, layer, $"{what} ({source})").MendedBy(
            evidence.Remedy?.Weights ?? Initializer.XavierNormal(),
            name
        );
    }
}
