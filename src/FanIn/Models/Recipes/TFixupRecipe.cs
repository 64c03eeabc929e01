namespace FanIn;

/// <summary>
/// Transformers without layer normalization or warm-up: Xavier's uniform rule; in the encoder the values, the attention's
/// output and both layers of the MLP times 0.67 N^(-1/4), in the decoder (attention to the encoder included) times
/// (9N)^(-1/4); embeddings N(0, 1 / width) times (9N)^(-1/4). N is the depth of the own chain. By default a model's chains
/// are told apart by <c>encoder</c> and <c>decoder</c> in their names; where it has one alone, say which.
/// </summary>
/// <remarks>
/// Huang, Perez, Ba, Volkovs: Improving Transformer Optimization Through Better Initialization, 2020, section 3.2. Embeddings
/// have std width^(-1/2), as the authors' code has it; the paper writes N(0, d^(-1/2)).
/// </remarks>
internal static class TFixupRecipe
{
    private const string EncoderScale = "0.67*depth^(-1/4)";
    private const string DecoderScale = "(9*depth)^(-1/4)";

    /// <summary>Which chains there are.</summary>
    private enum Chains
    {
        ByName,
        Encoder,
        Decoder,
    }

    private static readonly string s_scaled =
        $"{ProjectionNames.Value}|{ProjectionNames.Residual}|{ProjectionNames.FeedForward}";

    public static readonly Form<Recipe> Form = new(
        "t-fixup",
        [FormParameter.Choice("chains", Chains.ByName)],
        (form, v) =>
            (Chains)v[0] switch
            {
                Chains.Encoder => Create(form, v, Scaled("", EncoderScale)),
                Chains.Decoder => Create(form, v, Scaled("", DecoderScale)),
                _ => Create(form, v, Scaled("*decoder", DecoderScale), Scaled("*encoder", EncoderScale)),
            }
    );

    private static Rule Scaled(string prefix, string gain) =>
        RecipeCatalogue.Weights(DeepNormRecipe.Within(prefix, s_scaled), $"xavier_uniform(gain={gain})");

    private static Recipe Create(Form<Recipe> form, FormArguments v, params Rule[] scaled) =>
        RecipeCatalogue.Create(
            form,
            v,
            [
                .. scaled,
                Rule.For(ParameterRole.Weight, Initializer.XavierUniform()),
                Rule.For(ParameterRole.Embedding, "normal(std=(9*depth)^(-1/4)/sqrt(fan_out))"),
            ]
        );
}
