using System.Collections.Immutable;
using System.Globalization;

namespace FanIn.Checkpoints;

/// <summary>A family of models that a <c>config.json</c> describes: its table, as a function of the config.</summary>
/// <param name="ModelType">The config's <c>model_type</c>.</param>
/// <param name="Describe">The table that a config makes.</param>
internal sealed record Family(string ModelType, Func<ModelConfig, FamilyTable> Describe);

/// <summary>What a family makes of one config.</summary>
/// <param name="Architecture">The model's class: <c>LlamaForCausalLM</c>.</param>
/// <param name="Rows">The tensors, in the order of the state.</param>
/// <param name="Recipe">The family's own initialization.</param>
internal sealed record FamilyTable(string Architecture, ImmutableArray<Row> Rows, Recipe Recipe)
{
    /// <summary>Rules for what is no initialization but the architecture's: they hold beside any recipe.</summary>
    public ImmutableArray<Rule> Fixed { get; init; } = [];
}

/// <summary>How families' rules are written.</summary>
internal static class FamilyRecipe
{
    /// <summary>
    /// transformers' usual rule: weights and embeddings N(0, std^2), biases and shifts 0, scales 1, the row of padding 0;
    /// and what a family has beside it.
    /// </summary>
    public static Recipe Normal(string name, double std, params ReadOnlySpan<Rule> rules) =>
        Recipe.Parse($"llama(std={Text(std)})").With(rules) with
        {
            Name = name,
        };

    /// <summary>
    /// A rule for each kind of weight and embedding, which must cover them all; biases and shifts 0 and scales 1 where they
    /// don't say otherwise.
    /// </summary>
    public static Recipe Own(string name, params ReadOnlySpan<Rule> rules) =>
        new Recipe([
            Rule.For(ParameterRole.Bias, Initializer.Zeros),
            Rule.For(ParameterRole.NormScale, Initializer.Ones),
            Rule.For(ParameterRole.NormShift, Initializer.Zeros),
        ]).With(rules) with
        {
            Name = name,
        };

    /// <summary>A rule for weights by their names.</summary>
    public static Rule Weights(string pattern, string initializer) =>
        Rule.For(pattern, initializer) with
        {
            Role = ParameterRole.Weight,
        };

    /// <summary>A rule for what a model may lack, since it depends on its class or config.</summary>
    public static Rule Optional(string pattern, string initializer) =>
        Rule.For(pattern, initializer) with
        {
            MayMatchNothing = true,
        };

    /// <summary>A number as text forms spell it.</summary>
    public static string Text(double value) =>
        value.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);
}
