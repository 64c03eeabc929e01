using System.Globalization;

namespace FanIn.Onnx;

/// <summary>
/// Finds which activation a value goes to: one operator, or several that exporters write out (x sigmoid(x), x Phi(x) by erf
/// or tanh, x clip(x + 3, 0, 6) / 6), which <see cref="WrittenOutActivation"/> knows by what they compute.
/// </summary>
internal sealed class ActivationFinder
{
    private const int MostSteps = 12;
    private const double Near = 1e-3;
    private readonly GraphScope _scope;
    private readonly byte[] _file;
    private readonly ILookup<string, NodeData> _readers;
    private readonly Dictionary<string, (Activation, string)?> _matches = new(StringComparer.Ordinal);

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
        if (!_matches.TryGetValue(value, out var match))
        {
            List<NodeData> readers = [.. _readers[value]];
            _matches[value] = match =
                readers is [{ Outputs.Count: > 0 } only] && Single(only, value) is { } activation
                    ? (activation, only.Outputs[0])
                    : WrittenOutActivation.Find(this, value);
        }
        return match;
    }

    /// <summary>The one number that a constant holds; null where it is none or holds more.</summary>
    public double? Scalar(string name) =>
        name.Length > 0 && _scope.ConstantOf(name) is { Count: 1, Sparse: null, Parts.IsEmpty: true } constant
            ? TensorValues.Read(_file, constant.Tensor)?[0]
            : null;

    /// <summary>The numbers that a constant holds; null where it is none, or none of usual numbers.</summary>
    public float[]? Numbers(string name) =>
        name.Length > 0 && _scope.ConstantOf(name) is { Sparse: null, Quantization: null, Parts.IsEmpty: true } constant
            ? TensorValues.Read(_file, constant.Tensor)
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

    /// <summary>The activation that one node applies to a value; null where it does something else.</summary>
    public Activation? Single(NodeData node, string value) =>
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

    private static bool IsSixth(NodeData node) =>
        Is(node.Single("alpha", 0.2f), 1 / 6.0) && Is(node.Single("beta", 0.5f), 0.5);

    private static Activation? With(string name, double parameter) =>
        // A parameter out of the catalogue's range makes another function than the one that bears the name.
        parameter is > 0 and < 1000
            ? Activation.Parse(string.Create(CultureInfo.InvariantCulture, $"{name}({(decimal)(float)parameter})"))
            : null;

    private static bool Is(double a, double b) => Math.Abs(a - b) <= Near * Math.Abs(b);
}
