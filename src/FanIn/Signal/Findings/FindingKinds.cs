namespace FanIn;

/// <summary>How kinds of findings are spelled in reports and JSON.</summary>
public static class FindingKinds
{
    /// <summary>The kind's word: <c>wrong-fan</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It isn't one of the kinds.</exception>
    public static string Text(FindingKind kind) =>
        kind switch
        {
            FindingKind.NonFinite => "non-finite",
            FindingKind.OtherTensors => "other-tensors",
            FindingKind.Uninitialized => "uninitialized",
            FindingKind.Symmetric => "symmetric",
            FindingKind.ShardBoundary => "shard-boundary",
            FindingKind.WrongFan => "wrong-fan",
            FindingKind.UnscaledDepth => "unscaled-depth",
            FindingKind.WrongValues => "wrong-values",
            FindingKind.Exploding => "exploding",
            FindingKind.Vanishing => "vanishing",
            FindingKind.Saturated => "saturated",
            FindingKind.Dead => "dead",
            FindingKind.Collapsing => "collapsing",
            FindingKind.WrongGain => "wrong-gain",
            FindingKind.ForwardUnstable => "forward-unstable",
            FindingKind.TooDeep => "too-deep",
            FindingKind.BatchNormExplosion => "batch-norm-explosion",
            FindingKind.EntropyCollapse => "entropy-collapse",
            FindingKind.Fluctuation => "fluctuation",
            FindingKind.HalfPrecision => "half-precision",
            FindingKind.ConstantWeights => "constant",
            FindingKind.IdenticalTensors => "identical",
            FindingKind.PaddingRow => "padding-row",
            FindingKind.LogitsTooLarge => "logits-too-large",
            FindingKind.LabelImbalance => "label-imbalance",
            FindingKind.InputNotStandardized => "input-not-standardized",
            FindingKind.SoftmaxTwice => "softmax-twice",
            FindingKind.Unregistered => "unregistered",
            FindingKind.Unreached => "unreached",
            FindingKind.NoGradient => "no-gradient",
            FindingKind.NotOptimized => "not-optimized",
            FindingKind.Untrained => "untrained",
            FindingKind.NotRandom => "not-random",
            FindingKind.UnknownOperator => "unknown-operator",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), $"{(int)kind} is no kind of finding."),
        };
}
