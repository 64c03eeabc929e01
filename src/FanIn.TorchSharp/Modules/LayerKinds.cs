using System.Collections.Immutable;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// What the parameters of TorchSharp's layers are to their layer. Some layers (recurrent ones, attention, the
/// transformer's) live in native code: their parameters are told apart by name.
/// </summary>
internal static class LayerKinds
{
    private static readonly ImmutableArray<string> s_lstmGates = ["i", "f", "g", "o"];
    private static readonly ImmutableArray<string> s_gruGates = ["r", "z", "n"];
    private static readonly ImmutableArray<string> s_attention = ["q", "k", "v"];

    public static ParameterDescription Describe(nn.Module layer, string path, string name, Tensor value)
    {
        long[] shape = value.shape;
        ParameterDescription parameter = layer switch
        {
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

    private static bool IsBias(string name) =>
        name.EndsWith("bias", StringComparison.Ordinal) || name.StartsWith("bias_", StringComparison.Ordinal);
}
