using System.Collections.Immutable;
using System.Text.RegularExpressions;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// What the parameters of TorchSharp's layers are to their layer. Some layers (recurrent ones, attention, the
/// transformer's) live in native code: their parameters are told apart by name. What TorchSharp has no layer for is told
/// by what everyone calls it:
/// <list type="bullet">
/// <item>in a module of one's own with Norm in its type's name (<c>RMSNorm</c>, <c>LayerNorm2d</c>), a <c>weight</c> of one
/// dimension is the scale, a <c>bias</c> of one dimension the shift;</item>
/// <item>a module of one's own called <c>Conv1D</c>, as in transformers' GPT-2, has its matrix stored as [in, out];</item>
/// <item>a Linear or Conv1D called <c>c_attn</c>, <c>qkv</c>, <c>qkv_proj</c> or <c>Wqkv</c> with three outputs an input is
/// the packed matrix of query, key and value, in this order.</item>
/// </list>
/// </summary>
internal static partial class LayerKinds
{
    private static readonly ImmutableArray<string> s_lstmGates = ["i", "f", "g", "o"];
    private static readonly ImmutableArray<string> s_gruGates = ["r", "z", "n"];
    private static readonly ImmutableArray<string> s_attention = ["q", "k", "v"];

    public static ParameterDescription Describe(nn.Module layer, string path, string name, Tensor value)
    {
        long[] shape = value.shape;
        ParameterDescription parameter = layer switch
        {
            Linear when IsPackedAttention(layer, path, outputs: 0) => Packed(s_attention),
            _ when IsBias(name) && layer is Linear or Convolution or Bilinear => Plain(ParameterRole.Bias),
            Linear => Weight(TensorDescription.Dense(shape[0], shape[1])),
            Convolution { transposed: true } c => Weight(
                TensorDescription.TransposedConvolution(
                    c.out_channels,
                    c.in_channels,
                    shape.AsSpan(2),
                    c.stride,
                    c.groups
                )
            ),
            Convolution c => Weight(
                TensorDescription.Convolution(c.out_channels, c.in_channels, shape.AsSpan(2), c.groups)
            ),
            // y_o = x1^T W_o x2: every pair of inputs is a connection.
            Bilinear => Weight(TensorDescription.Convolution(shape[0], shape[1], [shape[2]])),
            Embedding or EmbeddingBag => Of(ParameterRole.Embedding, TensorDescription.Embedding(shape[0], shape[1])),
            NormBase or LayerNorm or GroupNorm => Plain(
                IsBias(name) ? ParameterRole.NormShift : ParameterRole.NormScale
            ),
            PReLU => Plain(ParameterRole.Slope),
            LSTM or LSTMCell => Recurrent(s_lstmGates),
            GRU or GRUCell => Recurrent(s_gruGates),
            RNN or RNNCell => Recurrent([]),
            MultiheadAttention
            or Transformer
            or TransformerEncoderLayer
            or TransformerEncoder
            or TransformerDecoderLayer
            or TransformerDecoder => OfTransformer(),
            _ when IsOwnNorm(layer, name, shape) => Plain(
                name == "bias" ? ParameterRole.NormShift : ParameterRole.NormScale
            ),
            _ when layer.GetType().Name == "Conv1D" && FittedLayer.ParameterOf(layer, "weight")?.shape.Length == 2 =>
                OfConv1D(),
            _ => Plain(ParameterRole.Other),
        };
        return parameter with { LayerKind = layer.GetType().Name };

        ParameterDescription Of(ParameterRole role, TensorDescription tensor) => new(path, tensor, role);
        ParameterDescription Weight(TensorDescription tensor) => Of(ParameterRole.Weight, tensor);
        ParameterDescription Plain(ParameterRole role) => Of(role, TensorDescription.Plain(shape));

        // The matrices of all gates lie one below the other: [gates x hidden, in]; their biases one after the other.
        ParameterDescription Recurrent(ImmutableArray<string> gates) =>
            gates.IsEmpty || name.StartsWith("weight_hr", StringComparison.Ordinal)
                ? IsBias(name)
                    ? Plain(ParameterRole.Bias)
                    : Weight(TensorDescription.Dense(shape[0], shape[1]))
                : Packed(gates);

        ParameterDescription Packed(ImmutableArray<string> blocks) =>
            IsBias(name)
                ? ParameterDescription.Packed(
                    path,
                    blocks,
                    TensorDescription.Plain(shape[0] / blocks.Length),
                    ParameterRole.Bias
                )
                : ParameterDescription.Packed(
                    path,
                    blocks,
                    TensorDescription.Dense(shape[0] / blocks.Length, shape[1]),
                    ParameterRole.Weight
                );

        ParameterDescription OfConv1D()
        {
            bool isPacked = IsPackedAttention(layer, path, outputs: 1);
            return name switch
            {
                "weight" when isPacked => ParameterDescription.Packed(
                    path,
                    s_attention,
                    TensorDescription.Dense(shape[1] / 3, shape[0], WeightLayout.Keras),
                    ParameterRole.Weight,
                    axis: 1
                ),
                "weight" => Weight(TensorDescription.Dense(shape[1], shape[0], WeightLayout.Keras)),
                "bias" when shape.Length == 1 => isPacked ? Packed(s_attention) : Plain(ParameterRole.Bias),
                _ => Plain(ParameterRole.Other),
            };
        }

        ParameterDescription OfTransformer() =>
            name.Contains("norm", StringComparison.Ordinal)
                ? Plain(IsBias(name) ? ParameterRole.NormShift : ParameterRole.NormScale)
            : name.EndsWith("in_proj_bias", StringComparison.Ordinal) ? Packed(s_attention)
            : IsBias(name)
            || name.EndsWith("bias_k", StringComparison.Ordinal)
            || name.EndsWith("bias_v", StringComparison.Ordinal)
                ? Plain(ParameterRole.Bias)
            : name.EndsWith("in_proj_weight", StringComparison.Ordinal) ? Packed(s_attention)
            : shape.Length == 2 ? Weight(TensorDescription.Dense(shape[0], shape[1]))
            : Plain(ParameterRole.Other);
    }

    /// <summary>
    /// The module as a layer whose output is one weight applied to its input, so that the output's variance speaks of that
    /// weight; null for all others, also for those with several weights inside.
    /// </summary>
    public static nn.Module<Tensor, Tensor>? OneWeight(nn.Module module) =>
        module is Linear or Convolution or Embedding ? (nn.Module<Tensor, Tensor>)module : null;

    /// <summary>A layer called so, with a weight and three outputs an input.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="path">Of one of its parameters.</param>
    /// <param name="outputs">The axis of its outputs.</param>
    private static bool IsPackedAttention(nn.Module layer, string path, int outputs) =>
        path.Split('.') is [.., "c_attn" or "qkv" or "qkv_proj" or "Wqkv", _]
        && FittedLayer.ParameterOf(layer, "weight")?.shape is [var first, var second]
        && (outputs == 0 ? first == 3 * second : second == 3 * first);

    private static bool IsOwnNorm(nn.Module layer, string name, long[] shape) =>
        name is "weight" or "bias" && shape.Length == 1 && NormName().IsMatch(layer.GetType().Name);

    /// <summary>Norm as a word: not Normal, Normalize, Normed.</summary>
    [GeneratedRegex("Norm(?![a-z])", RegexOptions.None, 1000)]
    private static partial Regex NormName();

    private static bool IsBias(string name) =>
        name.EndsWith("bias", StringComparison.Ordinal) || name.StartsWith("bias_", StringComparison.Ordinal);
}
