using System.Collections.Immutable;

namespace FanIn;

/// <summary>One named tensor of a model, before it has values.</summary>
/// <param name="Name">Unique in its model, as the model's framework spells it: <c>encoder.0.weight</c>.</param>
/// <param name="Tensor">
/// Stored shape and layout. Of a packed parameter (see <see cref="Blocks"/>) the whole, without a fan: its blocks have one.
/// </param>
/// <param name="Role">What the parameter does.</param>
public sealed record ParameterDescription(string Name, TensorDescription Tensor, ParameterRole Role)
{
    /// <summary>Unique in its model.</summary>
    public string Name
    {
        get;
        init => field = Require.Given(value, nameof(Name));
    } = Require.Given(Name, nameof(Name));

    /// <summary>Stored shape and layout.</summary>
    public TensorDescription Tensor
    {
        get;
        init => field = Require.Given(value, nameof(Tensor));
    } = Require.Given(Tensor, nameof(Tensor));

    /// <summary>What the parameter does.</summary>
    public ParameterRole Role
    {
        get;
        init => field = Require.Defined(value, nameof(Role));
    } = Require.Defined(Role, nameof(Role));

    /// <summary>How the elements are stored.</summary>
    public ElementType ElementType
    {
        get;
        init => field = Require.Defined(value, nameof(ElementType));
    } = ElementType.Float32;

    /// <summary>The kind of layer it belongs to, in the framework's word: <c>Conv2d</c>.</summary>
    public string LayerKind
    {
        get;
        init => field = Require.Given(value, nameof(LayerKind));
    } = "";

    /// <summary>False when the model holds the parameter fixed: it keeps its value unless a rule names it.</summary>
    public bool IsTrainable { get; init; } = true;

    /// <summary>
    /// The logical tensors that are packed one after the other along <see cref="BlockAxis"/> (<c>q, k, v</c>; the gates
    /// <c>i, f, g, o</c>; experts), each with the key <c>name#block</c>. Empty when the parameter is one tensor.
    /// </summary>
    public ImmutableArray<ParameterBlock> Blocks
    {
        get;
        init => field = Require.Items(value, nameof(Blocks));
    } = [];

    /// <summary>
    /// The stored axis along which the blocks lie: 0 for PyTorch's packed matrices, the last one for those of Keras and
    /// of GPT-2's Conv1D. Blocks of one axis less are stacked along it.
    /// </summary>
    public int BlockAxis { get; init; }

    /// <summary>
    /// The block of the model that it belongs to, counted from 0, where its name doesn't show it (see
    /// <see cref="ModelDescription.LayerOf"/>).
    /// </summary>
    public int? Layer { get; init; }

    /// <summary>The row of an embedding that stands for padding and is set to zero, if there is one.</summary>
    public long? PaddingRow { get; init; }

    /// <summary>The other names of a parameter that several layers share: a rule may use any of them.</summary>
    public ImmutableArray<string> Aliases
    {
        get;
        init => field = Require.Items(value, nameof(Aliases));
    } = [];

    /// <summary>A parameter whose blocks of one size are packed along an axis.</summary>
    /// <param name="name">The parameter's name.</param>
    /// <param name="blocks">The blocks' names, in their order.</param>
    /// <param name="tensor">One block by itself.</param>
    /// <param name="role">What the parameter does.</param>
    /// <param name="axis">The axis of the block along which they lie; counts from the end when negative.</param>
    /// <exception cref="ArgumentException">The block has no such axis, or the whole is too large.</exception>
    public static ParameterDescription Packed(
        string name,
        IEnumerable<string> blocks,
        TensorDescription tensor,
        ParameterRole role,
        int axis = 0
    )
    {
        ArgumentNullException.ThrowIfNull(tensor);
        int rank = tensor.Shape.Length;
        int along = axis < 0 ? axis + rank : axis;
        if (along < 0 || along >= rank)
        {
            throw new ArgumentException($"{tensor} has no axis {axis}; it has {rank}.", nameof(axis));
        }
        ImmutableArray<ParameterBlock> all = [.. ParameterBlock.Each(blocks, tensor)];
        if (tensor.Shape[along] > long.MaxValue / Math.Max(1, all.Length))
        {
            throw new ArgumentException(
                $"{all.Length} blocks of {tensor} make more than 2^63 elements.",
                nameof(tensor)
            );
        }
        long size = tensor.Shape[along] * all.Length;
        return new(name, TensorDescription.Plain(tensor.Shape.SetItem(along, size).AsSpan()), role)
        {
            Blocks = all,
            BlockAxis = along,
        };
    }

    /// <summary>Null where blocks and padding row fit the tensor; otherwise the sentence that says what doesn't.</summary>
    internal string? Fault
    {
        get
        {
            if (PaddingRow is not null && Tensor.Layout != WeightLayout.Embedding)
            {
                return $"'{Name}' has a padding row, but {Tensor} is no embedding.";
            }
            if (PaddingRow is { } outside && (outside < 0 || outside >= Tensor.Inputs))
            {
                return $"The padding row {outside} of '{Name}' isn't one of its rows 0 .. {Tensor.Inputs - 1}.";
            }
            if (Aliases.Contains(Name))
            {
                return $"'{Name}' is among its own other names.";
            }
            if (Blocks.GroupBy(block => block.Name).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
            {
                return $"Two blocks of '{Name}' are called '{twice.Key}'; they would get the same values.";
            }
            return Blocks.IsEmpty ? null : PackedAxis.Fault(this);
        }
    }

    /// <summary>True when all is equal, blocks and aliases in their order.</summary>
    public bool Equals(ParameterDescription? other) =>
        other is not null
        && (Name, Tensor, Role, ElementType, LayerKind, IsTrainable, BlockAxis, Layer, PaddingRow)
            == (
                other.Name,
                other.Tensor,
                other.Role,
                other.ElementType,
                other.LayerKind,
                other.IsTrainable,
                other.BlockAxis,
                other.Layer,
                other.PaddingRow
            )
        && Blocks.SequenceEqual(other.Blocks)
        && Aliases.SequenceEqual(other.Aliases);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Tensor, Role, Blocks.Length);
}
