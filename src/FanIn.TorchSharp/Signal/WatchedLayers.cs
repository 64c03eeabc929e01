using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>Which layers a check has a row for.</summary>
internal static class WatchedLayers
{
    /// <summary>Native layers that hold others inside, which no hook reaches.</summary>
    public static bool IsWhole(nn.Module module) =>
        module
            is MultiheadAttention
                or Transformer
                or TransformerEncoder
                or TransformerEncoderLayer
                or TransformerDecoder
                or TransformerDecoderLayer
                or LSTM
                or GRU
                or RNN;

    public static bool HasWeight(nn.Module layer) =>
        layer is Linear or Convolution or Embedding || IsWhole(layer) || WeightsOf(layer).Any();

    /// <summary>The names of a layer's own weights.</summary>
    public static IEnumerable<string> WeightsOf(nn.Module layer) =>
        layer
            .named_parameters(recurse: false)
            .Where(p =>
                LayerKinds.Describe(layer, p.name, p.name, p.parameter).Role
                    is ParameterRole.Weight
                        or ParameterRole.Embedding
            )
            .Select(p => p.name);
}
