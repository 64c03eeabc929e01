namespace FanIn.Onnx;

/// <summary>
/// From bytes to <see cref="ModelData"/>, by the field numbers of onnx.proto. Fields that are of no use here are skipped;
/// a message that comes twice where there is one is merged, as the format says. Numbers of elements and messages are
/// bounded by the file's size and <see cref="MostMessages"/>, so that a small file can't take much memory.
/// </summary>
internal ref partial struct ModelParser
{
    /// <summary>More than any model has: the largest known have some hundred thousand nodes.</summary>
    private const int MostMessages = 4_000_000;

    /// <summary>As deep as bodies may lie in bodies; protocol buffers' own readers stop at 100 messages, three a body.</summary>
    private const int DeepestBody = 32;

    private readonly ReadOnlySpan<byte> _file;
    private int _messages;
    private int _depth;

    private ModelParser(ReadOnlySpan<byte> file) => _file = file;

    public static ModelData Parse(ReadOnlySpan<byte> file)
    {
        var parser = new ModelParser(file);
        return parser.Model(new(0, file.Length));
    }

    private WireReader Open(ByteRange range) =>
        ++_messages <= MostMessages
            ? new(_file, range)
            : throw new WireException($"it has more than {MostMessages} nodes, tensors and attributes");

    private ModelData Model(ByteRange range)
    {
        var model = new ModelData();
        WireReader reader = Open(range);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    model.IrVersion = reader.Integer();
                    break;
                case 7:
                    model.HasGraph = true;
                    Graph(reader.Bytes(), model.Graph);
                    break;
                case 8:
                    (string domain, long version) = OperatorSet(reader.Bytes());
                    model.Operators[domain == "ai.onnx" ? "" : domain] = version;
                    break;
                case 20:
                    Training(reader.Bytes(), model.Training);
                    break;
                case 25:
                    model.Functions.Add(Function(reader.Bytes()));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return model;
    }

    private (string Domain, long Version) OperatorSet(ByteRange range)
    {
        (string domain, long version) = ("", 0);
        WireReader reader = Open(range);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    domain = reader.Text();
                    break;
                case 2:
                    version = reader.Integer();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return (domain, version);
    }

    private void Training(ByteRange range, List<GraphData> into)
    {
        WireReader reader = Open(range);
        while (reader.Next())
        {
            if (reader.Field is 1 or 2)
            {
                var graph = new GraphData();
                Graph(reader.Bytes(), graph);
                into.Add(graph);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void Graph(ByteRange range, GraphData graph)
    {
        if (++_depth > DeepestBody)
        {
            throw new WireException($"bodies of nodes lie more than {DeepestBody} deep in each other");
        }
        WireReader reader = Open(range);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    graph.Nodes.Add(Node(reader.Bytes()));
                    break;
                case 5:
                    graph.Initializers.Add(Tensor(reader.Bytes(), new()));
                    break;
                case 11:
                    graph.Inputs.Add(Value(reader.Bytes()));
                    break;
                case 12:
                    graph.Outputs.Add(Value(reader.Bytes()));
                    break;
                case 15:
                    graph.SparseInitializers.Add(Sparse(reader.Bytes(), new()));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        _depth--;
    }

    private NodeData Node(ByteRange range)
    {
        var node = new NodeData();
        WireReader reader = Open(range);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    node.Inputs.Add(reader.Text());
                    break;
                case 2:
                    node.Outputs.Add(reader.Text());
                    break;
                case 3:
                    node.Name = reader.Text();
                    break;
                case 4:
                    node.Operator = reader.Text();
                    break;
                case 5:
                    node.Attributes.Add(Attribute(reader.Bytes()));
                    break;
                case 7:
                    node.Domain = reader.Text();
                    break;
                case 8:
                    node.Overload = reader.Text();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return node;
    }

    private AttributeData Attribute(ByteRange range)
    {
        var attribute = new AttributeData();
        GraphData? one = null;
        WireReader reader = Open(range);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    attribute.Name = reader.Text();
                    break;
                case 2:
                    attribute.Single = reader.Single();
                    break;
                case 3:
                    attribute.Integer = reader.Integer();
                    break;
                case 4:
                    // Bytes: of use only where they are a text.
                    ByteRange text = reader.Bytes();
                    attribute.Text = System.Text.Encoding.UTF8.GetString(_file.Slice(text.Start, text.Length));
                    break;
                case 5:
                    attribute.Tensor = Tensor(reader.Bytes(), attribute.Tensor ?? new());
                    break;
                case 6:
                    if (one is null)
                    {
                        attribute.Graphs.Add(one = new());
                    }
                    Graph(reader.Bytes(), one);
                    break;
                case 7:
                    reader.Numbers(4, attribute.Singles);
                    break;
                case 8:
                    reader.Integers(attribute.Integers);
                    break;
                case 10:
                    attribute.Tensors.Add(Tensor(reader.Bytes(), new()));
                    break;
                case 11:
                    var another = new GraphData();
                    Graph(reader.Bytes(), another);
                    attribute.Graphs.Add(another);
                    break;
                case 21:
                    attribute.Reference = reader.Text();
                    break;
                case 22:
                    attribute.Sparse = Sparse(reader.Bytes(), attribute.Sparse ?? new());
                    break;
                case 23:
                    attribute.Sparses.Add(Sparse(reader.Bytes(), new()));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return attribute;
    }

    private FunctionData Function(ByteRange range)
    {
        var function = new FunctionData();
        WireReader reader = Open(range);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    function.Name = reader.Text();
                    break;
                case 4:
                    function.Inputs.Add(reader.Text());
                    break;
                case 5:
                    function.Outputs.Add(reader.Text());
                    break;
                case 7:
                    function.Nodes.Add(Node(reader.Bytes()));
                    break;
                case 10:
                    function.Domain = reader.Text();
                    break;
                case 11:
                    function.Defaults.Add(Attribute(reader.Bytes()));
                    break;
                case 13:
                    function.Overload = reader.Text();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return function;
    }
}
