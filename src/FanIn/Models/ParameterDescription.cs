using System.Collections.Immutable;

namespace FanIn;

/// <summary>One named tensor of a model, before it has values.</summary>
/// <param name="Name">Unique in its model, as the model's framework spells it: <c>encoder.0.weight</c>.</param>
/// <param name="Tensor">
/// Stored shape and layout. Of a packed parameter (see <see cref="Blocks"/>) this is one block.
/// </param>
/// <param name="Role">What the parameter does.</param>
public sealed record ParameterDescription(string Name, TensorDescription Tensor, ParameterRole Role)
{
    /// <summary>How the elements are stored.</summary>
    public ElementType ElementType { get; init; } = ElementType.Float32;

    /// <summary>The kind of layer it belongs to, in the framework's word: <c>Conv2d</c>.</summary>
    public string LayerKind { get; init; } = "";

    /// <summary>False when the model holds the parameter fixed: it keeps its value unless a rule names it.</summary>
    public bool IsTrainable { get; init; } = true;

    /// <summary>
    /// The blocks that are packed one after the other along the first axis (<c>q, k, v</c>; the gates <c>i, f, g, o</c>):
    /// logical tensors of their own, each of the shape of <see cref="Tensor"/>, with the key <c>name#block</c>. Empty when
    /// the parameter is one tensor.
    /// </summary>
    public ImmutableArray<string> Blocks { get; init; } = [];

    /// <summary>The row of an embedding that stands for padding and is set to zero, if there is one.</summary>
    public long? PaddingRow { get; init; }

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
            return Blocks.GroupBy(block => block).FirstOrDefault(group => group.Skip(1).Any()) is { } twice
                ? $"Two blocks of '{Name}' are called '{twice.Key}'; they would get the same values."
                : null;
        }
    }

    /// <summary>True when all is equal, the blocks by their names.</summary>
    public bool Equals(ParameterDescription? other) =>
        other is not null
        && (Name, Tensor, Role, ElementType, LayerKind, IsTrainable, PaddingRow)
            == (
                other.Name,
                other.Tensor,
                other.Role,
                other.ElementType,
                other.LayerKind,
                other.IsTrainable,
                other.PaddingRow
            )
        && Blocks.SequenceEqual(other.Blocks);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Tensor, Role, Blocks.Length);
}
