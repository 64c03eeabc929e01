using System.Collections.Immutable;

namespace FanIn.Onnx;

/// <summary>What a constant is to a node that reads it.</summary>
/// <param name="Formal">The operator's word for the input: <c>W</c>.</param>
/// <param name="Description">Without a name; null where the constant is a setting, no parameter.</param>
internal sealed record ParameterUse(string Formal, ParameterDescription? Description)
{
    /// <summary>Says what a constant is to a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="index">Which of its inputs.</param>
    /// <param name="constant">What it reads there.</param>
    /// <param name="scope">Where the node is.</param>
    /// <param name="isWeighted">Whether a node has a weight of its own.</param>
    public static ParameterUse Of(
        NodeData node,
        int index,
        Constant constant,
        GraphScope scope,
        Func<NodeData, bool> isWeighted
    )
    {
        string formal = FormalNames.Of(node, index);
        if (!constant.IsNumbers)
        {
            return new(formal, null);
        }
        ParameterDescription? parameter;
        try
        {
            parameter = Describe(node, index, constant, scope, isWeighted);
        }
        catch (ArgumentException)
        {
            // A shape that the operator can't have: ONNX Runtime will say so, if it gets that far.
            parameter = Plain(constant, ParameterRole.Other);
        }
        if (
            parameter is not null
            && (constant.IsCut || !parameter.Tensor.Shape.SequenceEqual(constant.Shape))
            && !IsGates(parameter)
        )
        {
            // A part, or seen through a change of shape: which axis is which isn't known then.
            parameter = Plain(
                constant,
                parameter.Role is ParameterRole.Weight or ParameterRole.Embedding ? ParameterRole.Other : parameter.Role
            );
        }
        return new(
            formal,
            parameter is null
                ? null
                : parameter with
                {
                    LayerKind = node.Operator,
                    ElementType = OnnxTypes.ElementOf(constant.Tensor.Type) ?? ElementType.Float32,
                    IsTrainable = constant.Quantization is null && constant.Sparse is null,
                }
        );
    }

    /// <summary>A parameter without inputs and outputs.</summary>
    public static ParameterDescription Plain(Constant constant, ParameterRole role) =>
        new("", TensorDescription.Plain([.. constant.Shape]), role)
        {
            ElementType = OnnxTypes.ElementOf(constant.Tensor.Type) ?? ElementType.Float32,
            IsTrainable = constant.Quantization is null && constant.Sparse is null,
        };

    private static ParameterDescription? Describe(
        NodeData node,
        int index,
        Constant constant,
        GraphScope scope,
        Func<NodeData, bool> isWeighted
    ) =>
        (node.Operator, index) switch
        {
            ("Conv" or "FusedConv" or "ConvInteger", 1) => Weight(
                TensorDescription.FromShape([.. constant.Shape], WeightLayout.Torch, Groups(node))
            ),
            ("QLinearConv", 3) => Weight(
                TensorDescription.FromShape([.. constant.Shape], WeightLayout.Torch, Groups(node))
            ),
            ("ConvTranspose", 1) => Weight(
                TensorDescription.FromShape(
                    [.. constant.Shape],
                    WeightLayout.TorchTransposed,
                    Groups(node),
                    [.. node.Integers("strides")]
                )
            ),
            ("Gemm" or "FusedGemm", 1) => Matrix(constant, isTransposed: node.Integer("transB", 0) != 0),
            ("Gemm" or "FusedGemm", 0) => Matrix(constant, isTransposed: node.Integer("transA", 0) == 0),
            ("MatMul" or "FusedMatMul" or "MatMulInteger", 1) => Matrix(constant, node.Integer("transB", 0) != 0),
            ("QLinearMatMul", 3) => Matrix(constant, isTransposed: false),
            ("MatMul" or "FusedMatMul", 0) => Matrix(constant, node.Integer("transA", 0) == 0),
            ("Conv" or "FusedConv" or "ConvTranspose" or "Gemm" or "FusedGemm", 2) => Plain(
                constant,
                ParameterRole.Bias
            ),
            ("QLinearConv", 8) => Plain(constant, ParameterRole.Bias),
            ("LSTM", 1 or 2) => Recurrent(constant, ["i", "o", "f", "c"]),
            ("GRU", 1 or 2) => Recurrent(constant, ["z", "r", "h"]),
            ("RNN", 1 or 2) => Recurrent(constant, [""]),
            ("LSTM" or "GRU" or "RNN", 3) => Plain(constant, ParameterRole.Bias),
            ("LSTM" or "GRU" or "RNN", _) => constant.Count > 1 ? Plain(constant, ParameterRole.Other) : null,
            ("Attention", 1) when !node.IsStandard && constant.Shape is [var inputs, var all] && all % 3 == 0 =>
                ParameterDescription.Packed(
                    "",
                    ["q", "k", "v"],
                    TensorDescription.Dense(all / 3, inputs, WeightLayout.Keras),
                    ParameterRole.Weight,
                    axis: 1
                ),
            ("Attention", 2) when !node.IsStandard => Plain(constant, ParameterRole.Bias),
            ("Gather", 0)
                when constant.Shape.Count == 2
                    && !constant.IsPermuted
                    && !constant.IsTransposed
                    && node.Integer("axis", 0) == 0 => new(
                "",
                TensorDescription.Embedding(constant.Shape[0], constant.Shape[1]),
                ParameterRole.Embedding
            ),
            // The statistics of batch normalization are no parameters: training counts them.
            ("BatchNormalization", > 2) => null,
            (
                "BatchNormalization"
                    or "InstanceNormalization"
                    or "GroupNormalization"
                    or "LayerNormalization"
                    or "SimplifiedLayerNormalization"
                    or "RMSNormalization"
                    or "GroupNorm",
                1
            ) => Plain(constant, ParameterRole.NormScale),
            (
                "BatchNormalization"
                    or "InstanceNormalization"
                    or "GroupNormalization"
                    or "LayerNormalization"
                    or "GroupNorm",
                2
            ) => Plain(constant, ParameterRole.NormShift),
            ("SkipLayerNormalization" or "SkipSimplifiedLayerNormalization", 2) => Plain(
                constant,
                ParameterRole.NormScale
            ),
            ("SkipLayerNormalization", 3) => Plain(constant, ParameterRole.NormShift),
            ("SkipLayerNormalization", 4) or ("SkipSimplifiedLayerNormalization", 3) => Plain(
                constant,
                ParameterRole.Bias
            ),
            ("BiasGelu" or "FastGelu", 1) => Plain(constant, ParameterRole.Bias),
            ("PRelu", 1) => Plain(constant, ParameterRole.Slope),
            ("Add", _) => Added(node, index, constant, scope, isWeighted),
            ("Mul", _) when constant.IsVector && constant.Count > 1 && IsNormalized(node.Input(1 - index), scope) =>
                Plain(constant, ParameterRole.NormScale),
            _ => FormalNames.IsSetting(node) || constant.Count <= 1 ? null : Plain(constant, ParameterRole.Other),
        };

    private static ParameterDescription? Added(
        NodeData node,
        int index,
        Constant constant,
        GraphScope scope,
        Func<NodeData, bool> isWeighted
    )
    {
        if (constant.IsVector && scope.ProducerOf(node.Input(1 - index)) is { } producer)
        {
            if (isWeighted(producer))
            {
                return Plain(constant, ParameterRole.Bias);
            }
            if (
                constant.Count > 1
                && producer is { Operator: "Mul", IsStandard: true }
                && (IsNormalized(producer.Input(0), scope) || IsNormalized(producer.Input(1), scope))
            )
            {
                return Plain(constant, ParameterRole.NormShift);
            }
        }
        return constant.Count > 1 ? Plain(constant, ParameterRole.Other) : null;
    }

    /// <summary>x / sqrt(...) or x * (1 / sqrt(...)): a normalization that was written out.</summary>
    private static bool IsNormalized(string value, GraphScope scope) =>
        scope.ProducerOf(value) switch
        {
            { Operator: "Div", IsStandard: true } node => IsRoot(node.Input(1), scope),
            { Operator: "Mul", IsStandard: true } node => IsInverseRoot(node.Input(0), scope)
                || IsInverseRoot(node.Input(1), scope),
            _ => false,
        };

    private static bool IsInverseRoot(string value, GraphScope scope) =>
        scope.ProducerOf(value) is { Operator: "Reciprocal" or "Div", IsStandard: true } node
        && IsRoot(node.Inputs[^1], scope);

    private static bool IsRoot(string value, GraphScope scope) =>
        scope.ProducerOf(value) is { Operator: "Sqrt" or "Pow", IsStandard: true };

    /// <summary>Gates stay what they are when they are cut apart and put together.</summary>
    private static bool IsGates(ParameterDescription parameter) =>
        !parameter.Blocks.IsEmpty && parameter.Blocks[0].Name is "i" or "r" or "";

    private static ParameterDescription Weight(TensorDescription tensor) => new("", tensor, ParameterRole.Weight);

    /// <summary>The right side of y = x W, [in, out], or what is transposed to it; several that are stacked one by one.</summary>
    private static ParameterDescription Matrix(Constant constant, bool isTransposed)
    {
        if (constant.IsPermuted || constant.Shape.Count is < 2 or > 3)
        {
            return Plain(constant, ParameterRole.Other);
        }
        bool isTorch = isTransposed ^ constant.IsTransposed;
        (long first, long second) = (constant.Shape[^2], constant.Shape[^1]);
        var one = isTorch
            ? TensorDescription.Dense(first, second)
            : TensorDescription.Dense(second, first, WeightLayout.Keras);
        return constant.Shape.Count == 2
            ? Weight(one)
            : new("", TensorDescription.Plain([.. constant.Shape]), ParameterRole.Weight)
            {
                Blocks =
                [
                    .. ParameterBlock.Each(
                        Enumerable.Range(0, checked((int)constant.Shape[0])).Select(i => $"{i}"),
                        one
                    ),
                ],
            };
    }

    /// <summary>
    /// [directions, gates x hidden, in]: of one direction its gates lie one below the other, each a matrix [1, hidden, in];
    /// of two, each direction's matrices are one block.
    /// </summary>
    private static ParameterDescription Recurrent(Constant constant, ImmutableArray<string> gates)
    {
        if (constant.Shape is [var all, var width] && constant.IsCut && all % gates.Length == 0)
        {
            // A matrix of PyTorch's, with the gates in PyTorch's order, that the exporter cut and sorted anew.
            return ParameterDescription.Packed(
                "",
                gates.Length == 4 ? ["i", "f", "g", "o"]
                    : gates.Length == 3 ? ["r", "z", "n"]
                    : gates,
                TensorDescription.Dense(all / gates.Length, width),
                ParameterRole.Weight
            );
        }
        if (constant.Shape is not [var directions, var rows, var inputs] || rows % gates.Length != 0)
        {
            return Plain(constant, ParameterRole.Other);
        }
        if (directions != 1)
        {
            return new("", TensorDescription.Plain(directions, rows, inputs), ParameterRole.Weight)
            {
                Blocks = [.. ParameterBlock.Each(["forward", "reverse"], TensorDescription.Dense(rows, inputs))],
            };
        }
        // One tap more than a matrix has, of length 1: the fan is the matrix's.
        var gate = TensorDescription.TransposedConvolution(
            rows / gates.Length,
            inputs,
            [1],
            layout: WeightLayout.KerasTransposed
        );
        return gates.Length == 1
            ? Weight(gate)
            : ParameterDescription.Packed("", gates, gate, ParameterRole.Weight, axis: 1);
    }

    private static long Groups(NodeData node) => Math.Max(1, node.Integer("group", 1));
}
