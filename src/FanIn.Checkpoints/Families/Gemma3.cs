namespace FanIn.Checkpoints;

/// <summary>
/// Gemma 3 with a vision tower. The language model is <see cref="Gemma3Text"/>; the tower is SigLIP's: attention and MLP by
/// Xavier's uniform rule, the MLP's biases N(0, 1e-6^2), patches by LeCun's rule cut at two standard deviations, positions
/// N(0, 1 / width); the projection between them 0.
/// </summary>
/// <remarks>
/// Gemma Team: Gemma 3 Technical Report, 2025; transformers' Gemma3Config, Gemma3PreTrainedModel and
/// SiglipPreTrainedModel. Names are those on disk.
/// </remarks>
internal static class Gemma3
{
    private const string Architecture = "Gemma3ForConditionalGeneration";

    public static readonly Family Family = new(
        "gemma3",
        c =>
        {
            ModelConfig vision = c.Part("vision_config");
            Decoder text = Gemma3Text.Of(c.Part("text_config"), c.Flag("tie_word_embeddings", true));
            if (vision.Flag("vision_use_head", true))
            {
                throw vision.Fault(
                    "vision_use_head",
                    "must be false, as in every published Gemma 3: with a head the tower is planned from --shapes"
                );
            }
            long width = vision.Size("hidden_size", 768);
            return new(
                c.Architecture(Architecture, [Architecture]),
                [
                    Row.Within("vision_tower.vision_model", Tower(vision, width)),
                    Row.Within(
                        "multi_modal_projector",
                        Row.Matrix("mm_input_projection_weight", width, text.Hidden),
                        Row.OffsetRmsNorm("mm_soft_emb_norm", width)
                    ),
                    Row.Within(
                        "language_model",
                        Row.Within("model", [.. text.Body(hasHead: true, "language_model.lm_head.weight")]),
                        Row.If(!text.IsTied, Row.Linear("lm_head", text.Vocabulary, text.Hidden, bias: false))
                    ),
                ],
                FamilyRecipe.Normal(
                    "gemma3",
                    text.Deviation,
                    FamilyRecipe.Weights("vision_tower.*.patch_embedding.weight", "lecun_truncated_normal"),
                    Rule.For("vision_tower.*.position_embedding.weight", $"normal(std=1/sqrt({width}))"),
                    Rule.For("vision_tower.*.fc1.bias|vision_tower.*.fc2.bias", "normal(std=1e-6)"),
                    FamilyRecipe.Weights("vision_tower.*", "xavier_uniform"),
                    FamilyRecipe.Weights("multi_modal_projector.*", "zeros")
                )
            );
        }
    );

    private static Row Tower(ModelConfig c, long width)
    {
        long patch = c.Size("patch_size", 16);
        long perSide = c.Size("image_size", 224) / patch;
        long intermediate = c.Size("intermediate_size", 3072);
        return Row.Within(
            "",
            Row.Convolution("embeddings.patch_embedding", width, c.Size("num_channels", 3), [patch, patch]),
            Row.Embedding("embeddings.position_embedding", perSide * perSide, width),
            Row.Layers(
                "encoder.layers.{i}",
                c.Count("num_hidden_layers", 12),
                Row.LayerNorm("layer_norm1", width),
                Row.Linear("self_attn.k_proj", width, width),
                Row.Linear("self_attn.v_proj", width, width),
                Row.Linear("self_attn.q_proj", width, width),
                Row.Linear("self_attn.out_proj", width, width),
                Row.LayerNorm("layer_norm2", width),
                Row.Linear("mlp.fc1", intermediate, width),
                Row.Linear("mlp.fc2", width, intermediate)
            ),
            Row.LayerNorm("post_layernorm", width)
        );
    }
}
