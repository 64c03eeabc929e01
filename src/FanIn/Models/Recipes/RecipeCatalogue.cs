namespace FanIn;

/// <summary>Every built-in recipe, a line each, in the order in which people read them.</summary>
internal static class RecipeCatalogue
{
    private static readonly Form<Recipe>[] s_forms =
    [
        FrameworkDefaults.Torch,
        FrameworkDefaults.Keras,
        FrameworkDefaults.Flax,
        UsualRecipes.He,
        UsualRecipes.Xavier,
        UsualRecipes.LeCun,
        UsualRecipes.Orthogonal,
        UsualRecipes.Selu,
        LanguageModels.Gpt2,
        LanguageModels.Llama,
        LanguageModels.Olmo,
        DeepNormRecipe.Form,
        TFixupRecipe.Form,
        FixupRecipe.Form,
        NfNet.Form,
        VisionTransformer.Form,
        MaximalUpdate.Form,
    ];

    public static OrderedDictionary<string, Form<Recipe>> ByName { get; } =
        new(s_forms.Select(form => KeyValuePair.Create(form.Name, form)));

    /// <summary>
    /// A recipe of a form: its rules, and where they don't say otherwise biases and shifts 0, scales of normalization layers
    /// 1.
    /// </summary>
    public static Recipe Create(Form<Recipe> form, FormArguments arguments, params ReadOnlySpan<Rule> rules) =>
        new Recipe([
            Rule.For(ParameterRole.Bias, Initializer.Zeros),
            Rule.For(ParameterRole.NormScale, Initializer.Ones),
            Rule.For(ParameterRole.NormShift, Initializer.Zeros),
        ]).With(rules) with
        {
            Name = form.Print(arguments),
        };

    /// <summary>A rule for parameters that a model may well lack.</summary>
    public static Rule Optional(string pattern, string initializer) =>
        Rule.For(pattern, initializer) with
        {
            MayMatchNothing = true,
        };

    /// <summary>A rule for weights by their names.</summary>
    public static Rule Weights(string pattern, string initializer) =>
        Rule.For(pattern, initializer) with
        {
            Role = ParameterRole.Weight,
        };
}
