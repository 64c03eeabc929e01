using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// Ordered rules that give every parameter of a model its initializer: the first rule that matches a parameter decides.
/// A rule that matches nothing, a parameter that no rule matches, and two parameters with one key are errors.
/// </summary>
/// <param name="Rules">In order of precedence.</param>
public sealed record Recipe(ImmutableArray<Rule> Rules)
{
    /// <summary>What frameworks wrap around a model and its names; not part of a key.</summary>
    private static readonly ImmutableArray<string> s_wrappers = ["module.", "_orig_mod."];

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

    /// <summary>The same recipe with <paramref name="rules"/> before its own, so that they take precedence.</summary>
    public Recipe With(params ReadOnlySpan<Rule> rules) => new([.. rules, .. Rules]);

    /// <summary>True when both have equal rules in the same order.</summary>
    public bool Equals(Recipe? other) => other is not null && Rules.SequenceEqual(other.Rules);

    /// <inheritdoc/>
    public override int GetHashCode() => Rules.Aggregate(Rules.Length, (hash, rule) => HashCode.Combine(hash, rule));

    /// <summary>Applies the recipe to a model: one row a parameter, in the model's order.</summary>
    /// <exception cref="RecipeException">The recipe doesn't fit the model.</exception>
    public Plan Apply(ModelDescription model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var rows = ImmutableArray.CreateBuilder<PlanRow>(model.Parameters.Length);
        var used = new bool[Rules.Length];
        var unmatched = new List<ParameterDescription>();
        foreach (ParameterDescription parameter in model.Parameters)
        {
            Rule? rule = null;
            for (int i = 0; i < Rules.Length; i++)
            {
                if (rule is null && Rules[i].Matches(parameter, KeyOf(parameter.Name)))
                {
                    used[i] = true;
                    // A rule for any name doesn't mean the frozen ones.
                    rule = parameter.IsTrainable || Rules[i].Name != Rule.AnyName ? Rules[i] : null;
                }
            }
            if (rule is null && parameter.IsTrainable)
            {
                unmatched.Add(parameter);
                continue;
            }
            rows.Add(Row(parameter, rule?.Initializer));
        }
        CheckAllUsed(model, used);
        if (unmatched.Count > 0)
        {
            throw new RecipeException(
                $"no rule matches {List(unmatched.Select(p => $"'{p.Name}' ({Describe(p)})"))}; "
                    + "add a rule for each, such as Rule.For(\"name\", initializer) or Rule.Keep(\"name\")"
            );
        }
        CheckKeys(rows);
        return new Plan(rows.ToImmutable());
    }

    private static PlanRow Row(ParameterDescription parameter, Initializer? initializer)
    {
        bool hasFan = parameter.Blocks.IsEmpty
            ? parameter.Tensor.Fan is not null
            : parameter.Blocks.All(block => block.Tensor.Fan is not null);
        if (initializer is { NeedsFan: true } && !hasFan)
        {
            throw new RecipeException(
                $"{initializer} needs a fan, but '{parameter.Name}' ({Describe(parameter)}) has none, since its layout isn't known; "
                    + "give it an initializer with its own scale, such as normal(std=0.02) or zeros, or keep it"
            );
        }
        return new PlanRow(parameter, KeyOf(parameter.Name), initializer);
    }

    private void CheckAllUsed(ModelDescription model, bool[] used)
    {
        for (int i = 0; i < used.Length; i++)
        {
            if (used[i] || Rules[i].MayMatchNothing)
            {
                continue;
            }
            throw new RecipeException(
                model.Parameters.FirstOrDefault(p => Rules[i].Matches(p, KeyOf(p.Name))) is { } taken
                    ? $"the rule {Rules[i]} never applies: an earlier rule takes '{taken.Name}' and whatever else it matches"
                    : $"the rule {Rules[i]} matches no parameter; {Hint(Rules[i], model)}"
            );
        }
    }

    private static string Hint(Rule rule, ModelDescription model)
    {
        if (
            model.Parameters.FirstOrDefault(p => rule.MatchesName(p.Name) || rule.MatchesName(KeyOf(p.Name))) is
            { } named
        )
        {
            return $"'{named.Name}' is a {RoleOf(named)}";
        }
        if (Spelling.Nearest(rule.Name, model.Parameters.Select(p => p.Name)) is { } nearest)
        {
            return $"did you mean '{nearest}'?";
        }
        return model.Parameters.IsEmpty
            ? "the model has no parameters"
            : $"the model has {List(model.Parameters.Select(p => $"'{p.Name}'"))}";
    }

    private static void CheckKeys(IEnumerable<PlanRow> rows)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (PlanRow row in rows)
        {
            foreach (string key in row.Parts.Select(part => part.Key))
            {
                if (!keys.TryAdd(key, row.Parameter.Name))
                {
                    throw new RecipeException(
                        $"'{keys[key]}' and '{row.Parameter.Name}' would share the key '{key}' and so get the same values; rename one"
                    );
                }
            }
        }
    }

    private static string KeyOf(string name)
    {
        ReadOnlySpan<char> key = name;
        bool stripped;
        do
        {
            stripped = false;
            foreach (string wrapper in s_wrappers)
            {
                if (key.StartsWith(wrapper, StringComparison.Ordinal) && key.Length > wrapper.Length)
                {
                    key = key[wrapper.Length..];
                    stripped = true;
                }
            }
        } while (stripped);
        return key.ToString();
    }

    private static string Describe(ParameterDescription parameter) =>
        $"{RoleOf(parameter)}{(parameter.LayerKind.Length == 0 ? "" : $" of {parameter.LayerKind}")}, {parameter.Tensor}";

    private static string RoleOf(ParameterDescription parameter) =>
        EnumSpelling<ParameterRole>.Names[(int)parameter.Role];

    private static string List(IEnumerable<string> items)
    {
        const int Most = 10;
        string[] all = [.. items];
        return string.Join(", ", all.Take(Most)) + (all.Length > Most ? $" and {all.Length - Most} more" : "");
    }
}
