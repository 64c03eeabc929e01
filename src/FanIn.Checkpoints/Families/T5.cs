using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// T5, versions 1.0 and 1.1: no biases, norms of scale f (initializer_factor) without shift, and each matrix by its own fan,
/// so that the attention needs no division by sqrt(d_kv): q N(0, f^2 / (d_model d_kv)), k and v N(0, f^2 / d_model), the
/// output N(0, f^2 / (heads d_kv)), the MLP N(0, f^2 / fan-in), positions N(0, f^2 / d_model), the shared table and an untied
/// head N(0, f^2).
/// </summary>
/// <remarks>Raffel et al.: Exploring the Limits of Transfer Learning, 2019; transformers' T5Config and T5PreTrainedModel.</remarks>
internal static class T5
{
    private const string Conditional = "T5ForConditionalGeneration";
    private const string Old = "T5WithLMHeadModel";
    private const string Bare = "T5Model";
    private const string Encoder = "T5EncoderModel";

    public static readonly Family Family = new(
        "t5",
        c =>
        {
            long vocabulary = c.Size("vocab_size", 32_128);
            long width = c.Size("d_model|hidden_size", 512);
            long headWidth = c.Size("d_kv", 64);
            long heads = c.Size("num_heads|num_attention_heads", 8);
            long inner = c.Size("d_ff", 2048);
            long layers = c.Count("num_layers|num_hidden_layers", 6);
            long buckets = c.Size("relative_attention_num_buckets", 32);
            long decoderLayers = c.SizeOrNull("num_decoder_layers", null) is null
                ? layers
                : c.Count("num_decoder_layers", layers);
            string architecture = c.Architecture(Conditional, [Conditional, Old, Bare, Encoder]);
            bool hasDecoder = architecture != Encoder;
            bool hasHead = architecture is Conditional or Old;
            bool isTied = c.Flag("tie_word_embeddings", true);
            bool isGated = IsGated(c);
            ImmutableArray<string> tied =
            [
                "encoder.embed_tokens.weight",
                .. hasDecoder ? (string[])["decoder.embed_tokens.weight"] : [],
                .. hasHead && isTied ? (string[])["lm_head.weight"] : [],
            ];
            return new(
                architecture,
                [
                    Row.Embedding("shared", vocabulary, width, null, tied),
                    Stack("encoder", layers, isDecoder: false),
                    hasDecoder ? Stack("decoder", decoderLayers, isDecoder: true) : Row.If(false),
                    Row.If(hasHead && !isTied, Row.Linear("lm_head", vocabulary, width, bias: false)),
                ],
                Rules(c.Scale("initializer_factor", 1), width, headWidth)
            );

            Row Stack(string path, long count, bool isDecoder) =>
                Row.Within(
                    path,
                    Block("block.{i}", 0, 1, isDecoder),
                    Block("block.{i}", 1, count - 1, isDecoder),
                    Row.RmsNorm("final_layer_norm", width)
                );

            // Positions are the first block's, which passes them on.
            Row Block(string path, long first, long count, bool isDecoder) =>
                Row.LayersFrom(
                    path,
                    first,
                    count,
                    Attention("layer.0.SelfAttention", hasPositions: first == 0),
                    Row.RmsNorm("layer.0.layer_norm", width),
                    Row.If(
                        isDecoder,
                        Attention("layer.1.EncDecAttention", hasPositions: false),
                        Row.RmsNorm("layer.1.layer_norm", width)
                    ),
                    Row.Within(
                        isDecoder ? "layer.2" : "layer.1",
                        isGated
                            ? Row.Within(
                                "DenseReluDense",
                                Row.Linear("wi_0", inner, width, bias: false),
                                Row.Linear("wi_1", inner, width, bias: false)
                            )
                            : Row.Linear("DenseReluDense.wi", inner, width, bias: false),
                        Row.Linear("DenseReluDense.wo", width, inner, bias: false),
                        Row.RmsNorm("layer_norm", width)
                    )
                );

            Row Attention(string path, bool hasPositions) =>
                Row.Within(
                    path,
                    Row.Linear("q", heads * headWidth, width, bias: false),
                    Row.Linear("k", heads * headWidth, width, bias: false),
                    Row.Linear("v", heads * headWidth, width, bias: false),
                    Row.Linear("o", width, heads * headWidth, bias: false),
                    Row.If(hasPositions, Row.Embedding("relative_attention_bias", buckets, heads))
                );
        }
    );

    private static bool IsGated(ModelConfig c)
    {
        string text = c.Text("feed_forward_proj") ?? "relu";
        string[] parts = text.Split('-');
        return parts is [_] or ["gated", _]
            ? parts.Length == 2
            : throw c.Fault("feed_forward_proj", $"must be an activation such as relu, or gated-gelu, not '{text}'");
    }

    private static Recipe Rules(double factor, long width, long headWidth)
    {
        string f = FamilyRecipe.Text(factor);
        return FamilyRecipe.Own(
            "t5",
            FamilyRecipe.Weights("*Attention.q.weight", $"normal(std={f}/sqrt(fan_in*{headWidth}))"),
            Rule.For("*.relative_attention_bias.weight", $"normal(std={f}/sqrt({width}))"),
            FamilyRecipe.Optional("lm_head.weight", $"normal(std={f})") with
            {
                Role = ParameterRole.Weight,
            },
            Rule.For(ParameterRole.Weight, $"normal(std={f}/sqrt(fan_in))"),
            Rule.For(ParameterRole.Embedding, $"normal(std={f})"),
            Rule.For(ParameterRole.NormScale, factor == 1 ? "ones" : $"constant({f})")
        );
    }
}
