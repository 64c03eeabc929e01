using System.Collections.Immutable;

namespace FanIn.Onnx;

/// <summary>
/// Goes through all nodes of a model, those of bodies and of functions where they are called, and collects what they read
/// that is a parameter.
/// </summary>
internal sealed class ModelParameters
{
    /// <summary>Functions that call others twice unfold to numbers that no model has.</summary>
    private const int MostNodes = 2_000_000;

    /// <summary>As deep as calls and bodies may lie in each other.</summary>
    private const int Deepest = 512;

    private readonly OnnxModel _model;
    private readonly FunctionTable _functions;
    private readonly HashSet<FunctionData> _called = [];
    private readonly Dictionary<TensorData, OnnxParameter> _parameters = [];
    private readonly HashSet<TensorData> _read = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The last number that was put behind a name.</summary>
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly HashSet<NodeData> _weighted = [];
    private readonly List<TensorData> _inOrder = [];
    private readonly List<WeightedNode> _layers = [];
    private readonly List<string> _inside = [];
    private readonly OperatorNotes _notes;
    private int _nodes;
    private int _depth;

    public ModelParameters(OnnxModel model)
    {
        _model = model;
        _functions = new(model.Data);
        _notes = new(_functions);
        Main = new("", null);
        Graph(model.Data.Graph, Main);
        foreach (FunctionData function in model.Data.Functions)
        {
            if (!_called.Contains(function))
            {
                var scope = new GraphScope($"{function.Name}.", null);
                scope.BindAttributes([], function.Defaults);
                Nodes(function.Nodes, scope);
            }
        }
        foreach (FunctionData function in model.Data.Functions)
        {
            // Values that every call replaces, or that nothing in the function asks for.
            var scope = new GraphScope($"{function.Name}.", null);
            Settings(function.Defaults, scope.Prefix, scope);
        }
        All = [.. _inOrder.Select(tensor => _parameters[tensor])];
        Description = new(All.Select(parameter => parameter.Description));
    }

    public ModelDescription Description { get; }

    public ImmutableArray<OnnxParameter> All { get; }

    /// <summary>The weighted nodes of the model's own graph, in its order.</summary>
    public IReadOnlyList<WeightedNode> Layers => _layers;

    /// <summary>The model's own graph.</summary>
    public GraphScope Main { get; }

    /// <summary>The parameter that a tensor is; null where it is none.</summary>
    public OnnxParameter? Of(TensorData tensor) => _parameters.GetValueOrDefault(tensor);

    /// <summary>What can't be looked into.</summary>
    public ImmutableArray<SignalFinding> Findings => _notes.Findings(_inside, All);

    /// <summary>Domains whose operators nobody here knows, with their nodes.</summary>
    public IReadOnlyCollection<NodeData> UnknownNodes => _notes.Unknown;

    private void Graph(GraphData graph, GraphScope scope)
    {
        scope.AddInitializers(graph);
        Nodes(graph.Nodes, scope);
        foreach (
            Constant constant in graph
                .Initializers.Select(tensor => tensor.Name)
                .Concat(graph.SparseInitializers.Select(sparse => sparse.Values.Name))
                .Select(name => scope.ConstantOf(name)!)
        )
        {
            // Read by nobody: whatever it was meant for, it is there.
            if (_read.Add(constant.Tensor) && constant.IsNumbers)
            {
                Register(
                    constant,
                    $"{scope.Prefix}{constant.Tensor.Name}",
                    ParameterUse.Plain(constant, ParameterRole.Other)
                );
            }
        }
    }

    private void Nodes(List<NodeData> nodes, GraphScope scope)
    {
        if (++_depth > Deepest)
        {
            throw new OnnxException($"'{_model.Path}' has calls and bodies more than {Deepest} deep in each other.");
        }
        foreach (NodeData written in nodes)
        {
            NodeData node = written.With(scope.AttributeOf);
            if (++_nodes > MostNodes)
            {
                throw new OnnxException($"'{_model.Path}' unfolds to more than {MostNodes} nodes.");
            }
            if (scope.Add(node))
            {
                // Scales and the like belong to what is passed on; they are no parameters of their own.
                _read.UnionWith(
                    node.Inputs.Skip(1)
                        .Select(scope.ConstantOf)
                        .OfType<Constant>()
                        .Where(c => node.Operator != "Concat")
                        .Select(c => c.Tensor)
                );
                continue;
            }
            _notes.Look(node, scope);
            if (_functions.Of(node) is { } function)
            {
                Call(function, node, scope);
                continue;
            }
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                foreach (Constant constant in scope.ConstantOf(node.Inputs[i])?.All ?? [])
                {
                    Read(node, i, constant, scope);
                }
            }
            if (node.Operator != "Constant")
            {
                Settings(node.Attributes, $"{scope.Prefix}{node.Label}.", scope);
            }
            foreach (AttributeData attribute in node.Attributes)
            {
                foreach ((int index, GraphData body) in attribute.Graphs.Index())
                {
                    string branch = attribute.Graphs.Count == 1 ? attribute.Name : $"{attribute.Name}{index}";
                    Graph(body, new($"{scope.Prefix}{node.Label}.{branch}.", scope));
                }
            }
        }
        _depth--;
    }

    /// <summary>Tensors that are settings themselves, as operators of one's own have them: what they are isn't known.</summary>
    private void Settings(IEnumerable<AttributeData> attributes, string prefix, GraphScope scope)
    {
        foreach (AttributeData attribute in attributes)
        {
            IEnumerable<Constant> dense = (attribute.Tensor is { } tensor ? [tensor] : (TensorData[])[])
                .Concat(attribute.Tensors)
                .Select(one => new Constant(one, scope));
            IEnumerable<Constant> sparse = (attribute.Sparse is { } first ? [first] : (SparseData[])[])
                .Concat(attribute.Sparses)
                .Select(one => new Constant(one.Values, scope) { Sparse = one });
            foreach (Constant constant in dense.Concat(sparse))
            {
                if (_read.Add(constant.Tensor) && constant.IsNumbers && constant.Count > 1)
                {
                    Register(constant, $"{prefix}{attribute.Name}", ParameterUse.Plain(constant, ParameterRole.Other));
                }
            }
        }
    }

    private void Call(FunctionData function, NodeData node, GraphScope scope)
    {
        _called.Add(function);
        var inside = new GraphScope($"{scope.Prefix}{node.Label}.", null);
        foreach ((string formal, string actual) in function.Inputs.Zip(node.Inputs))
        {
            if (scope.ConstantOf(actual) is { } constant)
            {
                inside.Bind(formal, constant);
            }
        }
        inside.BindAttributes(node.Attributes, function.Defaults);
        Nodes(function.Nodes, inside);
        Settings(node.Attributes, inside.Prefix, inside);
    }

    private void Read(NodeData node, int index, Constant constant, GraphScope scope)
    {
        constant = (node.Operator, index) switch
        {
            ("QLinearConv", 3) => scope.Dequantized(constant, node.Input(4), node.Input(5), 0) ?? constant,
            ("QLinearMatMul", 3) => scope.Dequantized(constant, node.Input(4), node.Input(5), 1) ?? constant,
            _ => constant,
        };
        _read.Add(constant.Tensor);
        if (!constant.IsNumbers)
        {
            _notes.Look(constant.Tensor.Name.Length > 0 ? constant.Tensor.Name : node.Label, constant.Tensor);
        }
        ParameterUse use = ParameterUse.Of(node, index, constant, scope, _weighted.Contains);
        if (use.Description is not { } description || (description.Role == ParameterRole.Other && IsMask(constant)))
        {
            return;
        }
        string name = constant.IsInitializer
            ? $"{constant.Scope.Prefix}{constant.Tensor.Name}"
            : $"{scope.Prefix}{node.Label}.{use.Formal}";
        OnnxParameter parameter = Register(constant, name, description);
        if (description.Role is ParameterRole.Weight or ParameterRole.Embedding && _weighted.Add(node))
        {
            string layer =
                constant.IsInitializer && parameter.Name.EndsWith(".weight", StringComparison.Ordinal)
                    ? parameter.Name[..^".weight".Length]
                    : $"{scope.Prefix}{node.Label}";
            if (scope.IsMain)
            {
                _layers.Add(new(layer, node, parameter, DataInput(node, index)));
            }
            else
            {
                _inside.Add(layer);
            }
        }
    }

    /// <summary>The input beside the weight that is measured: the ids of an embedding, the left or right side of a product.</summary>
    private static string DataInput(NodeData node, int weight) =>
        node.Operator is "Gemm" or "FusedGemm" or "MatMul" or "FusedMatMul" or "Gather"
            ? node.Input(1 - weight)
            : node.Input(0);

    private OnnxParameter Register(Constant constant, string name, ParameterDescription description)
    {
        if (_parameters.TryGetValue(constant.Tensor, out OnnxParameter? known))
        {
            // The first reader that says what it is decides.
            return known.Description.Role != ParameterRole.Other || description.Role == ParameterRole.Other
                ? known
                : _parameters[constant.Tensor] = known with
                {
                    Constant = constant,
                    Description = description with { Name = known.Name },
                };
        }
        string unique = name.Length > 0 ? name : "unnamed";
        while (!_names.Add(unique))
        {
            int number = _numbers[name] = _numbers.GetValueOrDefault(name, 1) + 1;
            unique = $"{name}_{number}";
        }
        _inOrder.Add(constant.Tensor);
        return _parameters[constant.Tensor] = new(unique, constant, description with { Name = unique });
    }

    /// <summary>Nothing but 0 and numbers that no softmax lets through: an attention mask.</summary>
    private bool IsMask(Constant constant)
    {
        const float Shut = -1e4f;
        if (constant.Quantization is not null || constant.Sparse is not null)
        {
            return false;
        }
        try
        {
            return TensorValues.Read(_model.File, constant.Tensor) is { } values
                && Array.Exists(values, value => value <= Shut)
                && Array.TrueForAll(values, value => value is 0 or <= Shut);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OnnxException($"The external data of '{_model.Path}' can't be read: {e.Message}", e);
        }
    }
}
