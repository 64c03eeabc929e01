using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// ConvNeXt: N(0, initializer_range^2) for convolutions and dense layers, biases 0, norms 1 and 0, and a scale of each
/// residual branch that begins at layer_scale_init_value, so that a deep network begins near the identity.
/// </summary>
/// <remarks>Liu et al.: A ConvNet for the 2020s, 2022; transformers' ConvNextConfig and ConvNextPreTrainedModel.</remarks>
internal static class ConvNext
{
    private const string Bare = "ConvNextModel";
    private const string Classifier = "ConvNextForImageClassification";

    public static readonly Family Family = new(
        "convnext",
        c =>
        {
            ImmutableArray<long> widths = c.Widths("hidden_sizes", 96, 192, 384, 768);
            ImmutableArray<long> depths = c.Counts("depths", 3, 3, 9, 3);
            long stages = c.Count("num_stages", widths.Length);
            if (widths.Length != stages || depths.Length != stages)
            {
                throw c.Fault(
                    "num_stages",
                    $"is {stages}, but hidden_sizes has {widths.Length} and depths {depths.Length}; they must be as many"
                );
            }
            long patch = c.Size("patch_size", 4);
            double scale = c.Number("layer_scale_init_value", 1e-6);
            string architecture = c.Architecture(
                c.Has("id2label") || c.Has("num_labels") ? Classifier : Bare,
                [Bare, Classifier]
            );
            return new(
                architecture,
                [
                    Row.Within(
                        architecture == Bare ? "" : "convnext",
                        [
                            Row.Convolution(
                                "embeddings.patch_embeddings",
                                widths[0],
                                c.Size("num_channels", 3),
                                [patch, patch]
                            ),
                            Row.LayerNorm("embeddings.layernorm", widths[0]),
                            .. widths.Select(
                                (width, s) =>
                                    Row.Within(
                                        $"encoder.stages.{s}",
                                        s == 0
                                            ? Row.If(false)
                                            : Row.Within(
                                                "downsampling_layer",
                                                Row.LayerNorm("0", widths[s - 1]),
                                                Row.Convolution("1", width, widths[s - 1], [2, 2])
                                            ),
                                        Row.Layers("layers.{i}", depths[s], [.. Layer(width, scale > 0)])
                                    )
                            ),
                            Row.LayerNorm("layernorm", widths[^1]),
                        ]
                    ),
                    architecture == Classifier ? Row.Linear("classifier", c.Labels(), widths[^1]) : Row.If(false),
                ],
                FamilyRecipe.Normal(
                    "convnext",
                    c.Scale("initializer_range", 0.02),
                    FamilyRecipe.Optional("*.layer_scale_parameter", $"constant({FamilyRecipe.Text(scale)})")
                )
            );
        }
    );

    private static ImmutableArray<Row> Layer(long width, bool isScaled) =>
        [
            Row.If(isScaled, Row.Free("layer_scale_parameter", width)),
            Row.Convolution("dwconv", width, width, [7, 7], groups: width),
            Row.LayerNorm("layernorm", width),
            Row.Linear("pwconv1", 4 * width, width),
            Row.Linear("pwconv2", width, 4 * width),
        ];
}
