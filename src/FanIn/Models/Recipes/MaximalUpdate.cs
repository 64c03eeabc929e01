namespace FanIn;

/// <summary>
/// The maximal update parametrization, its standard deviations: hidden and input weights 1/sqrt(fan-in); the output layer
/// sqrt(base_width) / fan-in, which is the same at the base width and falls faster beyond it; embeddings 1. The learning
/// rates that belong to it (<see cref="MupScaling"/>) are the optimizer's business: without them it is no muP. A head
/// tied to the embedding has no weight of its own to scale; it needs a multiplier in the model.
/// </summary>
/// <remarks>Yang, Hu et al.: Tensor Programs V, 2022, table 3.</remarks>
internal static class MaximalUpdate
{
    public static readonly Form<Recipe> Form = new(
        "mup",
        [FormParameter.Needed("base_width")],
        (form, v) =>
            v[0] > 0
                ? RecipeCatalogue.Create(
                    form,
                    v,
                    RecipeCatalogue.Weights(
                        ProjectionNames.Output,
                        $"normal(std=sqrt({NumberExpression.Print(v[0])})/fan_in)"
                    ),
                    Rule.For(ParameterRole.Weight, Initializer.LeCunNormal()),
                    Rule.For(ParameterRole.Embedding, Initializer.Normal())
                )
                : throw new SpellingException(
                    $"the argument base_width={NumberExpression.Print(v[0])} of recipe 'mup' must be a number above 0"
                )
    );
}
