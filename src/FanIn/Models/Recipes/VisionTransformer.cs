namespace FanIn;

/// <summary>
/// Vision transformers as timm and transformers have them: N(0, 0.02^2) for weights and positions (their truncated normal
/// is cut at +-2, a hundred standard deviations, so at nothing); the projection of patches N(0, 1 / fan-in); class and
/// register tokens N(0, 1e-6^2); the head 0; layer scales 1e-5; biases 0.
/// </summary>
/// <remarks>Dosovitskiy et al.: An Image is Worth 16x16 Words, 2020; Touvron et al.: Going deeper with Image Transformers, 2021.</remarks>
internal static class VisionTransformer
{
    public static readonly Form<Recipe> Form = new(
        "vit",
        [],
        (form, v) =>
            RecipeCatalogue.Create(
                form,
                v,
                RecipeCatalogue.Optional(
                    "cls_token|*.cls_token|class_token|*.class_token|reg_token|*.reg_token|register_tokens|*.register_tokens",
                    "normal(std=1e-6)"
                ),
                RecipeCatalogue.Optional(
                    "*pos_embed*|*position_embeddings*|dist_token|*.dist_token|mask_token|*.mask_token",
                    "normal(std=0.02)"
                ),
                RecipeCatalogue.Optional("*.ls?.gamma|*.layer_scale?.lambda?|*.gamma_?", "constant(1e-5)"),
                RecipeCatalogue.Weights(ProjectionNames.Output, "zeros") with
                {
                    MayMatchNothing = true,
                },
                RecipeCatalogue.Weights(
                    "patch_embed.*|*.patch_embed.*|patch_embeddings.*|*.patch_embeddings.*|conv_proj.*|*.conv_proj.*",
                    "lecun_normal"
                ),
                Rule.For(ParameterRole.Weight, Initializer.Normal(std: 0.02)),
                Rule.For(ParameterRole.Embedding, Initializer.Normal(std: 0.02))
            )
    );
}
