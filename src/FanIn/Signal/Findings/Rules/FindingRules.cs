using System.Collections.Immutable;

namespace FanIn;

/// <summary>One rule, or a family of rules that share their figures.</summary>
internal delegate IEnumerable<SignalFinding> FindingRule(SignalEvidence evidence);

/// <summary>Every rule, a line each, in the order of the kinds that they find.</summary>
internal static class FindingRules
{
    private static readonly ImmutableArray<FindingRule> s_always =
    [
        NonFiniteRule.Judge,
        HalfPrecisionRule.Judge,
        FreshnessRule.Judge,
        OptimizerRule.Judge,
    ];

    private static readonly ImmutableArray<FindingRule> s_atInitialization =
    [
        SymmetryRule.Judge,
        FanRule.Judge,
        GrowthRule.Judge,
        SaturationRule.Judge,
        DeadRule.Judge,
        CollapseRule.Judge,
        GainRule.Judge,
        StabilityRule.Judge,
        DepthScaleRule.Judge,
        NormalizationRule.Judge,
        AttentionRule.Judge,
        FluctuationRule.Judge,
        ConstantRule.Judge,
        IdenticalRule.Judge,
        LossRule.Judge,
        LabelRule.Judge,
        InputRule.Judge,
    ];

    public static IEnumerable<FindingRule> For(SignalExpectation expectation) =>
        expectation == SignalExpectation.Trained ? s_always : s_always.Concat(s_atInitialization);
}
