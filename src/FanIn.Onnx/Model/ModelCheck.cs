using System.Runtime.InteropServices;

namespace FanIn.Onnx;

/// <summary>
/// Holds a parsed model against what ONNX demands of one: tensors whose data fit their shapes, nodes after what they read,
/// no name given twice, no function that uses itself. Finds external data on the way.
/// </summary>
internal sealed class ModelCheck
{
    private readonly string _path;
    private readonly byte[] _file;
    private readonly ModelData _model;
    private readonly Lazy<ExternalData> _external;

    private ModelCheck(string path, byte[] file, ModelData model)
    {
        _path = path;
        _file = file;
        _model = model;
        _external = new(() => new ExternalData(path));
    }

    /// <exception cref="OnnxException">Something contradicts itself.</exception>
    public static void Run(string path, byte[] file, ModelData model)
    {
        var check = new ModelCheck(path, file, model);
        check.Graph(model.Graph, []);
        foreach (FunctionData function in model.Functions)
        {
            var known = new HashSet<string>(function.Inputs, StringComparer.Ordinal);
            // A body that is a setting sees what the node sees that takes it: any value of the function, at most.
            HashSet<string> all = [.. function.Inputs, .. function.Nodes.SelectMany(node => node.Outputs)];
            foreach (AttributeData attribute in function.Defaults)
            {
                check.Attribute($"the function '{Printable(function.Name)}'", attribute, [all]);
            }
            check.Nodes(function.Nodes, [known], known);
            check.Given(function.Outputs, [known], $"the function '{Printable(function.Name)}'");
        }
        foreach (GraphData graph in model.Training)
        {
            check.Tensors(graph);
        }
        check.Recursion();
    }

    private void Graph(GraphData graph, List<HashSet<string>> outer)
    {
        Tensors(graph);
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (ValueData input in graph.Inputs)
        {
            if (!known.Add(input.Name))
            {
                throw Fault($"two inputs are called '{Printable(input.Name)}'");
            }
        }
        var initializers = new HashSet<string>(StringComparer.Ordinal);
        foreach (
            string name in graph
                .Initializers.Select(tensor => tensor.Name)
                .Concat(graph.SparseInitializers.Select(sparse => sparse.Values.Name))
        )
        {
            if (!initializers.Add(name))
            {
                throw Fault($"two initializers are called '{Printable(name)}'");
            }
            known.Add(name);
        }
        List<HashSet<string>> scopes = [.. outer, known];
        Nodes(graph.Nodes, scopes, known);
        Given(graph.Outputs.Select(output => output.Name), scopes, "the graph");
    }

    private void Given(IEnumerable<string> outputs, List<HashSet<string>> scopes, string of)
    {
        foreach (string output in outputs)
        {
            if (!scopes.Exists(scope => scope.Contains(output)))
            {
                throw Fault($"no node gives '{Printable(output)}', which is an output of {of}");
            }
        }
    }

    private void Nodes(List<NodeData> nodes, List<HashSet<string>> scopes, HashSet<string> known)
    {
        foreach (NodeData node in nodes)
        {
            foreach (string input in node.Inputs)
            {
                if (input.Length > 0 && !scopes.Exists(scope => scope.Contains(input)))
                {
                    throw Fault(
                        $"the node '{Printable(node.Label)}' reads '{Printable(input)}', which nothing before it gives: the graph has a cycle, a gap, or nodes out of order"
                    );
                }
            }
            foreach (AttributeData attribute in node.Attributes)
            {
                Attribute($"the node '{Printable(node.Label)}'", attribute, scopes);
            }
            foreach (string output in node.Outputs)
            {
                if (output.Length > 0 && !known.Add(output))
                {
                    throw Fault(
                        $"'{Printable(output)}' is given twice, the second time by the node '{Printable(node.Label)}'"
                    );
                }
            }
        }
    }

    private void Attribute(string of, AttributeData attribute, List<HashSet<string>> scopes)
    {
        string owner = $"the attribute '{Printable(attribute.Name)}' of {of}";
        if (attribute.Tensor is { } tensor)
        {
            Tensor(tensor, owner);
        }
        foreach (TensorData item in attribute.Tensors)
        {
            Tensor(item, owner);
        }
        foreach (SparseData sparse in attribute.Sparse is { } one ? attribute.Sparses.Prepend(one) : attribute.Sparses)
        {
            Sparse(sparse, owner);
        }
        foreach (GraphData body in attribute.Graphs)
        {
            Graph(body, scopes);
        }
    }

    private void Tensors(GraphData graph)
    {
        foreach (TensorData tensor in graph.Initializers)
        {
            Tensor(tensor, $"the initializer '{Printable(tensor.Name)}'");
        }
        foreach (SparseData sparse in graph.SparseInitializers)
        {
            Sparse(sparse, $"the sparse initializer '{Printable(sparse.Values.Name)}'");
        }
    }

    private void Tensor(TensorData tensor, string owner)
    {
        if (tensor.Fault(_file) is { } fault)
        {
            throw Fault($"{owner} {fault}");
        }
        if (!tensor.IsExternal)
        {
            return;
        }
        Int128 bytes = (((Int128)tensor.Count * OnnxTypes.Bits(tensor.Type)) + 7) / 8;
        if (tensor.Type == OnnxType.String || bytes > long.MaxValue)
        {
            throw Fault($"{owner} can't have external data");
        }
        try
        {
            tensor.ExternalRange =
                _external.Value.Find(tensor.External ?? [], (long)bytes, out string trouble)
                ?? throw Fault($"{owner} {trouble}");
            _model.External.Add(tensor);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Fault($"{owner} has external data that can't be read: {e.Message}", e);
        }
    }

    private void Sparse(SparseData sparse, string owner)
    {
        if (Sizes.Product(CollectionsMarshal.AsSpan(sparse.Shape)) is not { } count)
        {
            throw Fault($"{owner} has the shape [{string.Join(", ", sparse.Shape)}], which no tensor can have");
        }
        Tensor(sparse.Values, owner);
        Tensor(sparse.Indices, owner);
        if (sparse.Values.Count > count)
        {
            throw Fault(
                $"{owner} has {sparse.Values.Count} values where [{string.Join(", ", sparse.Shape)}] holds {count}"
            );
        }
    }

    /// <summary>A function may use others, but none that uses it.</summary>
    private void Recursion()
    {
        var state = new Dictionary<FunctionData, bool>();
        var functions = new FunctionTable(_model);
        foreach (FunctionData function in _model.Functions)
        {
            Visit(function, 0);
        }

        void Visit(FunctionData function, int depth)
        {
            if (state.TryGetValue(function, out bool isDone))
            {
                if (!isDone)
                {
                    throw Fault($"the function '{Printable(function.Name)}' uses itself");
                }
                return;
            }
            if (depth > 256)
            {
                throw Fault("functions use each other more than 256 deep");
            }
            state[function] = false;
            foreach (
                NodeData node in NodesWithin(function.Nodes)
                    .Concat(function.Defaults.SelectMany(a => a.Graphs).SelectMany(body => NodesWithin(body.Nodes)))
            )
            {
                if (functions.Of(node) is { } used)
                {
                    Visit(used, depth + 1);
                }
            }
            state[function] = true;
        }
    }

    private static IEnumerable<NodeData> NodesWithin(IEnumerable<NodeData> nodes) =>
        nodes.SelectMany(node =>
            node.Attributes.SelectMany(a => a.Graphs).SelectMany(body => NodesWithin(body.Nodes)).Prepend(node)
        );

    private OnnxException Fault(string what, Exception? inner = null) =>
        new($"'{_path}' contradicts the ONNX format: {what}.", inner);

    private static string Printable(string text) => ExternalData.Printable(text);
}

/// <summary>The functions of a model by what their nodes are called.</summary>
internal sealed class FunctionTable
{
    private readonly Dictionary<(string, string, string), FunctionData> _functions = [];

    public FunctionTable(ModelData model)
    {
        foreach (FunctionData function in model.Functions)
        {
            _functions.TryAdd((Domain(function.Domain), function.Name, function.Overload), function);
        }
    }

    public FunctionData? Of(NodeData node) =>
        _functions.GetValueOrDefault((Domain(node.Domain), node.Operator, node.Overload));

    private static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;
}
