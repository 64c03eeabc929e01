using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>A batch: inputs as the network takes them, and what the loss compares its output with.</summary>
/// <param name="Inputs">[batch, ...].</param>
/// <param name="Targets">For the default loss, cross entropy: class indices, int64 [batch].</param>
public readonly record struct Batch(Tensor Inputs, Tensor Targets);

/// <summary>
/// What the trials of a study learn from. Derive from it for batches of one's own; <see cref="Of"/> serves a
/// <see cref="DataSet"/>. Used by several trials at once: what its methods return depends on their arguments alone.
/// </summary>
public abstract class StudyData
{
    /// <summary>How tables call it.</summary>
    public abstract string Name { get; }

    /// <summary>Changes when the data do: part of the key under which results are stored.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>
    /// The loss of the best prediction that ignores its input (for classes: the entropy of their frequencies): a
    /// network that stays there has learned nothing.
    /// </summary>
    public abstract double ChanceLoss { get; }

    /// <summary>The batch of a step, from 0; a function of its arguments alone. The caller disposes the tensors.</summary>
    public abstract Batch Train(int step, int batchSize, Seed order);

    /// <summary>Training examples to measure the signal and to fit LSUV on; about <paramref name="count"/>, always the same.</summary>
    public abstract Batch Probe(int count);

    /// <summary>Batches to measure accuracy on; may be empty.</summary>
    public abstract IEnumerable<Batch> Test();

    /// <summary>The loss of a batch, a scalar; by default the mean cross entropy in nats.</summary>
    public virtual Tensor Loss(Tensor output, Tensor targets) => nn.functional.cross_entropy(output, targets);

    /// <summary>How many of a batch are right; by default those whose largest output is the target's class.</summary>
    public virtual long Correct(Tensor output, Tensor targets) =>
        (long)ScalarValue.Of(output.argmax(1).eq(targets).sum());

    /// <summary>
    /// How an input's weights can be shown as an image (width, height), or null: the study shows the first layer's
    /// weights so.
    /// </summary>
    public virtual (int Width, int Height)? InputImage => null;

    /// <summary>Batches of a data set.</summary>
    public static StudyData Of(DataSet data) => new DataSetBatches(data);
}
