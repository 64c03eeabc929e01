using System.Collections.Immutable;

namespace FanIn.Onnx;

/// <summary>Values for one input of a model, row-major.</summary>
public sealed class OnnxBatch
{
    /// <summary>Values and their shape.</summary>
    /// <param name="values">Whole numbers where the model's input has an integer type, 0 or not where it is a bool.</param>
    /// <param name="shape">As the model takes it, the batch first.</param>
    /// <exception cref="ArgumentException">A size is negative, or the shape holds another number of values.</exception>
    public OnnxBatch(float[] values, params ReadOnlySpan<long> shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (Sizes.Product(shape) != values.Length)
        {
            throw new ArgumentException(
                $"[{string.Join(", ", shape.ToArray())}] doesn't hold {values.Length} values.",
                nameof(shape)
            );
        }
        Values = [.. values];
        Shape = [.. shape];
    }

    /// <summary>The values.</summary>
    public ImmutableArray<float> Values { get; }

    /// <summary>Their shape.</summary>
    public ImmutableArray<long> Shape { get; }
}
