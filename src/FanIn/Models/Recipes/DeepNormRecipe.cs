namespace FanIn;

/// <summary>Which transformer a rule of depth is for.</summary>
internal enum TransformerKind
{
    /// <summary>One chain of blocks: an encoder or a decoder alone.</summary>
    Single,

    /// <summary>Several chains that don't attend to each other: each by its own depth.</summary>
    Separate,

    /// <summary>A decoder that attends to an encoder.</summary>
    EncoderDecoder,
}

/// <summary>
/// Post-norm transformers of a thousand layers, whose residual connection is LN(alpha x + f(x)): Xavier's normal rule, with
/// gain beta for the values, the attention's output and both layers of the MLP, gain 1 for queries and keys. A single
/// chain of N blocks has alpha = (2N)^(1/4), beta = (8N)^(-1/4); in an encoder-decoder of N and M blocks the encoder has
/// alpha = 0.81 (N^4 M)^(1/16), beta = 0.87 (N^4 M)^(-1/16), the decoder alpha = (3M)^(1/4), beta = (12M)^(-1/4).
/// Embeddings get N(0, 1 / width). Alpha is the model's business.
/// </summary>
/// <remarks>
/// Wang et al.: DeepNet, 2022, figure 2. torchscale's encoder divides by 1/1.15 instead of multiplying by 0.87: the paper's
/// is here.
/// </remarks>
internal static class DeepNormRecipe
{
    public static readonly Form<Recipe> Form = new(
        "deepnorm",
        [FormParameter.Choice("architecture", TransformerKind.Single)],
        (form, v) =>
            (TransformerKind)v[0] switch
            {
                TransformerKind.Single => Create(form, v, Scaled("", "(8*only_depth)^(-1/4)")),
                TransformerKind.Separate => Create(form, v, Scaled("", "(8*depth)^(-1/4)")),
                _ => Create(
                    form,
                    v,
                    [
                        .. Scaled("*decoder", "(12*decoder_depth)^(-1/4)"),
                        .. Scaled("*encoder", "0.87*(encoder_depth^4*decoder_depth)^(-1/16)"),
                    ]
                ),
            }
    );

    private static Recipe Create(Form<Recipe> form, FormArguments v, Rule[] scaled) =>
        RecipeCatalogue.Create(
            form,
            v,
            [
                .. scaled,
                Rule.For(ParameterRole.Weight, Initializer.XavierNormal()),
                Rule.For(ParameterRole.Embedding, "normal(std=1/sqrt(fan_out))"),
            ]
        );

    /// <summary>The values apart, so that a packed matrix that doesn't say where they are is an error.</summary>
    private static Rule[] Scaled(string prefix, string gain) =>
        [
            RecipeCatalogue.Weights(Within(prefix, ProjectionNames.Value), $"xavier_normal(gain={gain})"),
            RecipeCatalogue.Weights(
                Within(prefix, $"{ProjectionNames.Residual}|{ProjectionNames.FeedForward}"),
                $"xavier_normal(gain={gain})"
            ),
        ];

    /// <summary>The alternatives of a pattern, behind a prefix.</summary>
    internal static string Within(string prefix, string pattern) =>
        string.Join('|', pattern.Split('|').Select(alternative => prefix + alternative));
}
