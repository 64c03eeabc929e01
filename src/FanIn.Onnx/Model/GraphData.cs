namespace FanIn.Onnx;

/// <summary>A graph as the file has it: the model's own, or the body of an If, Loop or Scan.</summary>
internal sealed class GraphData
{
    public List<NodeData> Nodes { get; } = [];
    public List<TensorData> Initializers { get; } = [];
    public List<SparseData> SparseInitializers { get; } = [];
    public List<ValueData> Inputs { get; } = [];
    public List<ValueData> Outputs { get; } = [];
}

/// <summary>One application of an operator.</summary>
internal sealed class NodeData
{
    public string Name { get; set; } = "";
    public string Operator { get; set; } = "";
    public string Domain { get; set; } = "";
    public string Overload { get; set; } = "";
    public List<string> Inputs { get; } = [];
    public List<string> Outputs { get; } = [];
    public List<AttributeData> Attributes { get; } = [];

    /// <summary>Its name, else that of its first output: what a person finds it by.</summary>
    public string Label => Name.Length > 0 ? Name : Outputs.Find(output => output.Length > 0) ?? Operator;

    /// <summary>True for ONNX's own operators.</summary>
    public bool IsStandard => Domain is "" or "ai.onnx";

    /// <summary>The name of an input; empty where it is left out.</summary>
    public string Input(int index) => index < Inputs.Count ? Inputs[index] : "";

    public AttributeData? Attribute(string name) => Attributes.Find(attribute => attribute.Name == name);

    public long Integer(string name, long otherwise) => Attribute(name)?.Integer ?? otherwise;

    public float Single(string name, float otherwise) => Attribute(name)?.Single ?? otherwise;

    public IReadOnlyList<long> Integers(string name) => Attribute(name)?.Integers ?? [];

    /// <summary>The same node with the values that the call of its function gives; itself where it takes none.</summary>
    public NodeData With(Func<string, AttributeData?> given)
    {
        if (!Attributes.Exists(attribute => attribute.Reference.Length > 0))
        {
            return this;
        }
        var node = new NodeData
        {
            Name = Name,
            Operator = Operator,
            Domain = Domain,
            Overload = Overload,
        };
        node.Inputs.AddRange(Inputs);
        node.Outputs.AddRange(Outputs);
        foreach (AttributeData attribute in Attributes)
        {
            if (attribute.Reference.Length == 0)
            {
                node.Attributes.Add(attribute);
            }
            else if (given(attribute.Reference) is { } value)
            {
                node.Attributes.Add(value.As(attribute.Name));
            }
        }
        return node;
    }
}

/// <summary>A setting of a node.</summary>
internal sealed class AttributeData
{
    public string Name { get; set; } = "";

    /// <summary>Inside a function: the function's own setting that this one is; empty where it says its value itself.</summary>
    public string Reference { get; set; } = "";
    public float? Single { get; set; }
    public long? Integer { get; set; }
    public string? Text { get; set; }
    public TensorData? Tensor { get; set; }
    public SparseData? Sparse { get; set; }
    public List<SparseData> Sparses { get; init; } = [];
    public List<long> Integers { get; init; } = [];
    public List<ByteRange> Singles { get; init; } = [];
    public List<TensorData> Tensors { get; init; } = [];

    /// <summary>Bodies: one for <c>then_branch</c>, several where the attribute is a list.</summary>
    public List<GraphData> Graphs { get; init; } = [];

    /// <summary>The same value under another name.</summary>
    public AttributeData As(string name) =>
        name == Name
            ? this
            : new()
            {
                Name = name,
                Single = Single,
                Integer = Integer,
                Text = Text,
                Tensor = Tensor,
                Sparse = Sparse,
                Sparses = Sparses,
                Integers = Integers,
                Singles = Singles,
                Tensors = Tensors,
                Graphs = Graphs,
            };
}

/// <summary>An input or output, with its type as far as the model says.</summary>
internal sealed class ValueData
{
    public string Name { get; set; } = "";
    public bool IsTensor { get; set; }
    public int ElementType { get; set; }

    /// <summary>The sizes, each a number, a name or neither; null where the shape isn't there.</summary>
    public List<(long? Size, string Symbol)>? Shape { get; set; }
}

/// <summary>A tensor of which only some values are stored.</summary>
internal sealed class SparseData
{
    public TensorData Values { get; } = new();
    public TensorData Indices { get; } = new();
    public List<long> Shape { get; } = [];
}

/// <summary>An operator that the model itself defines by others.</summary>
internal sealed class FunctionData
{
    public string Name { get; set; } = "";
    public string Domain { get; set; } = "";
    public string Overload { get; set; } = "";
    public List<string> Inputs { get; } = [];
    public List<string> Outputs { get; } = [];
    public List<NodeData> Nodes { get; } = [];

    /// <summary>Settings with the values that they have where a call says none.</summary>
    public List<AttributeData> Defaults { get; } = [];
}

/// <summary>All of a file that the check needs.</summary>
internal sealed class ModelData
{
    public long IrVersion { get; set; }
    public bool HasGraph { get; set; }
    public GraphData Graph { get; } = new();
    public List<FunctionData> Functions { get; } = [];

    /// <summary>Graphs that only training runs: their tensors have to be sound all the same.</summary>
    public List<GraphData> Training { get; } = [];

    /// <summary>Tensors whose values lie beside the file; known when the model was checked.</summary>
    public List<TensorData> External { get; } = [];

    /// <summary>The version of each domain's operators.</summary>
    public Dictionary<string, long> Operators { get; } = new(StringComparer.Ordinal);
}
