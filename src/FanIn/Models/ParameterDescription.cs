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
}
