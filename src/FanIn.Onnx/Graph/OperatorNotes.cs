using System.Collections.Frozen;
using System.Collections.Immutable;

namespace FanIn.Onnx;

/// <summary>Collects what a check can't look into, so that nothing is passed over in silence.</summary>
internal sealed class OperatorNotes
{
    /// <summary>Domains whose operators ONNX Runtime brings along.</summary>
    private static readonly FrozenSet<string> s_known =
    [
        "",
        "ai.onnx",
        "ai.onnx.ml",
        "ai.onnx.training",
        "ai.onnx.preview",
        "ai.onnx.preview.training",
        "com.microsoft",
        "com.microsoft.nchwc",
        "com.microsoft.experimental",
        "com.ms.internal.nhwc",
        "org.pytorch.aten",
    ];

    /// <summary>Operators whose weights are integers in a form of their own.</summary>
    private static readonly FrozenSet<string> s_packed =
    [
        "MatMulInteger",
        "ConvInteger",
        "MatMulIntegerToFloat",
        "DynamicQuantizeMatMul",
        "DynamicQuantizeLSTM",
        "MatMulNBits",
        "MatMulBnb4",
        "GatherBlockQuantized",
        "QAttention",
        "QGemm",
        "QMoE",
        "QLinearConvTranspose",
    ];

    private readonly FunctionTable _functions;
    private readonly List<NodeData> _unknown = [];
    private readonly List<(string Label, string Operator)> _packed = [];
    private readonly List<(string Name, TensorData Tensor)> _unread = [];

    public OperatorNotes(FunctionTable functions) => _functions = functions;

    public IReadOnlyCollection<NodeData> Unknown => _unknown;

    public void Look(NodeData node, GraphScope scope)
    {
        if (!s_known.Contains(node.Domain) && _functions.Of(node) is null)
        {
            _unknown.Add(node);
        }
        else if (s_packed.Contains(node.Operator) && node.Inputs.Exists(input => scope.ConstantOf(input) is not null))
        {
            _packed.Add(($"{scope.Prefix}{node.Label}", node.Operator));
        }
    }

    /// <summary>Notes a tensor that a node reads and that may be a weight, but of a type whose values aren't read.</summary>
    public void Look(string name, TensorData tensor)
    {
        bool isOdd =
            tensor.Type
            is (>= OnnxType.Float8E4M3Fn and <= OnnxType.Float8E5M2Fnuz)
                or OnnxType.Float4E2M1
                or OnnxType.Float8E8M0
                or OnnxType.Complex64
                or OnnxType.Complex128;
        if (isOdd && tensor.Count > 1 && !_unread.Exists(known => known.Tensor == tensor))
        {
            _unread.Add((name, tensor));
        }
    }

    /// <param name="inside">Weighted layers in bodies and functions.</param>
    /// <param name="parameters">All parameters.</param>
    public ImmutableArray<SignalFinding> Findings(
        IReadOnlyList<string> inside,
        ImmutableArray<OnnxParameter> parameters
    )
    {
        var findings = ImmutableArray.CreateBuilder<SignalFinding>();
        foreach (var group in _unknown.GroupBy(node => (node.Domain, node.Operator)))
        {
            NodeData first = group.First();
            Note(
                first.Label,
                $"The operator {ExternalData.Printable(first.Operator)} of domain '{ExternalData.Printable(first.Domain)}'{Times(group.Count())} isn't known: its first input is passed on as its output, and its own weights, if it has any, count as free parameters."
            );
        }
        foreach (var group in _packed.GroupBy(node => node.Operator))
        {
            Note(
                group.First().Label,
                $"The weights of {group.Key}{Times(group.Count())} are integers in a form that the check doesn't read: their values aren't looked at."
            );
        }
        foreach (OnnxParameter parameter in parameters.Where(p => p.Constant.Sparse is not null))
        {
            Note(
                parameter.Name,
                $"Only {parameter.Constant.Tensor.Count} of the {parameter.Constant.Count} values are stored (a sparse initializer); the others count as zeros, and no recipe changes it."
            );
        }
        foreach (var group in _unread.GroupBy(unread => unread.Tensor.Type))
        {
            Note(
                group.First().Name,
                $"{group.Count()} tensor{(group.Count() == 1 ? " is" : "s are")} of the type {OnnxTypes.Word((int)group.Key)}, whose values the check doesn't read: {(group.Count() == 1 ? "it counts" : "they count")} as no parameter{(group.Count() == 1 ? "" : "s")}."
            );
        }
        if (inside.Count > 0)
        {
            Note(
                inside[0],
                $"{inside.Count} weighted layer{(inside.Count == 1 ? " lies" : "s lie")} in bodies of If, Loop, Scan or functions, where ONNX Runtime shows no outputs: {(inside.Count == 1 ? "its" : "their")} weights are checked, {(inside.Count == 1 ? "its" : "their")} signal isn't."
            );
        }
        return findings.ToImmutable();

        void Note(string layer, string message) =>
            findings.Add(new(FindingKind.UnknownOperator, FindingSeverity.Note, layer, message));
    }

    private static string Times(int count) => count == 1 ? "" : $" ({count} nodes)";
}
