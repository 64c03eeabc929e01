namespace FanIn;

/// <summary>
/// Weights whose variance is a usual rule's for a fan that the layer doesn't have, as a framework's convention counts it
/// (transposed, grouped, packed), and isn't one for the true fan, both within five standard errors. A warning where the
/// standard deviation is off by a factor of 2 or more (TheDeepChecker: a layer's standard deviation within 0.5 and 2),
/// otherwise, or before a normalization layer, a note. Where the variance is also that of a rule by the true fan-out, both
/// are possible, as of a transposed convolution, whose fan-out PyTorch takes for the fan-in: a note that names both.
/// Tensors so small that the error is beyond 25% aren't judged.
/// </summary>
internal static class FanRule
{
    private const double LargestTolerance = 0.25;
    private const double MostFactor = 2;

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        foreach (ParameterObservation parameter in evidence.First.Parameters)
        {
            if (
                parameter is { MistakenFans.IsDefaultOrEmpty: false, Values: { NonFinite: 0, Rms: > 0 } }
                && parameter.Description.Role == ParameterRole.Weight
                && Judge(evidence, parameter) is { } finding
            )
            {
                yield return finding;
            }
        }
    }

    private static SignalFinding? Judge(SignalEvidence evidence, ParameterObservation parameter)
    {
        ParameterDescription description = parameter.Description;
        TensorDescription tensor = description.Blocks.IsEmpty ? description.Tensor : description.Blocks[0].Tensor;
        double tolerance = UsualLaw.Tolerance(parameter.Values);
        if (
            tensor.Fan is not { In: > 0, Out: > 0 } fan
            || tolerance > LargestTolerance
            || UsualLaw.All.Any(law => !law.IsByFanOut && law.Fits(parameter.Values, fan, tolerance))
        )
        {
            return null;
        }
        (UsualLaw Law, Fan Fan)[] mistaken =
        [
            .. from wrong in parameter.MistakenFans
            from law in UsualLaw.All
            where law.Fits(parameter.Values, wrong, tolerance)
            select (law, wrong),
        ];
        if (mistaken.Length == 0)
        {
            return null;
        }
        // Of rules that all fit, the nearest is the likeliest.
        (UsualLaw rule, Fan taken) = mistaken.MinBy(m => m.Law.Distance(parameter.Values, m.Fan));
        UsualLaw? right = UsualLaw
            .All.Where(law => law.IsByFanOut && law.Fits(parameter.Values, fan, tolerance))
            .MinBy(law => law.Distance(parameter.Values, fan));
        string name = description.Name;
        int? index = evidence.LayerOf(parameter);
        double factor = parameter.Values.Rms / Math.Sqrt(rule.Variance(fan));
        double off = Math.Max(factor, 1 / factor);
        bool isNormalized = index is { } at && evidence.First.Layers[at].IsNormalized;
        bool isWarning = off * (1 + tolerance) >= MostFactor && !isNormalized && right is null;
        string why =
            right is not null ? $"unless {right.Name} by the layer's own fans is what was meant, which is the same"
            : isNormalized ? "the normalization behind it takes that away"
            : isWarning ? "TheDeepChecker allows a factor of 2"
            : "within the factor of 2 that TheDeepChecker allows";
        string block = description.Blocks.IsEmpty ? "" : $" of each of its {description.Blocks.Length} blocks";
        return new SignalFinding(
            FindingKind.WrongFan,
            isWarning ? FindingSeverity.Warning : FindingSeverity.Note,
            index is { } layer ? evidence.Rows[layer].Name : name,
            $"the weights of {FindingText.Quote(name)} have the standard deviation {FindingText.Number(parameter.Values.Rms)} that {rule.Name} gives a fan-in of {FindingText.Number(taken.In)} and a fan-out of {FindingText.Number(taken.Out)}, but the layer's fans{block} are {FindingText.Number(fan.In)} and {FindingText.Number(fan.Out)}: {FindingText.Number(factor)} times what they should be ({why})"
        ).MendedBy(right is null ? Right(rule) : Right(right), name);
    }

    private static Initializer Right(UsualLaw rule) => Initializer.Parse(rule.Name);
}
