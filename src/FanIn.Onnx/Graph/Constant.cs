using System.Collections.Immutable;

namespace FanIn.Onnx;

/// <summary>A tensor of the file that a node reads, directly or through nodes that only present it otherwise.</summary>
/// <param name="Tensor">The stored values; of a sparse one those that are stored.</param>
/// <param name="Scope">Where it lies.</param>
internal sealed record Constant(TensorData Tensor, GraphScope Scope)
{
    /// <summary>Its shape where only some values are stored.</summary>
    public SparseData? Sparse { get; init; }

    /// <summary>True for an initializer, which has a name of its own; false for a Constant node.</summary>
    public bool IsInitializer { get; init; }

    /// <summary>True where the node reads the transposed matrix.</summary>
    public bool IsTransposed { get; init; }

    /// <summary>True where axes were moved otherwise: what they are to the reader isn't known.</summary>
    public bool IsPermuted { get; init; }

    /// <summary>True where the node reads a part of it, or parts in another order: exporters sort the gates of an LSTM so.</summary>
    public bool IsCut { get; init; }

    /// <summary>All that were put one after the other to what the node reads; empty where that is this one alone.</summary>
    public ImmutableArray<Constant> Parts { get; init; } = [];

    /// <summary>The tensors that it is made of, each once.</summary>
    public IEnumerable<Constant> All => Parts.IsEmpty ? [this] : Parts.DistinctBy(part => part.Tensor);

    /// <summary>How integers stand for numbers.</summary>
    public Quantization? Quantization { get; init; }

    /// <summary>The stored shape.</summary>
    public IReadOnlyList<long> Shape => Sparse?.Shape ?? Tensor.Shape;

    /// <summary>The number of elements, stored or not.</summary>
    public long Count => Sparse is null ? Tensor.Count : Sizes.Product([.. Sparse.Shape]) ?? 0;

    /// <summary>True for what weights are made of: floating-point numbers, or integers with a scale.</summary>
    public bool IsNumbers => OnnxTypes.ElementOf(Tensor.Type) is not null || Quantization is not null;

    /// <summary>True where one axis at most is longer than 1.</summary>
    public bool IsVector => Shape.Count(size => size != 1) <= 1;
}

/// <summary>x = (q - zero) scale.</summary>
/// <param name="Scale">One number, or one for each step along <paramref name="Axis"/>.</param>
/// <param name="Zero">As the scale; null for 0.</param>
/// <param name="Axis">Of the stored tensor.</param>
internal sealed record Quantization(TensorData Scale, TensorData? Zero, int Axis);
