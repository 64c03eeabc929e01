namespace FanIn;

/// <summary>The recipes of published language models: small normals, and smaller ones where a block writes into the stream.</summary>
internal static class LanguageModels
{
    /// <summary>
    /// N(0, std^2) for weights and embeddings, N(0, std^2 / (2 depth)) for the projections that write into the residual
    /// stream: two a block, so that their sum has one projection's variance. Radford et al.: Language Models are
    /// Unsupervised Multitask Learners, 2019, section 2.3.
    /// </summary>
    public static readonly Form<Recipe> Gpt2 = new(
        "gpt2",
        [FormParameter.NotNegative("std", 0.02)],
        (form, v) =>
            RecipeCatalogue.Create(
                form,
                v,
                RecipeCatalogue.Weights(
                    ProjectionNames.Residual,
                    $"normal(std={NumberExpression.Print(v[0])}/sqrt(2*depth))"
                ),
                Rule.For(ParameterRole.Weight, Initializer.Normal(std: v[0])),
                Rule.For(ParameterRole.Embedding, Initializer.Normal(std: v[0]))
            )
    );

    /// <summary>
    /// N(0, std^2) for weights and embeddings, without regard to depth: <c>initializer_range</c> of the Llama, Mistral and
    /// Qwen families in transformers.
    /// </summary>
    public static readonly Form<Recipe> Llama = new(
        "llama",
        [FormParameter.NotNegative("std", 0.02)],
        (form, v) =>
            RecipeCatalogue.Create(
                form,
                v,
                Rule.For(ParameterRole.Weight, Initializer.Normal(std: v[0])),
                Rule.For(ParameterRole.Embedding, Initializer.Normal(std: v[0]))
            )
    );

    /// <summary>
    /// Mitchell's rule, of the first OLMo models: std 1/sqrt(fan-in), in the projections that write into the residual stream
    /// 1/sqrt(2 fan-in (layer + 1)), in embeddings 1/sqrt(width); all cut at 3 std, which is the one before the cut.
    /// Groeneveld et al.: OLMo, 2024.
    /// </summary>
    public static readonly Form<Recipe> Olmo = new(
        "olmo",
        [],
        (form, v) =>
            RecipeCatalogue.Create(
                form,
                v,
                RecipeCatalogue.Weights(
                    ProjectionNames.Residual,
                    "truncated_normal(std=1/sqrt(2*fan_in*(layer+1)),a=-3,b=3)"
                ),
                Rule.For(ParameterRole.Weight, "truncated_normal(std=1/sqrt(fan_in),a=-3,b=3)"),
                Rule.For(ParameterRole.Embedding, "truncated_normal(std=1/sqrt(fan_out),a=-3,b=3)")
            )
    );
}
