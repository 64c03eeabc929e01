namespace FanIn;

/// <summary>
/// Networks without normalization whose convolutions standardize their weights in each pass: N(0, 1 / fan-in), which the
/// standardization makes a direction of; gains 1; the scalars of residual branches 0 (SkipInit); classifier N(0, 0.01^2);
/// biases 0.
/// </summary>
/// <remarks>Brock, De, Smith, Simonyan: High-Performance Large-Scale Image Recognition Without Normalization, 2021.</remarks>
internal static class NfNet
{
    public static readonly Form<Recipe> Form = new(
        "nfnet",
        [],
        (form, v) =>
            RecipeCatalogue.Create(
                form,
                v,
                RecipeCatalogue.Optional("*skip_gain*|*skipinit*", "zeros"),
                RecipeCatalogue.Optional("*gain*", "ones"),
                RecipeCatalogue.Weights(ProjectionNames.Output, "normal(std=0.01)"),
                Rule.For(ParameterRole.Weight, Initializer.LeCunNormal())
            )
    );
}
