using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>What a <see cref="SignalCheck"/> is to know beside the model and the batch.</summary>
public sealed record SignalCheckOptions
{
    /// <summary>
    /// The right classes, int64: [batch] for an output [batch, classes], [batch, tokens] for one of [batch, tokens, classes].
    /// Null: drawn uniformly from FanIn's streams by <see cref="Seed"/>.
    /// </summary>
    public Tensor? Labels { get; init; }

    /// <summary>
    /// From the model's output to one number. Null: the cross-entropy of an output [batch, classes], and of one
    /// [batch, tokens, classes] of a model that reads token ids; otherwise the mean square of the output.
    /// </summary>
    public Func<Tensor, Tensor>? Loss { get; init; }

    /// <summary>
    /// True where the output is known for the logits of classes. Without it, and without <see cref="Labels"/>, a first loss that
    /// is far from chance is no more than a note: any model may have an output [batch, n].
    /// </summary>
    public bool IsClassifier { get; init; }

    /// <summary>The optimizer; null: parameters aren't checked for being in one.</summary>
    public optim.Optimizer? Optimizer { get; init; }

    /// <summary>The parameters that are trained, where there is no <see cref="Optimizer"/> yet; null: not checked.</summary>
    public IEnumerable<Parameter>? OptimizedParameters { get; init; }

    /// <summary>What the weights are taken for.</summary>
    public SignalExpectation Expectation { get; init; }

    /// <summary>
    /// Initializes the model anew for each of <see cref="Seeds"/> seeds, so that the spread over seeds is known; afterwards
    /// the weights are as they were. Null: the weights are checked as they are.
    /// </summary>
    public Recipe? Recipe { get; init; }

    /// <summary>The first of the recipe's seeds, and that of made-up labels.</summary>
    public Seed Seed { get; init; } = 1;

    /// <summary>How many sets of weights a recipe is tried with: the <see cref="Seed"/> and those after it; at least 1.</summary>
    public int Seeds { get; init; } = 5;
}
