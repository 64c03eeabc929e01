namespace FanIn.Onnx;

/// <summary>The names that the nodes of one graph see: the model's, a body's or a function's.</summary>
internal sealed class GraphScope
{
    private const int MostParts = 256;

    private readonly Dictionary<string, Constant> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeData> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AttributeData> _attributes = new(StringComparer.Ordinal);
    private readonly GraphScope? _parent;

    /// <param name="prefix">The path to it, with a dot at its end; empty for the model's own graph.</param>
    /// <param name="parent">The scope whose names it sees too; null where it sees none but its own.</param>
    public GraphScope(string prefix, GraphScope? parent)
    {
        Prefix = prefix;
        _parent = parent;
    }

    public string Prefix { get; }

    /// <summary>True for the model's own graph, whose values ONNX Runtime can show.</summary>
    public bool IsMain => Prefix.Length == 0;

    public Constant? ConstantOf(string name) => _constants.GetValueOrDefault(name) ?? _parent?.ConstantOf(name);

    /// <summary>The node that gives a value; null for inputs and constants.</summary>
    public NodeData? ProducerOf(string name) => _producers.GetValueOrDefault(name) ?? _parent?.ProducerOf(name);

    /// <summary>The value that a function's setting has in this call of it; null where it has none.</summary>
    public AttributeData? AttributeOf(string name) => _attributes.GetValueOrDefault(name) ?? _parent?.AttributeOf(name);

    /// <summary>Gives a function's settings their values: those of the call before those that the function has itself.</summary>
    public void BindAttributes(IEnumerable<AttributeData> given, IEnumerable<AttributeData> defaults)
    {
        foreach (AttributeData attribute in given.Concat(defaults))
        {
            _attributes.TryAdd(attribute.Name, attribute);
        }
    }

    public void Bind(string name, Constant constant) => _constants[name] = constant;

    public void AddInitializers(GraphData graph)
    {
        foreach (TensorData tensor in graph.Initializers)
        {
            Bind(tensor.Name, new(tensor, this) { IsInitializer = true });
        }
        foreach (SparseData sparse in graph.SparseInitializers)
        {
            Bind(sparse.Values.Name, new(sparse.Values, this) { IsInitializer = true, Sparse = sparse });
        }
    }

    /// <summary>Notes what a node gives; true where that is a constant seen otherwise, so that the node has no part of its own.</summary>
    public bool Add(NodeData node)
    {
        foreach (string output in node.Outputs)
        {
            _producers[output] = node;
        }
        if (!node.IsStandard || PassedOn(node) is not { } constant)
        {
            return false;
        }
        foreach (string output in node.Outputs)
        {
            Bind(output, constant);
        }
        return true;
    }

    private Constant? PassedOn(NodeData node)
    {
        if (node.Operator == "Constant")
        {
            return OfNode(node);
        }
        if (node.Inputs.Count == 0 || ConstantOf(node.Inputs[0]) is not { } input)
        {
            return null;
        }
        switch (node.Operator)
        {
            case "Identity" or "Cast" or "Reshape" or "Squeeze" or "Unsqueeze" or "Flatten" or "QuantizeLinear":
                return input;
            case "Slice" or "Split":
                return input with { IsCut = true };
            case "Concat":
                List<Constant?> parts = [.. node.Inputs.Select(ConstantOf)];
                // A chain of concatenations must not make a list of lists of itself.
                return
                    parts.TrueForAll(part => part is { IsNumbers: true })
                    && parts.Sum(part => part!.All.Count()) <= MostParts
                    ? input with
                    {
                        IsCut = true,
                        Parts = [.. parts.SelectMany(part => part!.All)],
                    }
                    : null;
            case "DequantizeLinear" when OnnxTypes.ElementOf(input.Tensor.Type) is not null:
                return input;
            case "DequantizeLinear":
                return Dequantized(input, node.Input(1), node.Input(2), (int)node.Integer("axis", 1));
            case "Transpose":
                IReadOnlyList<long> order = node.Integers("perm");
                bool isReversed =
                    order.Count == 0 || order.Select((axis, i) => axis == order.Count - 1 - i).All(same => same);
                return order.Select((axis, i) => axis == i).All(same => same) && order.Count > 0 ? input
                    : isReversed && input.Shape.Count == 2 ? input with { IsTransposed = !input.IsTransposed }
                    : input with { IsPermuted = true };
            default:
                return null;
        }
    }

    /// <summary>An integer tensor with its scale; null where the scale isn't a constant or has a form that isn't known here.</summary>
    public Constant? Dequantized(Constant input, string scale, string zero, int axis)
    {
        if (ConstantOf(scale) is not { } s || (zero.Length > 0 && ConstantOf(zero) is null))
        {
            return null;
        }
        int along = axis < 0 ? axis + input.Shape.Count : axis;
        bool fits = s.Count == 1 || (along >= 0 && along < input.Shape.Count && s.Count == input.Shape[along]);
        TensorData? offset = zero.Length > 0 ? ConstantOf(zero)!.Tensor : null;
        return fits && (offset is null || offset.Count == s.Count)
            ? input with
            {
                Quantization = new(s.Tensor, offset, along),
            }
            : null;
    }

    private Constant? OfNode(NodeData node)
    {
        foreach (AttributeData attribute in node.Attributes)
        {
            switch (attribute.Name)
            {
                case "value" when attribute.Tensor is { } tensor:
                    return new(tensor, this);
                case "sparse_value" when attribute.Sparse is { } sparse:
                    return new(sparse.Values, this) { Sparse = sparse };
                case "value_floats":
                    var floats = new TensorData { DataType = (long)OnnxType.Float };
                    floats.Shape.Add(attribute.Singles.Sum(range => (long)range.Length / 4));
                    floats.Typed(TypedField.Single).AddRange(attribute.Singles);
                    return new(floats, this);
            }
        }
        return null;
    }
}
