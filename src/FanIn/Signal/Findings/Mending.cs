using System.Collections.Immutable;

namespace FanIn;

/// <summary>Attaches to a finding what mends it.</summary>
internal static class Mending
{
    /// <summary>An initializer for one parameter.</summary>
    public static SignalFinding MendedBy(this SignalFinding finding, Initializer initializer, string parameter) =>
        finding with
        {
            Fix = $"{initializer} for {Spelling.Quote(parameter)}",
            FixInitializer = initializer,
            FixPattern = parameter,
            FixRules = [Lenient(Rule.For(parameter, initializer))],
        };

    /// <summary>Words where no initializer mends it.</summary>
    public static SignalFinding MendedBy(this SignalFinding finding, string advice) => finding with { Fix = advice };

    /// <summary>
    /// The weights of the given layers get what carries a signal through their network; all layers that have one at once
    /// where <paramref name="layers"/> is null.
    /// </summary>
    public static SignalFinding MendedForDepth(
        this SignalFinding finding,
        SignalEvidence evidence,
        IReadOnlyCollection<int>? layers = null
    )
    {
        Activation? activation = evidence.UsualActivation;
        if (evidence.Remedy is not { } remedy)
        {
            string saturating =
                CriticalPoint.Of(activation!) is { } point && Remedy.IsSaturating(point)
                    ? $" without saturating it (critical at a weight variance of {FindingText.Number(point.WeightVariance)}, which makes its inputs' variance {FindingText.Number(point.FixedPoint!.Value)})"
                    : "";
            return finding.MendedBy(
                $"no weights carry a signal through many layers of {activation}{saturating}: normalization, skip connections, or another activation such as tanh or relu do"
            );
        }
        ParameterObservation[] weights =
        [
            .. evidence.First.Parameters.Where(p =>
                p.Description is { Role: ParameterRole.Weight, IsTrainable: true } && !SignalEvidence.IsGate(p)
            ),
        ];
        string[] names = [.. weights.Select(p => p.Description.Name)];
        if (layers is not null)
        {
            string[] chosen =
            [
                .. layers
                    .Select(evidence.WeightOf)
                    .OfType<ParameterObservation>()
                    .Select(p => p.Description.Name)
                    .Distinct(),
            ];
            names = chosen.Length == 0 ? names : chosen;
        }
        if (names.Length == 0)
        {
            return finding.MendedBy($"{remedy} for the weights");
        }
        if (evidence.Prediction is { IsChain: false } && names.All(name => evidence.HasScale(name, remedy)))
        {
            return finding.MendedBy(
                $"the weights already have the scale of {remedy.Weights}: multiply each residual branch by 1 / sqrt(number of branches), start its last layer at zero, or normalize"
            );
        }
        bool isAll = names.Length == evidence.First.Parameters.Count(p => p.Description.Role == ParameterRole.Weight);
        return finding.MendedBy(remedy, names, isAll, evidence);
    }

    /// <summary>
    /// Zeros for those biases of the given layers that make up more than half of what their units give; where there are none,
    /// it is the weights.
    /// </summary>
    public static SignalFinding MendedWhereShut(
        this SignalFinding finding,
        SignalEvidence evidence,
        IReadOnlyCollection<int> layers
    )
    {
        var known = evidence.First.Parameters.ToDictionary(p => p.Description.Name, StringComparer.Ordinal);
        string[] biases =
        [
            .. layers
                .Where(layer => BiasAt(layer) is { } bias && bias.Values.Rms > evidence.Rows[layer].MeasuredRms / 2)
                .Select(layer => BiasAt(layer)!.Description.Name),
        ];
        if (biases.Length == 0)
        {
            return finding.MendedForDepth(evidence, layers);
        }
        string pattern = string.Join('|', biases);
        return finding with
        {
            Fix = $"{Initializer.Zeros} for {FindingText.List(biases)}",
            FixInitializer = Initializer.Zeros,
            FixPattern = pattern,
            FixRules = [Lenient(Rule.For(pattern, Initializer.Zeros))],
        };

        ParameterObservation? BiasAt(int layer) =>
            evidence.WeightOf(layer) is { } weight && BiasOf(weight.Description.Name) is { } name
                ? known.GetValueOrDefault(name)
                : null;
    }

    private static SignalFinding MendedBy(
        this SignalFinding finding,
        Remedy remedy,
        string[] weights,
        bool isAll,
        SignalEvidence evidence
    )
    {
        var known = evidence.First.Parameters.Select(p => p.Description.Name).ToHashSet(StringComparer.Ordinal);
        string[] biases = [.. weights.Select(BiasOf).OfType<string>().Where(known.Contains)];
        if (remedy.Biases is not null && biases.Length == 0)
        {
            remedy = Remedy.Fitted;
        }
        // A critical point without biases is one of a network without.
        if (remedy is { Biases: null, Scale: not null } && biases.Any(IsSet))
        {
            remedy = remedy with { Biases = Initializer.Zeros };
        }
        string? output = evidence.Rows is [_, .., var last] ? last.Observation.Weight : null;
        var rules = ImmutableArray.CreateBuilder<Rule>();
        if (remedy.Output is not null && output is not null && weights.Contains(output))
        {
            rules.Add(Lenient(Rule.For(output, remedy.Output)));
            if (BiasOf(output) is { } bias && known.Contains(bias))
            {
                rules.Add(Lenient(Rule.For(bias, Initializer.Zeros)));
            }
        }
        string pattern = Pattern(weights, known);
        rules.Add(
            isAll ? Lenient(Rule.For(ParameterRole.Weight, remedy.Weights)) : Lenient(Rule.For(pattern, remedy.Weights))
        );
        if (remedy.Biases is not null)
        {
            rules.Add(
                isAll
                    ? Lenient(Rule.For(ParameterRole.Bias, remedy.Biases))
                    : Lenient(Rule.For(Pattern(biases, known), remedy.Biases))
            );
        }
        return finding with
        {
            Fix = isAll ? $"{remedy}" : $"{remedy} for {FindingText.List(weights)}",
            FixInitializer = remedy.Weights,
            FixPattern = pattern,
            FixRules = rules.ToImmutable(),
        };

        bool IsSet(string bias) => evidence.First.Parameters.Any(p => p.Description.Name == bias && p.Values.Rms > 0);
    }

    /// <summary><c>*.weight</c> where that says the same, otherwise the names.</summary>
    private static string Pattern(string[] names, HashSet<string> known)
    {
        foreach (string ending in (string[])[".weight", ".bias"])
        {
            if (
                names.Length > 1
                && known.Where(n => n.EndsWith(ending, StringComparison.Ordinal)).ToHashSet().SetEquals(names)
            )
            {
                return $"*{ending}";
            }
        }
        return string.Join('|', names);
    }

    private static string? BiasOf(string weight) =>
        weight.EndsWith("weight", StringComparison.Ordinal) ? $"{weight[..^"weight".Length]}bias" : null;

    /// <summary>Of several findings' rules some may come too late, or be for parameters that the model lacks.</summary>
    private static Rule Lenient(Rule rule) => rule with { MayMatchNothing = true, MayBeOverruled = true };
}
