using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// CLIP: two transformers and a projection of each, by the factor f (initializer_factor) of each part's config. In a
/// transformer of L blocks and width H: queries, keys, values and the MLP's output N(0, f^2 / (2 L H)), the attention's
/// output N(0, f^2 / H), the MLP's first layer N(0, f^2 / (2 H)); words and their positions N(0, (0.02 f)^2), the class token
/// N(0, f^2 / H), patches and their positions N(0, (initializer_range f)^2), projections N(0, f^2 / fan-in), the logits' scale
/// ln(1 / 0.07).
/// </summary>
/// <remarks>Radford et al.: Learning Transferable Visual Models, 2021; transformers' CLIPConfig and CLIPPreTrainedModel.</remarks>
internal static class Clip
{
    public static readonly Family Family = new(
        "clip",
        c =>
        {
            ModelConfig text = Half(c, "text_config");
            ModelConfig vision = Half(c, "vision_config");
            long textWidth = text.Size("hidden_size", 512);
            long visionWidth = vision.Size("hidden_size", 768);
            long projection = c.Size("projection_dim", 512);
            double factor = c.Scale("initializer_factor", 1);
            double scale = c.Number("logit_scale_init_value", 2.6592);
            return new(
                c.Architecture("CLIPModel", ["CLIPModel"]),
                [
                    Row.Free("logit_scale"),
                    Row.Within("text_model", [.. TextModel(text, textWidth)]),
                    Row.Within("vision_model", [.. VisionModel(vision, visionWidth)]),
                    Row.Linear("visual_projection", projection, visionWidth, bias: false),
                    Row.Linear("text_projection", projection, textWidth, bias: false),
                ],
                FamilyRecipe.Own(
                    "clip",
                    [
                        Rule.For("logit_scale", $"constant({FamilyRecipe.Text(scale)})"),
                        FamilyRecipe.Weights(
                            "*_projection.weight",
                            $"normal(std={FamilyRecipe.Text(factor)}/sqrt(fan_in))"
                        ),
                        .. TextRules("text_model.", text.Scale("initializer_factor", 1)),
                        .. VisionRules("vision_model.", vision, visionWidth),
                    ]
                )
            );
        }
    );

    /// <summary>A half's config. Where older files have it under both names, the one with the ending counts, with the class's defaults.</summary>
    private static ModelConfig Half(ModelConfig c, string name) =>
        c.Part($"{name}_dict") is { IsThere: true } older ? older : c.Part(name);

    private static ImmutableArray<Row> TextModel(ModelConfig c, long width) =>
        [
            Row.Embedding("embeddings.token_embedding", c.Size("vocab_size", 49_408), width),
            Row.Embedding("embeddings.position_embedding", c.Size("max_position_embeddings", 77), width),
            Blocks(c.Count("num_hidden_layers", 12), width, c.Size("intermediate_size", 2048)),
            Row.LayerNorm("final_layer_norm", width),
        ];

    private static ImmutableArray<Row> VisionModel(ModelConfig c, long width)
    {
        long image = c.Size("image_size", 224);
        long patch = c.Size("patch_size", 32);
        long perSide = image / patch;
        return
        [
            Row.Free("embeddings.class_embedding", width),
            Row.Convolution(
                "embeddings.patch_embedding",
                width,
                c.Size("num_channels", 3),
                [patch, patch],
                bias: false
            ),
            Row.Embedding("embeddings.position_embedding", (perSide * perSide) + 1, width),
            // As it is spelled in every checkpoint.
            Row.LayerNorm("pre_layrnorm", width),
            Blocks(c.Count("num_hidden_layers", 12), width, c.Size("intermediate_size", 3072)),
            Row.LayerNorm("post_layernorm", width),
        ];
    }

    private static Row Blocks(long count, long width, long intermediate) =>
        Row.Layers(
            "encoder.layers.{i}",
            count,
            Row.Linear("self_attn.k_proj", width, width),
            Row.Linear("self_attn.v_proj", width, width),
            Row.Linear("self_attn.q_proj", width, width),
            Row.Linear("self_attn.out_proj", width, width),
            Row.LayerNorm("layer_norm1", width),
            Row.Linear("mlp.fc1", intermediate, width),
            Row.Linear("mlp.fc2", width, intermediate),
            Row.LayerNorm("layer_norm2", width)
        );

    private static ImmutableArray<Rule> TextRules(string prefix, double factor) =>
        [
            Rule.For(
                $"{prefix}embeddings.token_embedding.weight|{prefix}embeddings.position_embedding.weight",
                $"normal(std=0.02*{FamilyRecipe.Text(factor)})"
            ),
            .. BlockRules(prefix, factor),
        ];

    private static ImmutableArray<Rule> VisionRules(string prefix, ModelConfig c, long width)
    {
        double factor = c.Scale("initializer_factor", 1);
        string f = FamilyRecipe.Text(factor);
        return
        [
            Rule.For($"{prefix}embeddings.class_embedding", $"normal(std={f}/sqrt({width}))"),
            Rule.For(
                $"{prefix}embeddings.patch_embedding.weight|{prefix}embeddings.position_embedding.weight",
                $"normal(std={FamilyRecipe.Text(c.Scale("initializer_range", 0.02))}*{f})"
            ),
            .. BlockRules(prefix, factor),
        ];
    }

    /// <summary>The depth is that of the part's own blocks.</summary>
    private static ImmutableArray<Rule> BlockRules(string prefix, double factor)
    {
        string f = FamilyRecipe.Text(factor);
        string blocks = $"{prefix}encoder.layers.*.";
        return
        [
            FamilyRecipe.Weights(
                $"{blocks}q_proj.weight|{blocks}k_proj.weight|{blocks}v_proj.weight",
                $"normal(std={f}/sqrt(2*depth*fan_in))"
            ),
            FamilyRecipe.Weights($"{blocks}out_proj.weight", $"normal(std={f}/sqrt(fan_in))"),
            FamilyRecipe.Weights($"{blocks}fc1.weight", $"normal(std={f}/sqrt(2*fan_in))"),
            FamilyRecipe.Weights($"{blocks}fc2.weight", $"normal(std={f}/sqrt(2*depth*fan_out))"),
        ];
    }
}
