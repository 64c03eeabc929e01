using System.Collections.Immutable;

namespace FanIn.Onnx;

/// <summary>What an <see cref="OnnxCheck"/> is to know beside the model.</summary>
public sealed record OnnxCheckOptions
{
    /// <summary>
    /// Shapes of inputs by name, the batch first, for those that the model leaves open. A model of one input may have it
    /// under the empty name.
    /// </summary>
    public ImmutableDictionary<string, ImmutableArray<long>> InputShapes { get; init; } =
        ImmutableDictionary<string, ImmutableArray<long>>.Empty;

    /// <summary>
    /// Values of inputs by name, as <see cref="InputShapes"/>. Others get standard normal numbers from FanIn's streams;
    /// token ids uniform ones within their table, masks ones.
    /// </summary>
    public ImmutableDictionary<string, OnnxBatch> Inputs { get; init; } = ImmutableDictionary<string, OnnxBatch>.Empty;

    /// <summary>Examples in the batch, where the model leaves the first dimension open; at least 1.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>Of made-up inputs, and the first of the recipe's seeds.</summary>
    public Seed Seed { get; init; } = 1;

    /// <summary>
    /// What the weights are taken for. Null: trained, since nearly every file is, or freshly initialized where there is a
    /// <see cref="Recipe"/>.
    /// </summary>
    public SignalExpectation? Expectation { get; init; }

    /// <summary>
    /// Initializes the model anew, in memory, for each of <see cref="Seeds"/> seeds. Null: the weights are checked as they
    /// are.
    /// </summary>
    public Recipe? Recipe { get; init; }

    /// <summary>How many sets of weights a recipe is tried with: the <see cref="Seed"/> and those after it; at least 1.</summary>
    public int Seeds { get; init; } = 5;

    /// <summary>
    /// Bytes of outputs that are held at a time, as far as single ones allow it: a model with more is run several times.
    /// </summary>
    public long MemoryBudget { get; init; } = 512L << 20;
}
