using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// Ordered rules that give every parameter of a model its initializer: the first rule that matches a parameter decides.
/// A rule that matches nothing or comes too late, two rules of equal rank, a parameter that no rule matches, and two
/// parameters with one key are errors.
/// </summary>
/// <param name="Rules">In order of precedence.</param>
public sealed partial record Recipe(ImmutableArray<Rule> Rules)
{
    /// <summary>In order of precedence.</summary>
    public ImmutableArray<Rule> Rules
    {
        get;
        init => field = Require.Items(value, nameof(Rules));
    } = Require.Items(Rules, nameof(Rules));

    /// <summary>What it is called, in reports and errors; may be empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>The model's depth where its names don't show it, or show another one than the rules mean.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? Depth
    {
        get;
        init =>
            field =
                value < 1
                    ? throw new ArgumentOutOfRangeException(nameof(value), value, "A model has 1 block or more.")
                    : value;
    }

    /// <summary>The model's width where its shapes don't show it, or show another one than the rules mean.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public long? Width
    {
        get;
        init =>
            field =
                value < 1
                    ? throw new ArgumentOutOfRangeException(nameof(value), value, "A width is 1 or more.")
                    : value;
    }

    /// <summary>
    /// The usual recipe around one initializer: weights get <paramref name="weights"/>; embeddings N(0, 1), which keeps
    /// the variance of what is looked up at 1; biases and shifts 0; scales of normalization layers 1; slopes of
    /// parametric ReLUs 0.25.
    /// </summary>
    public static Recipe Of(Initializer weights) =>
        new([
            Rule.For(ParameterRole.Weight, weights),
            Rule.For(ParameterRole.Embedding, Initializer.Normal()),
            Rule.For(ParameterRole.Bias, Initializer.Zeros),
            Rule.For(ParameterRole.NormScale, Initializer.Ones),
            Rule.For(ParameterRole.NormShift, Initializer.Zeros),
            Rule.For(ParameterRole.Slope, Initializer.Constant(0.25)),
        ]);

    /// <summary>
    /// The same recipe with <paramref name="rules"/> before its own, so that they take precedence; one that chooses the same
    /// parameters by the same pattern, kind and role takes the place of its own.
    /// </summary>
    public Recipe With(params ReadOnlySpan<Rule> rules)
    {
        HashSet<(string, string, ParameterRole?)> replaced = [];
        foreach (Rule rule in rules)
        {
            ArgumentNullException.ThrowIfNull(rule, nameof(rules));
            replaced.Add(rule.Selector);
        }
        return this with
        {
            Rules =
            [
                .. rules,
                .. Rules
                    .Where(rule => !replaced.Contains(rule.Selector))
                    .Select(rule => rule with { MayBeOverruled = true }),
            ],
        };
    }

    /// <summary>Applies the recipe to a model: one row a parameter, in the model's order.</summary>
    /// <exception cref="RecipeException">The recipe doesn't fit the model.</exception>
    public Plan Apply(ModelDescription model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return ApplyTo(model, null);
    }

    /// <summary>
    /// The rows of some parameters, the same as among all: the others count for depth, width and for what a rule matches, but
    /// need no rule, nor one that suits them.
    /// </summary>
    /// <param name="model">All parameters.</param>
    /// <param name="names">Those that get a row.</param>
    /// <exception cref="RecipeException">The recipe doesn't fit the model.</exception>
    public Plan Apply(ModelDescription model, IReadOnlySet<string> names)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(names);
        return ApplyTo(model, names);
    }

    private Plan ApplyTo(ModelDescription model, IReadOnlySet<string>? names) =>
        new RecipeApplication(
            this,
            model with
            {
                Depth = Depth ?? model.GivenDepth,
                Width = Width ?? model.GivenWidth,
            },
            names
        ).Plan();

    /// <summary>True when both have equal rules in the same order, and the same name, depth and width.</summary>
    public bool Equals(Recipe? other) =>
        other is not null
        && Rules.SequenceEqual(other.Rules)
        && (Name, Depth, Width) == (other.Name, other.Depth, other.Width);

    /// <inheritdoc/>
    public override int GetHashCode() => Rules.Aggregate(Rules.Length, (hash, rule) => HashCode.Combine(hash, rule));
}
