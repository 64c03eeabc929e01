using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// Whisper: N(0, init_std^2) for weights and embeddings, biases 0, norms 1 and 0, the word table's padding row 0. The
/// encoder's positions are waves, not drawn and not trained; keys have no bias.
/// </summary>
/// <remarks>Radford et al.: Robust Speech Recognition via Large-Scale Weak Supervision, 2022; transformers' WhisperConfig.</remarks>
internal static class Whisper
{
    private const string Conditional = "WhisperForConditionalGeneration";
    private const string Bare = "WhisperModel";

    public static readonly Family Family = new(
        "whisper",
        c =>
        {
            long vocabulary = c.Size("vocab_size", 51_865);
            long width = c.Size("d_model|hidden_size", 384);
            string architecture = c.Architecture(Conditional, [Conditional, Bare]);
            bool hasHead = architecture == Conditional;
            bool isTied = c.Flag("tie_word_embeddings", true);
            return new(
                architecture,
                [
                    Row.Within(
                        hasHead ? "model" : "",
                        Row.Within(
                            "encoder",
                            Row.Convolution("conv1", width, c.Size("num_mel_bins", 80), [3]),
                            Row.Convolution("conv2", width, width, [3]),
                            Row.FixedPositions("embed_positions", c.Size("max_source_positions", 1500), width),
                            Row.Layers(
                                "layers.{i}",
                                c.Count("encoder_layers", 4),
                                [
                                    .. Attention("self_attn", width),
                                    .. FeedForward(width, c.Size("encoder_ffn_dim", 1536)),
                                ]
                            ),
                            Row.LayerNorm("layer_norm", width)
                        ),
                        Row.Within(
                            "decoder",
                            Row.Embedding(
                                "embed_tokens",
                                vocabulary,
                                width,
                                c.Row("pad_token_id", 50_256, vocabulary),
                                hasHead && isTied ? ["proj_out.weight"] : []
                            ),
                            Row.Embedding("embed_positions", c.Size("max_target_positions", 448), width),
                            Row.Layers(
                                "layers.{i}",
                                c.Count("decoder_layers", 4),
                                [
                                    .. Attention("self_attn", width),
                                    .. Attention("encoder_attn", width),
                                    .. FeedForward(width, c.Size("decoder_ffn_dim", 1536)),
                                ]
                            ),
                            Row.LayerNorm("layer_norm", width)
                        )
                    ),
                    Row.If(hasHead && !isTied, Row.Linear("proj_out", vocabulary, width, bias: false)),
                ],
                FamilyRecipe.Normal("whisper", c.Scale("init_std", 0.02))
            )
            {
                Fixed = [Rule.For("*encoder.embed_positions.weight", "sinusoidal(layout=halves)")],
            };
        }
    );

    private static ImmutableArray<Row> Attention(string path, long width) =>
        [
            Row.Linear($"{path}.k_proj", width, width, bias: false),
            Row.Linear($"{path}.v_proj", width, width),
            Row.Linear($"{path}.q_proj", width, width),
            Row.Linear($"{path}.out_proj", width, width),
            Row.LayerNorm($"{path}_layer_norm", width),
        ];

    private static ImmutableArray<Row> FeedForward(long width, long inner) =>
        [Row.Linear("fc1", inner, width), Row.Linear("fc2", width, inner), Row.LayerNorm("final_layer_norm", width)];
}
