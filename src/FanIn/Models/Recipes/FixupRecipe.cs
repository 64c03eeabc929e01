namespace FanIn;

/// <summary>
/// Residual networks without normalization: the last layer of each branch and the classifier 0; the branch's other layers
/// by He's rule (fan-out) times L^(-1/(2m-2)), of L blocks with m layers a branch; the rest by He's rule; scalar biases 0,
/// scalar multipliers 1. For the names of torchvision and of transformers (<c>layer1.0.conv2</c>,
/// <c>stages.0.layers.1.layer.2.convolution</c>), two or three layers a branch.
/// </summary>
/// <remarks>Zhang, Dauphin, Ma: Fixup Initialization, 2019, section 3; fan-out as the authors' code has it.</remarks>
internal static class FixupRecipe
{
    private const string Scale = "sqrt(2)*depth^(-1/(2*branch-2))";

    public static readonly Form<Recipe> Form = new(
        "fixup",
        [],
        (form, v) =>
            RecipeCatalogue.Create(
                form,
                v,
                RecipeCatalogue.Weights("*.conv3.weight|*.layer.2.convolution.weight", "zeros") with
                {
                    MayMatchNothing = true,
                },
                // The last of two, or the second of three: then branch - 2 is 0 or 1.
                RecipeCatalogue.Weights(
                    "*.conv2.weight|*.layer.1.convolution.weight",
                    $"he_normal(mode=fan_out,gain={Scale}*(branch-2))"
                ),
                RecipeCatalogue.Weights(
                    "*.conv1.weight|*.layer.0.convolution.weight",
                    $"he_normal(mode=fan_out,gain={Scale})"
                ),
                RecipeCatalogue.Weights(ProjectionNames.Output + "|linear.weight|*.classifier.1.weight", "zeros"),
                Rule.For(ParameterRole.Weight, Initializer.HeNormal(FanMode.Out)),
                Rule.For("*bias*", Initializer.Zeros) with
                {
                    Role = ParameterRole.Other,
                    MayMatchNothing = true,
                },
                Rule.For("*scale*|*multiplier*", Initializer.Ones) with
                {
                    Role = ParameterRole.Other,
                    MayMatchNothing = true,
                }
            )
    );
}
