using System.Collections.Immutable;

namespace FanIn.Cli.Check;

/// <summary>What a finding's kind is about; a report of test cases has one case of each for a layer.</summary>
internal enum FindingFamily
{
    /// <summary>The signal forward and backward.</summary>
    Signal,

    /// <summary>The weights' own values.</summary>
    Weights,

    /// <summary>Loss, inputs, labels and how the model is put together: not the initialization.</summary>
    Training,
}

/// <summary>What is said of a kind of finding, wherever kinds are listed.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Family">What it is about.</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="Meaning">What it does to training, and usually what mends it: a sentence or two.</param>
internal sealed record FindingEntry(FindingKind Kind, FindingFamily Family, string Title, string Meaning);

/// <summary>Every kind of finding, in the order of causes. SARIF's rules and the table of docs/check.md are made from this.</summary>
internal static class FindingCatalogue
{
    public static ImmutableArray<FindingEntry> All { get; } =
    [
        new(
            FindingKind.NonFinite,
            FindingFamily.Signal,
            "NaN or infinity",
            "Weights, outputs, gradients or the loss are not finite; every update makes them worse. The first such layer is named."
        ),
        new(
            FindingKind.Symmetric,
            FindingFamily.Weights,
            "Units with equal weights",
            "They get equal gradients and stay equal for ever, so that the layer is as good as a narrower one. Random weights break the symmetry."
        ),
        new(
            FindingKind.WrongFan,
            FindingFamily.Weights,
            "Scaled by another fan",
            "The weights' size fits a fan that the layer doesn't have: of a transposed, grouped or packed weight. An initializer that knows the layout mends it."
        ),
        new(
            FindingKind.Exploding,
            FindingFamily.Signal,
            "Grows from layer to layer",
            "The signal or the gradient grows exponentially with depth, until it overflows or one step destroys the weights."
        ),
        new(
            FindingKind.Vanishing,
            FindingFamily.Signal,
            "Shrinks from layer to layer",
            "The signal or the gradient shrinks exponentially with depth: layers at one end hardly learn, or hardly see the input."
        ),
        new(
            FindingKind.Saturated,
            FindingFamily.Signal,
            "In the activation's flat ends",
            "A bounded activation passes no gradient where it is flat."
        ),
        new(
            FindingKind.Dead,
            FindingFamily.Signal,
            "Units that no example opens",
            "A ReLU that is shut for every example passes no gradient and can't recover."
        ),
        new(
            FindingKind.Collapsing,
            FindingFamily.Signal,
            "Examples or tokens become alike",
            "The outputs point in one or a few directions, whatever the input: what tells examples apart is lost."
        ),
        new(
            FindingKind.WrongGain,
            FindingFamily.Weights,
            "Scaled for another activation",
            "The weights' size makes up for another activation than the one that follows."
        ),
        new(
            FindingKind.ForwardUnstable,
            FindingFamily.Signal,
            "A critical point that doesn't hold",
            "The gradient keeps its size only where the signal has one exact size, and a small deviation from it grows with depth (GELU, SiLU without biases)."
        ),
        new(
            FindingKind.TooDeep,
            FindingFamily.Signal,
            "Deeper than examples can be told apart",
            "The depth is beyond the scale on which the correlation of two examples converges."
        ),
        new(
            FindingKind.BatchNormExplosion,
            FindingFamily.Signal,
            "Gradients that normalization makes grow",
            "Batch normalization without skips multiplies the gradient in each layer, whatever the weights' size."
        ),
        new(
            FindingKind.EntropyCollapse,
            FindingFamily.Signal,
            "Attention that looks at one token",
            "The logits of attention are so large that its softmax picks a single token and passes no gradient."
        ),
        new(
            FindingKind.Fluctuation,
            FindingFamily.Signal,
            "Too narrow for its depth",
            "From one seed to the next the signal's size differs by so much that one draw says little about another."
        ),
        new(
            FindingKind.HalfPrecision,
            FindingFamily.Signal,
            "Out of float16's range",
            "Values overflow to infinity or round to 0 in half precision; bfloat16 or another scale holds them."
        ),
        new(
            FindingKind.ConstantWeights,
            FindingFamily.Weights,
            "One value where randomness belongs",
            "A weight is filled with one value."
        ),
        new(
            FindingKind.IdenticalTensors,
            FindingFamily.Weights,
            "Two tensors with the same values",
            "Two weights that aren't meant to be one were drawn with the same key or seed."
        ),
        new(
            FindingKind.LogitsTooLarge,
            FindingFamily.Training,
            "The first loss is far from ignorance",
            "Logits are so large that the network is sure of what it can't know yet; the first steps go into unlearning it."
        ),
        new(
            FindingKind.LabelImbalance,
            FindingFamily.Training,
            "The output's bias ignores the class frequencies",
            "The first steps go into learning how frequent the classes are, which the bias could say from the start."
        ),
        new(
            FindingKind.InputNotStandardized,
            FindingFamily.Training,
            "Inputs of another size",
            "The rules of initialization take inputs of mean 0 and variance 1 for granted."
        ),
        new(
            FindingKind.SoftmaxTwice,
            FindingFamily.Training,
            "Softmax of a softmax",
            "The model ends in a softmax and the loss takes another: gradients are small and the loss can't come near 0."
        ),
        new(
            FindingKind.Unregistered,
            FindingFamily.Training,
            "A layer that isn't listed",
            "The model holds a layer that it doesn't register, so that no optimizer, device or checkpoint sees it."
        ),
        new(
            FindingKind.Unreached,
            FindingFamily.Training,
            "A layer that never ran",
            "The model lists a layer that its forward pass doesn't use."
        ),
        new(
            FindingKind.NoGradient,
            FindingFamily.Training,
            "No gradient arrives",
            "A parameter is meant to be trained, but no gradient reaches it."
        ),
        new(
            FindingKind.NotOptimized,
            FindingFamily.Training,
            "Not in the optimizer",
            "A parameter is meant to be trained, but the optimizer doesn't have it."
        ),
        new(
            FindingKind.Untrained,
            FindingFamily.Weights,
            "Still as initialized",
            "A tensor of a trained model still has the statistics of an initializer: it may never have been trained."
        ),
        new(
            FindingKind.NotRandom,
            FindingFamily.Weights,
            "Not an initialization",
            "Fixed or trained weights, to which no rule of initialization applies."
        ),
        new(
            FindingKind.UnknownOperator,
            FindingFamily.Training,
            "An operator that can't be looked into",
            "What the operator does to the signal isn't known; measurement and theory go on behind it."
        ),
    ];

    /// <summary>The kind's entry.</summary>
    public static FindingEntry Of(FindingKind kind) => All[(int)kind];

    /// <summary>What to write instead, in a sentence; empty where there is nothing.</summary>
    public static string FixOf(SignalFinding finding) =>
        finding.Fix is null ? ""
        : finding.FixInitializer is null ? finding.Fix
        : $"Instead: {finding.Fix}";

    /// <summary>The severity's word, in JSON and for people.</summary>
    public static string Word(FindingSeverity severity) =>
        severity switch
        {
            FindingSeverity.Error => "error",
            FindingSeverity.Warning => "warning",
            _ => "note",
        };

    /// <summary>The family's word.</summary>
    public static string Word(FindingFamily family) =>
        family switch
        {
            FindingFamily.Signal => "signal",
            FindingFamily.Weights => "weights",
            _ => "training",
        };
}
