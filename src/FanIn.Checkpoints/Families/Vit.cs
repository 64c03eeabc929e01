namespace FanIn.Checkpoints;

/// <summary>
/// Vision transformers: weights, class token and positions by a normal of std initializer_range that is cut at -2 and 2,
/// a hundred standard deviations away at the usual 0.02, so at nothing; biases 0, norms 1 and 0.
/// </summary>
/// <remarks>Dosovitskiy et al.: An Image is Worth 16x16 Words, 2020; transformers' ViTConfig and ViTPreTrainedModel.</remarks>
internal static class Vit
{
    private const string Bare = "ViTModel";
    private const string Classifier = "ViTForImageClassification";

    public static readonly Family Family = new(
        "vit",
        c =>
        {
            long hidden = c.Size("hidden_size", 768);
            long intermediate = c.Size("intermediate_size", 3072);
            long image = c.Size("image_size", 224);
            long patch = c.Size("patch_size", 16);
            long perSide = image / patch;
            if (perSide == 0)
            {
                throw c.Fault("patch_size", $"is {patch}, larger than image_size {image}");
            }
            bool bias = c.Flag("qkv_bias", true);
            string architecture = c.Architecture(
                c.Has("id2label") || c.Has("num_labels") ? Classifier : Bare,
                [Bare, Classifier]
            );
            string normal = $"truncated_normal_absolute(std={FamilyRecipe.Text(c.Scale("initializer_range", 0.02))})";
            return new(
                architecture,
                [
                    Row.Within(
                        architecture == Bare ? "" : "vit",
                        Row.Free("embeddings.cls_token", 1, 1, hidden),
                        Row.Free("embeddings.position_embeddings", 1, (perSide * perSide) + 1, hidden),
                        Row.Convolution(
                            "embeddings.patch_embeddings.projection",
                            hidden,
                            c.Size("num_channels", 3),
                            [patch, patch]
                        ),
                        Row.Layers(
                            "encoder.layer.{i}",
                            c.Count("num_hidden_layers", 12),
                            Row.Linear("attention.attention.query", hidden, hidden, bias),
                            Row.Linear("attention.attention.key", hidden, hidden, bias),
                            Row.Linear("attention.attention.value", hidden, hidden, bias),
                            Row.Linear("attention.output.dense", hidden, hidden),
                            Row.Linear("intermediate.dense", intermediate, hidden),
                            Row.Linear("output.dense", hidden, intermediate),
                            Row.LayerNorm("layernorm_before", hidden),
                            Row.LayerNorm("layernorm_after", hidden)
                        ),
                        Row.LayerNorm("layernorm", hidden),
                        Row.If(
                            architecture == Bare,
                            Row.Linear("pooler.dense", c.SizeOrNull("pooler_output_size", null) ?? hidden, hidden)
                        )
                    ),
                    architecture == Classifier ? Row.Linear("classifier", c.Labels(), hidden) : Row.If(false),
                ],
                FamilyRecipe.Own(
                    "vit",
                    Rule.For("*cls_token|*position_embeddings", normal),
                    Rule.For(ParameterRole.Weight, normal)
                )
            );
        }
    );
}
