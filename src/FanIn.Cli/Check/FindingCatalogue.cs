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
/// <param name="Threshold">From where on it is found, how bad it is, and whose limit that is.</param>
internal sealed record FindingEntry(
    FindingKind Kind,
    FindingFamily Family,
    string Title,
    string Meaning,
    string Threshold
)
{
    /// <summary>Meaning and threshold.</summary>
    public string Explanation => $"{Meaning} Limits: {Threshold}.";
}

/// <summary>Every kind of finding, in the order of causes. SARIF's rules and the table of docs/check.md are made from this.</summary>
internal static class FindingCatalogue
{
    public static ImmutableArray<FindingEntry> All { get; } =
    [
        new(
            FindingKind.NonFinite,
            FindingFamily.Signal,
            "NaN or infinity",
            "Weights, outputs, gradients or the loss are not finite; every update makes them worse. The first such layer is named.",
            "any value, told of the parameter, layer or loss where it begins: error (SageMaker Debugger, ExplodingTensor)"
        ),
        new(
            FindingKind.OtherTensors,
            FindingFamily.Weights,
            "Other tensors than the config says",
            "The checkpoint lacks tensors of its config's model, or has others: what lacks is drawn anew, at random, when the model is loaded.",
            "a missing tensor, or one of another shape: error; one too many: warning where another is missing, otherwise note; a tied tensor with other values: warning"
        ),
        new(
            FindingKind.Uninitialized,
            FindingFamily.Weights,
            "Memory that nobody wrote",
            "Zeros, one value or debris where random values belong: a parameter that was allocated and never initialized.",
            "all values, or a whole part of a tensor, alike where they should be random; values 10^6 times as large as the rule's deviation: error"
        ),
        new(
            FindingKind.Symmetric,
            FindingFamily.Weights,
            "Units with equal weights",
            "They get equal gradients and stay equal for ever, so that the layer is as good as a narrower one. Random weights break the symmetry.",
            "all units of a layer alike: error; some, in layers of 8 inputs or more: warning, but not of weights that follow a pattern (TheDeepChecker; Goodfellow et al., Deep Learning, 8.4)"
        ),
        new(
            FindingKind.ShardBoundary,
            FindingFamily.Weights,
            "Statistics that change inside a tensor",
            "Parts of one tensor were initialized with different scales, as ranks do that each see a shard alone.",
            "of up to 64 groups of rows or columns with 1,024 values or more each, the variance changes by more than 7 standard errors at few places and is level between: error"
        ),
        new(
            FindingKind.WrongFan,
            FindingFamily.Weights,
            "Scaled by another fan",
            "The weights' size fits a fan that the layer doesn't have: of a transposed, grouped or packed weight. An initializer that knows the layout mends it.",
            "the weights' variance is a usual rule's for a fan that a framework's convention counts, not for the true one, both within 5 standard errors: warning where the deviation is off by a factor of 2, otherwise note (TheDeepChecker); where it is also a rule's by the true fan-out: note"
        ),
        new(
            FindingKind.UnscaledDepth,
            FindingFamily.Weights,
            "Depth scaling left out",
            "The family divides the weights that write into the residual stream by a root of the depth; without it the stream grows with every block.",
            "the deviation is that of the rule without its factor for the depth, within 1%: error where the factor is 2 or more, otherwise warning"
        ),
        new(
            FindingKind.WrongValues,
            FindingFamily.Weights,
            "Other values than the rule's",
            "The values don't follow the family's rule: another scale, another law, a constant where it doesn't belong, or random values where a constant does.",
            "mean or variance more than 6 standard errors, and 0.2% (bfloat16 1%, since PyTorch's own draws are coarse there), off the rule's, or another kurtosis: warning; a scale off by a factor of 2, or another constant: error"
        ),
        new(
            FindingKind.Exploding,
            FindingFamily.Signal,
            "Grows from layer to layer",
            "The signal or the gradient grows exponentially with depth, until it overflows or one step destroys the weights.",
            "a factor above 100 over the hidden layers: error (AutoTrainer: 70 between gradients); above 1.1 a layer in the deeper half of four or more, with variances more than 10 apart: warning (SageMaker Debugger, PoorWeightInitialization); unless theory predicts a level signal and the measurement is within 5 standard deviations of it; of layers that aren't a chain where a line through them rises by 5 standard errors"
        ),
        new(
            FindingKind.Vanishing,
            FindingFamily.Signal,
            "Shrinks from layer to layer",
            "The signal or the gradient shrinks exponentially with depth: layers at one end hardly learn, or hardly see the input.",
            "the same, below 1/100 and 0.9"
        ),
        new(
            FindingKind.Saturated,
            FindingFamily.Signal,
            "In the activation's flat ends",
            "A bounded activation passes no gradient where it is flat.",
            "where the slope is under a twentieth of the steepest lie more than 50% of a layer's values: warning; 90%: error (SageMaker Debugger, SaturatedActivation; TheDeepChecker)"
        ),
        new(
            FindingKind.Dead,
            FindingFamily.Signal,
            "Units that no example opens",
            "A ReLU that is shut for every example passes no gradient and can't recover.",
            "the predicted share plus 5 standard errors and a tenth, or half of the layer where nothing is predicted: warning; 95%: error; above half, as predicted: note (SageMaker Debugger, DeadRelu)"
        ),
        new(
            FindingKind.Collapsing,
            FindingFamily.Signal,
            "Examples or tokens become alike",
            "The outputs point in one or a few directions, whatever the input: what tells examples apart is lost.",
            "a mean cosine above 0.99: warning, or note where theory predicts it (Dong et al. 2021; Noci et al. 2022)"
        ),
        new(
            FindingKind.InputNotStandardized,
            FindingFamily.Training,
            "Inputs of another size",
            "The rules of initialization take inputs of mean 0 and variance 1 for granted.",
            "a mean square outside 0.1 .. 10, or a mean more than 3 deviations from 0: warning; values scaled into [-1, 1]: note (SageMaker Debugger; TheDeepChecker)"
        ),
        new(
            FindingKind.WrongGain,
            FindingFamily.Weights,
            "Scaled for another activation",
            "The weights' size makes up for another activation than the one that follows.",
            "fan-in times the weights' variance is that of another activation's usual rule within 5 standard errors, and over the layers that share it the growth passes the limits above: warning"
        ),
        new(
            FindingKind.ForwardUnstable,
            FindingFamily.Signal,
            "A critical point that doesn't hold",
            "The gradient keeps its size only where the signal has one exact size, and a small deviation from it grows with depth (GELU, SiLU without biases).",
            "the length map's slope at its fixed point is above 1, and a deviation grows tenfold in variance over the depth: warning, otherwise note (Roberts, Yaida, Hanin 2022)"
        ),
        new(
            FindingKind.TooDeep,
            FindingFamily.Signal,
            "Deeper than examples can be told apart",
            "The depth is beyond the scale on which the correlation of two examples converges.",
            "more than 6 correlation depths, xi = -1 / ln chi: warning (Schoenholz et al. 2017)"
        ),
        new(
            FindingKind.BatchNormExplosion,
            FindingFamily.Signal,
            "Gradients that normalization makes grow",
            "Batch normalization without skips multiplies the gradient in each layer, whatever the weights' size.",
            "the gradient's norm at the first layer more than 1000 times that at the last: error (Yang et al. 2019: a factor pi / (pi - 1) a layer for ReLU)"
        ),
        new(
            FindingKind.EntropyCollapse,
            FindingFamily.Signal,
            "Attention that looks at one token",
            "The logits of attention are so large that its softmax picks a single token and passes no gradient.",
            "a mean entropy of the attention weights below half of the largest possible: warning"
        ),
        new(
            FindingKind.Fluctuation,
            FindingFamily.Signal,
            "Too narrow for its depth",
            "From one seed to the next the signal's size differs by so much that one draw says little about another.",
            "the sum over the hidden layers of (E f^4 / (E f^2)^2 - 1) / n, 5 / n each for relu, above 1: note; above 3: warning (Hanin and Rolnick 2018; Hanin and Nica 2018)"
        ),
        new(
            FindingKind.HalfPrecision,
            FindingFamily.Signal,
            "Out of float16's range",
            "Values overflow to infinity or round to 0 in half precision; bfloat16 or another scale holds them.",
            "outputs above 65504: warning; above a sixteenth of it, or more than half of the gradients rounded to 0: warning for a float16 model, otherwise note"
        ),
        new(
            FindingKind.ConstantWeights,
            FindingFamily.Weights,
            "One value where randomness belongs",
            "A weight is filled with one value.",
            "a table of vectors: error; other weights: warning (TheDeepChecker)"
        ),
        new(
            FindingKind.IdenticalTensors,
            FindingFamily.Weights,
            "Two tensors with the same values",
            "Two weights that aren't meant to be one were drawn with the same key or seed.",
            "two trainable tensors with the same random values: warning"
        ),
        new(
            FindingKind.PaddingRow,
            FindingFamily.Weights,
            "The padding token's vector isn't 0",
            "The row of an embedding that stands for padding gets no gradient and should say nothing; as it is it adds noise to every padded position.",
            "any value that isn't 0, in fresh weights: warning"
        ),
        new(
            FindingKind.LogitsTooLarge,
            FindingFamily.Training,
            "The first loss is far from ignorance",
            "Logits are so large that the network is sure of what it can't know yet; the first steps go into unlearning it.",
            "a first loss above 2 ln C and 5 standard errors of its mean over the batch: warning (TheDeepChecker), where labels or the network say that the output is logits; a tenth above ln C, or off what the logits' variance predicts: note"
        ),
        new(
            FindingKind.LabelImbalance,
            FindingFamily.Training,
            "The output's bias ignores the class frequencies",
            "The first steps go into learning how frequent the classes are, which the bias could say from the start.",
            "labels of a perplexity below half the number of classes, and the commonest class's probability off by a factor of 2: warning (TheDeepChecker; Karpathy 2019)"
        ),
        new(
            FindingKind.SoftmaxTwice,
            FindingFamily.Training,
            "Softmax of a softmax",
            "The model ends in a softmax and the loss takes another: gradients are small and the loss can't come near 0.",
            "the output is a softmax's and the loss is a cross-entropy of logits"
        ),
        new(
            FindingKind.Unregistered,
            FindingFamily.Training,
            "A layer that isn't listed",
            "The model holds a layer that it doesn't register, so that no optimizer, device or checkpoint sees it.",
            "a layer in a field or list that the framework doesn't know of"
        ),
        new(
            FindingKind.Unreached,
            FindingFamily.Training,
            "A layer that never ran",
            "The model lists a layer that its forward pass doesn't use.",
            "no call in the forward pass"
        ),
        new(
            FindingKind.NoGradient,
            FindingFamily.Training,
            "No gradient arrives",
            "A parameter is meant to be trained, but no gradient reaches it.",
            "none from the loss: error, for each place where its way ends; zero everywhere: one note, since a zero gate on the way makes it so until it opens"
        ),
        new(
            FindingKind.NotOptimized,
            FindingFamily.Training,
            "Not in the optimizer",
            "A parameter is meant to be trained, but the optimizer doesn't have it.",
            "one warning, with their names"
        ),
        new(
            FindingKind.Untrained,
            FindingFamily.Weights,
            "Still as initialized",
            "A tensor of a trained model still has the statistics of an initializer: it may never have been trained.",
            "of 1000 values or more, a usual rule's mean, variance and kurtosis within 4 standard errors: all tensors: error; one of 50,000 values or more: warning, a smaller one: note"
        ),
        new(
            FindingKind.NotRandom,
            FindingFamily.Weights,
            "Not an initialization",
            "Fixed or trained weights, to which no rule of initialization applies.",
            "a mean beyond 6 standard errors, a kurtosis of no rule, many zeros, or neighbours that hang together more than 10 times as much as by chance: one note, neutral"
        ),
        new(
            FindingKind.UnknownOperator,
            FindingFamily.Training,
            "An operator that can't be looked into",
            "What the operator does to the signal isn't known; measurement and theory go on behind it.",
            "each is named; where the model can't run for it: warning, since nothing is known of the signal"
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
