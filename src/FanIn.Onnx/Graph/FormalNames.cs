using System.Collections.Frozen;

namespace FanIn.Onnx;

/// <summary>The operators' own words for their inputs, and which inputs are settings, no parameters.</summary>
internal static class FormalNames
{
    private static readonly FrozenDictionary<string, string[]> s_names = new Dictionary<string, string[]>
    {
        ["Conv"] = ["X", "W", "B"],
        ["FusedConv"] = ["X", "W", "B", "Z"],
        ["ConvTranspose"] = ["X", "W", "B"],
        ["QLinearConv"] =
        [
            "x",
            "x_scale",
            "x_zero_point",
            "w",
            "w_scale",
            "w_zero_point",
            "y_scale",
            "y_zero_point",
            "B",
        ],
        ["ConvInteger"] = ["x", "w", "x_zero_point", "w_zero_point"],
        ["Gemm"] = ["A", "B", "C"],
        ["FusedGemm"] = ["A", "B", "C"],
        ["MatMul"] = ["A", "B"],
        ["FusedMatMul"] = ["A", "B"],
        ["MatMulInteger"] = ["A", "B", "a_zero_point", "b_zero_point"],
        ["QLinearMatMul"] = ["a", "a_scale", "a_zero_point", "b", "b_scale", "b_zero_point", "y_scale", "y_zero_point"],
        ["LSTM"] = ["X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"],
        ["GRU"] = ["X", "W", "R", "B", "sequence_lens", "initial_h"],
        ["RNN"] = ["X", "W", "R", "B", "sequence_lens", "initial_h"],
        ["Gather"] = ["data", "indices"],
        ["BatchNormalization"] = ["X", "scale", "B", "input_mean", "input_var"],
        ["InstanceNormalization"] = ["input", "scale", "B"],
        ["GroupNormalization"] = ["X", "scale", "bias"],
        ["GroupNorm"] = ["X", "gamma", "beta"],
        ["LayerNormalization"] = ["X", "Scale", "B"],
        ["SimplifiedLayerNormalization"] = ["X", "scale"],
        ["RMSNormalization"] = ["X", "scale"],
        ["SkipLayerNormalization"] = ["input", "skip", "gamma", "beta", "bias"],
        ["SkipSimplifiedLayerNormalization"] = ["input", "skip", "gamma", "bias"],
        ["PRelu"] = ["X", "slope"],
        ["Attention"] = ["input", "weights", "bias"],
        ["BiasGelu"] = ["A", "B"],
        ["FastGelu"] = ["X", "bias"],
        ["Add"] = ["A", "B"],
        ["Sub"] = ["A", "B"],
        ["Mul"] = ["A", "B"],
        ["Div"] = ["A", "B"],
    }.ToFrozenDictionary();

    /// <summary>Operators whose floating-point inputs beyond the first say how, not what; or that only move values.</summary>
    private static readonly FrozenSet<string> s_settings =
    [
        "Clip",
        "Resize",
        "Upsample",
        "Pad",
        "Range",
        "OneHot",
        "Pow",
        "Max",
        "Min",
        "Dropout",
        "QuantizeLinear",
        "DequantizeLinear",
        "DynamicQuantizeLinear",
        "NonMaxSuppression",
        "RoiAlign",
        "MaxRoiPool",
        "Loop",
        "If",
        "Scan",
        "Equal",
        "Greater",
        "GreaterOrEqual",
        "Less",
        "LessOrEqual",
        "QLinearConv",
        "QLinearMatMul",
        "QLinearAdd",
        "QLinearMul",
        "Shape",
        "Size",
    ];

    /// <summary>The word for an input; <c>input3</c> where none is known.</summary>
    public static string Of(NodeData node, int index) =>
        s_names.TryGetValue(node.Operator, out string[]? names) && index < names.Length
            ? names[index]
            : $"input{index}";

    /// <summary>True where a constant that the operator reads is a setting.</summary>
    public static bool IsSetting(NodeData node) => node.IsStandard && s_settings.Contains(node.Operator);
}
