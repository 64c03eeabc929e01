using System.Globalization;

namespace FanIn.Onnx;

/// <summary>
/// Finds which activation a value goes to: one operator, or several that exporters write out (x sigmoid(x), x Phi(x) by erf
/// or tanh, x clip(x + 3, 0, 6) / 6).
/// </summary>
internal sealed class ActivationFinder
{
    private const int MostSteps = 12;
    private const double Near = 1e-3;
    private readonly GraphScope _scope;
    private readonly byte[] _file;
    private readonly ILookup<string, NodeData> _readers;

    public ActivationFinder(OnnxModel model)
    {
        _scope = model.Parameters.Main;
        _file = model.File;
        _readers = model
            .Data.Graph.Nodes.SelectMany(node => node.Inputs.Distinct().Select(input => (input, node)))
            .ToLookup(pair => pair.input, pair => pair.node);
    }

    /// <summary>The nodes that read a value.</summary>
    public IEnumerable<NodeData> ReadersOf(string value) => _readers[value];

    /// <summary>What comes behind a layer's output: past nodes that only normalize, move or round values.</summary>
    /// <returns>The activation, the value that it takes, and whether a normalization came before it.</returns>
    public (Activation? Activation, string Input, bool IsNormalized) Behind(string output)
    {
        bool isNormalized = false;
        for (int step = 0; step < MostSteps; step++)
        {
            if (Match(output) is { } match)
            {
                return (match.Activation, output, isNormalized);
            }
            if (
                _readers[output].ToList() is not [{ Outputs.Count: > 0 } only]
                || !IsPassage(only, out bool normalizes)
                || only.Input(0) != output
            )
            {
                break;
            }
            isNormalized |= normalizes;
            output = only.Outputs[0];
        }
        return (null, output, isNormalized);
    }

    /// <summary>The activation that a value goes to at once, and the value that it gives; null where it goes elsewhere.</summary>
    public (Activation Activation, string Output)? Match(string value)
    {
        List<NodeData> readers = [.. _readers[value]];
        if (readers is [{ Outputs.Count: > 0 } only] && Single(only, value) is { } activation)
        {
            return (activation, only.Outputs[0]);
        }
        return readers.Count is 0 or > 4 ? null : WrittenOut(value, readers);
    }

    /// <summary>The one number that a constant holds; null where it is none or holds more.</summary>
    public double? Scalar(string name) =>
        name.Length > 0 && _scope.ConstantOf(name) is { Count: 1, Sparse: null, Parts.IsEmpty: true } constant
            ? TensorValues.Read(_file, constant.Tensor)?[0]
            : null;

    private static bool IsPassage(NodeData node, out bool normalizes)
    {
        normalizes =
            node.Operator
                is "BatchNormalization"
                    or "LayerNormalization"
                    or "InstanceNormalization"
                    or "GroupNormalization"
                    or "RMSNormalization"
                    or "SimplifiedLayerNormalization";
        return normalizes
            || node.Operator
                is "Identity"
                    or "Dropout"
                    or "Cast"
                    or "Reshape"
                    or "Flatten"
                    or "Squeeze"
                    or "Unsqueeze"
                    or "Transpose";
    }

    private Activation? Single(NodeData node, string value) =>
        (node.Domain, node.Operator) switch
        {
            ("" or "ai.onnx", "Relu") => Activation.Parse("relu"),
            ("" or "ai.onnx", "LeakyRelu") => With("leaky_relu", node.Single("alpha", 0.01f)),
            ("" or "ai.onnx", "Elu") => With("elu", node.Single("alpha", 1)),
            ("" or "ai.onnx", "Celu") => With("celu", node.Single("alpha", 1)),
            ("" or "ai.onnx", "PRelu") when node.Input(0) == value && Scalar(node.Input(1)) is { } slope => With(
                "prelu",
                slope
            ),
            ("" or "ai.onnx", "Selu") => Activation.Parse("selu"),
            (_, "Gelu") => Activation.Parse(node.Attribute("approximate")?.Text == "tanh" ? "gelu_tanh" : "gelu"),
            ("com.microsoft", "BiasGelu") => Activation.Parse("gelu"),
            ("com.microsoft", "FastGelu") => Activation.Parse("gelu_tanh"),
            ("com.microsoft", "QuickGelu") when Is(node.Single("alpha", 1.702f), 1.702) => Activation.Parse(
                "quick_gelu"
            ),
            ("" or "ai.onnx", "Tanh") => Activation.Parse("tanh"),
            ("" or "ai.onnx", "Sigmoid") => Activation.Parse("sigmoid"),
            ("" or "ai.onnx", "HardSigmoid") when IsSixth(node) => Activation.Parse("hard_sigmoid"),
            ("" or "ai.onnx", "HardSwish") => Activation.Parse("hardswish"),
            ("" or "ai.onnx", "Swish") when Is(node.Single("alpha", 1), 1) => Activation.Parse("silu"),
            ("" or "ai.onnx", "Mish") => Activation.Parse("mish"),
            ("" or "ai.onnx", "Softplus") => Activation.Parse("softplus"),
            ("" or "ai.onnx", "Softsign") => Activation.Parse("softsign"),
            ("" or "ai.onnx", "Erf") => Activation.Parse("erf"),
            ("" or "ai.onnx", "Sin") => Activation.Parse("sin"),
            ("" or "ai.onnx", "Cos") => Activation.Parse("cos"),
            ("" or "ai.onnx", "Atan") => Activation.Parse("atan"),
            ("" or "ai.onnx", "Abs") => Activation.Parse("abs"),
            ("" or "ai.onnx", "Clip") when node.Input(0) == value => Clipped(node),
            _ => null,
        };

    private Activation? Clipped(NodeData node)
    {
        double? low = node.Attribute("min")?.Single ?? Scalar(node.Input(1));
        double? high = node.Attribute("max")?.Single ?? Scalar(node.Input(2));
        return (low, high) switch
        {
            (0, 6) => Activation.Parse("relu6"),
            (-1, 1) => Activation.Parse("hardtanh"),
            (0, null or >= float.MaxValue) => Activation.Parse("relu"),
            _ => null,
        };
    }

    /// <summary>f(x) x, where f is written as one or more nodes.</summary>
    private (Activation, string)? WrittenOut(string value, List<NodeData> readers)
    {
        foreach (NodeData product in readers.Where(IsProduct).Concat(readers.Where(IsProduct).SelectMany(HalvedBy)))
        {
            foreach (string factor in product.Inputs)
            {
                if (factor != value && Trace(factor, value) is { } trace && Classify(trace) is { } found)
                {
                    return (Activation.Parse(found.Name), Scaled(product.Outputs[0], found.Factor, trace));
                }
            }
        }
        return null;

        static bool IsProduct(NodeData node) =>
            node is { Operator: "Mul", IsStandard: true, Inputs.Count: 2, Outputs.Count: 1 };

        // 0.5 x comes before the product in some exporters' GELU.
        IEnumerable<NodeData> HalvedBy(NodeData node) =>
            node.Inputs.Exists(input => Scalar(input) is { } half && Is(half, 0.5))
                ? _readers[node.Outputs[0]].Where(IsProduct)
                : [];
    }

    /// <summary>Past the constant factor that belongs to the formula, where it comes last.</summary>
    private string Scaled(string output, double factor, Path trace)
    {
        if (
            factor != 1
            && !trace.Scalars.Exists(s => Is(s, factor) || Is(s, 1 / factor))
            && _readers[output].ToList() is [{ Outputs.Count: 1 } last]
        )
        {
            bool isIt =
                (last.Operator == "Mul" && last.Inputs.Exists(input => Scalar(input) is { } s && Is(s, factor)))
                || (last.Operator == "Div" && Scalar(last.Input(1)) is { } d && Is(d, 1 / factor));
            return isIt ? last.Outputs[0] : output;
        }
        return output;
    }

    private sealed record Path(List<string> Operators, List<double> Scalars);

    /// <summary>All nodes between two values; null where others have a part in it, or the way is too long.</summary>
    private Path? Trace(string from, string to)
    {
        var path = new Path([], []);
        var open = new Stack<string>([from]);
        bool isReached = false;
        while (open.TryPop(out string? value))
        {
            if (value == to)
            {
                isReached = true;
                continue;
            }
            if (Scalar(value) is { } scalar)
            {
                path.Scalars.Add(scalar);
                continue;
            }
            if (
                path.Operators.Count > MostSteps
                || _scope.ProducerOf(value) is not { IsStandard: true } node
                || node.Operator
                    is not (
                        "Mul"
                        or "Div"
                        or "Add"
                        or "Pow"
                        or "Erf"
                        or "Tanh"
                        or "Sigmoid"
                        or "Softplus"
                        or "Clip"
                        or "HardSigmoid"
                    )
                || (node.Operator == "HardSigmoid" && !IsSixth(node))
            )
            {
                return null;
            }
            path.Operators.Add(node.Operator);
            if (node.Operator == "Clip" && Clipped(node)?.Name != "relu6")
            {
                return null;
            }
            foreach (string input in node.Operator == "Clip" ? [node.Input(0)] : node.Inputs)
            {
                open.Push(input);
            }
        }
        return isReached ? path : null;
    }

    private static (string Name, double Factor)? Classify(Path path)
    {
        List<string> operators = path.Operators;
        return operators.Contains("Erf") ? ("gelu", 0.5)
            : operators.Contains("Tanh") && operators.Contains("Softplus") ? ("mish", 1)
            : operators.Contains("Tanh") && (operators.Contains("Pow") || operators.Count(o => o == "Mul") > 1)
                ? ("gelu_tanh", 0.5)
            : operators is ["Sigmoid"] ? ("silu", 1)
            : operators.Contains("Sigmoid") && operators.Count == 2 && path.Scalars.Exists(s => Is(s, 1.702))
                ? ("quick_gelu", 1)
            : operators is ["HardSigmoid"] ? ("hardswish", 1)
            : operators.Contains("Clip") && operators.Contains("Add") && path.Scalars.Exists(s => Is(s, 3))
                ? ("hardswish", 1 / 6.0)
            : null;
    }

    private static bool IsSixth(NodeData node) =>
        Is(node.Single("alpha", 0.2f), 1 / 6.0) && Is(node.Single("beta", 0.5f), 0.5);

    private static Activation? With(string name, double parameter) =>
        // A parameter out of the catalogue's range makes another function than the one that bears the name.
        parameter is > 0 and < 1000
            ? Activation.Parse(string.Create(CultureInfo.InvariantCulture, $"{name}({(decimal)(float)parameter})"))
            : null;

    private static bool Is(double a, double b) => Math.Abs(a - b) <= Near * Math.Abs(b);
}
