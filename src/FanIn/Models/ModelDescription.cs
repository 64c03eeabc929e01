using System.Collections.Immutable;

namespace FanIn;

/// <summary>The parameters of a model, in its own order; shared ones once.</summary>
public sealed record ModelDescription
{
    /// <summary>Describes a model by its parameters.</summary>
    /// <exception cref="ArgumentException">
    /// Two parameters have one name, or one's blocks or padding row don't fit it.
    /// </exception>
    public ModelDescription(IEnumerable<ParameterDescription> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = [.. parameters];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ParameterDescription parameter in Parameters)
        {
            ArgumentNullException.ThrowIfNull(parameter, nameof(parameters));
            if (!names.Add(parameter.Name))
            {
                throw new ArgumentException(
                    $"Two parameters are called '{parameter.Name}'; names must be unique.",
                    nameof(parameters)
                );
            }
            if (parameter.Fault is { } fault)
            {
                throw new ArgumentException(fault, nameof(parameters));
            }
        }
    }

    /// <summary>The parameters.</summary>
    public ImmutableArray<ParameterDescription> Parameters { get; }

    /// <summary>
    /// How many blocks the signal passes: what a recipe calls <c>depth</c>. As given; otherwise of the longest chain of
    /// numbered blocks that the names show (<c>h.0</c> .. <c>h.11</c>), or null where they show none. Chains beside it, such
    /// as an encoder's beside a decoder's, have a depth of their own: see <see cref="DepthOf"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? Depth
    {
        get => _depth ?? Blocks.Deepest?.Depth;
        init
        {
            if (value < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "A model has 1 block or more.");
            }
            _depth = value;
        }
    }

    /// <summary>
    /// The width of the residual stream, or of the hidden layers: what a recipe calls <c>width</c>. As given; otherwise the
    /// commonest number of inputs and outputs of the weights in blocks (of equally common ones the first), or an
    /// embedding's width, or null.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public long? Width
    {
        get => _width ?? InferredWidth();
        init
        {
            if (value < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "A width is 1 or more.");
            }
            _width = value;
        }
    }

    /// <summary>
    /// The block that a parameter belongs to, counted from 0: its own <see cref="ParameterDescription.Layer"/> where that is
    /// given, otherwise as its name shows; null outside blocks.
    /// </summary>
    public int? LayerOf(ParameterDescription parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Layer ?? Blocks.LayerOf(parameter.Name);
    }

    /// <summary>
    /// The number of blocks in a parameter's own chain: <see cref="Depth"/> where that is given; of one outside blocks, that
    /// of the chain nearest by name. Null where there are no blocks.
    /// </summary>
    public int? DepthOf(ParameterDescription parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return _depth ?? Blocks.DepthOf(parameter.Name);
    }

    /// <summary>The depth as given, not inferred.</summary>
    internal int? GivenDepth => _depth;

    /// <summary>The width as given, not inferred.</summary>
    internal long? GivenWidth => _width;

    internal ModelBlocks Blocks => _blocks ??= new(Parameters);

    private readonly int? _depth;
    private readonly long? _width;
    private ModelBlocks? _blocks;

    private long? InferredWidth()
    {
        var sizes = Parameters
            .Where(p => p.Role == ParameterRole.Weight && LayerOf(p) is not null)
            .SelectMany(p => p.Blocks.IsEmpty ? [p.Tensor] : p.Blocks.Select(block => block.Tensor))
            .Where(tensor => tensor.Fan is not null)
            .SelectMany(tensor => (long[])[tensor.Inputs, tensor.Outputs])
            .CountBy(size => size)
            .ToList();
        return sizes.Count > 0
            ? sizes.MaxBy(size => size.Value).Key
            : Parameters.FirstOrDefault(p => p.Tensor.Layout == WeightLayout.Embedding)?.Tensor.Outputs;
    }

    /// <summary>True when both have equal parameters in the same order, and the same depth and width are given.</summary>
    public bool Equals(ModelDescription? other) =>
        other is not null
        && Parameters.SequenceEqual(other.Parameters)
        && (_depth, _width) == (other._depth, other._width);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        Parameters.Aggregate(Parameters.Length, (hash, parameter) => HashCode.Combine(hash, parameter));
}
