using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// Residual networks, with two or three (bottleneck) convolutions a block: convolutions by He's normal rule of the fan-out,
/// batch norms 1 and 0, the classifier by PyTorch's default U(+-1/sqrt(fan-in)), its bias too.
/// </summary>
/// <remarks>He et al.: Deep Residual Learning, 2015; transformers' ResNetConfig and ResNetPreTrainedModel.</remarks>
internal static class ResNet
{
    private const string Bare = "ResNetModel";
    private const string Classifier = "ResNetForImageClassification";
    private const int Reduction = 4;

    public static readonly Family Family = new(
        "resnet",
        c =>
        {
            long embedding = c.Size("embedding_size", 64);
            ImmutableArray<long> widths = c.Widths("hidden_sizes", 256, 512, 1024, 2048);
            ImmutableArray<long> depths = c.Counts("depths", 3, 4, 6, 3);
            if (widths.Length != depths.Length)
            {
                throw c.Fault("depths", $"has {depths.Length} stages, but hidden_sizes has {widths.Length}");
            }
            bool isBottleneck = c.Word("layer_type", "bottleneck", "basic") == "bottleneck";
            if (isBottleneck && widths.Any(width => width < Reduction))
            {
                throw c.Fault("hidden_sizes", $"has a width below {Reduction}, which a bottleneck can't divide");
            }
            bool halvesFirst = c.Flag("downsample_in_first_stage", false);
            string architecture = c.Architecture(
                c.Has("id2label") || c.Has("num_labels") ? Classifier : Bare,
                [Bare, Classifier]
            );
            return new(
                architecture,
                [
                    Row.Within(
                        architecture == Bare ? "" : "resnet",
                        [
                            Convolution("embedder.embedder", embedding, c.Size("num_channels", 3), 7),
                            .. widths.Select(
                                (width, s) =>
                                    Stage(
                                        $"encoder.stages.{s}",
                                        s == 0 ? embedding : widths[s - 1],
                                        width,
                                        depths[s],
                                        halves: s > 0 || halvesFirst
                                    )
                            ),
                        ]
                    ),
                    architecture == Classifier ? Row.Linear("classifier.1", c.Labels(), widths[^1]) : Row.If(false),
                ],
                FamilyRecipe.Own(
                    "resnet",
                    FamilyRecipe.Optional("classifier.1.weight", "standard_uniform"),
                    FamilyRecipe.Optional("classifier.1.bias", "uniform(a=-1/sqrt(fan_in),b=1/sqrt(fan_in))"),
                    Rule.For(ParameterRole.Weight, Initializer.HeNormal(FanMode.Out))
                )
            );

            Row Stage(string path, long inputs, long outputs, long depth, bool halves) =>
                Row.Within(
                    path,
                    Row.LayersFrom(
                        "layers.{i}",
                        0,
                        1,
                        Row.If(inputs != outputs || halves, Convolution("shortcut", outputs, inputs, 1)),
                        Layer(outputs, inputs)
                    ),
                    Row.LayersFrom("layers.{i}", 1, depth - 1, Layer(outputs, outputs))
                );

            Row Layer(long outputs, long inputs) =>
                isBottleneck
                    ? Row.Within(
                        "layer",
                        Convolution("0", outputs / Reduction, inputs, 1),
                        Convolution("1", outputs / Reduction, outputs / Reduction, 3),
                        Convolution("2", outputs, outputs / Reduction, 1)
                    )
                    : Row.Within("layer", Convolution("0", outputs, inputs, 3), Convolution("1", outputs, outputs, 3));
        }
    );

    private static Row Convolution(string path, long outputs, long inputs, long taps) =>
        Row.Within(
            path,
            Row.Convolution("convolution", outputs, inputs, [taps, taps], bias: false),
            Row.BatchNorm("normalization", outputs)
        );
}
