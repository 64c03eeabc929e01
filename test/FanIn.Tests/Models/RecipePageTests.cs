using System.Text.RegularExpressions;
using FanIn.Tests.Shared;

namespace FanIn.Tests;

/// <summary>Every example of docs/recipes.md runs, and prints what stands there.</summary>
public sealed partial class RecipePageTests
{
    private const string Page = "docs/recipes.md";
    private static readonly ModelDescription s_gpt2 = Models.Gpt2(1, 8, 20);

    [Fact]
    public void TheBuilder()
    {
        // example: builder
        Recipe recipe = new([
            Rule.For("*.c_proj.weight", "normal(std=0.02/sqrt(2*depth))"),
            Rule.For("*", "he_normal") with
            {
                LayerKind = "Conv2d",
                Role = ParameterRole.Weight,
            },
            Rule.For(ParameterRole.Weight, Initializer.Normal(std: 0.02)),
            Rule.For(ParameterRole.Embedding, Initializer.Normal(std: 0.02)),
            Rule.For(ParameterRole.Bias, Initializer.Zeros),
            Rule.For(ParameterRole.NormScale, Initializer.Ones),
            Rule.For(ParameterRole.NormShift, Initializer.Zeros),
        ]);
        // end
        Readme.AssertShows("builder", Page);
        Assert.Contains("of Conv2d '*' -> he_normal matches no parameter", Fault(recipe));
        Recipe without = recipe with { Rules = recipe.Rules.RemoveAt(1) };
        Assert.Equal(Recipe.Parse("gpt2").Apply(s_gpt2), without.Apply(s_gpt2));
    }

    [Fact]
    public void APlan()
    {
        ModelDescription model = s_gpt2;

        // example: plan
        Plan plan = Recipe.Parse("gpt2").Apply(model);
        plan.Write(Console.Out);

        string saved = plan.ToJson();
        Plan loaded = Plan.FromJson(saved); // fills the same values without model and recipe
        float[] values = new float[8 * 8];
        loaded.Rows.Single(row => row.Parameter.Name == "transformer.h.0.attn.c_proj.weight").Fill(values, seed: 42);

        PlanDifference difference = Plan.Diff(plan, Recipe.Parse("olmo").Apply(model));
        // end
        Readme.AssertShows("plan", Page);
        Readme.AssertShowsOutput(plan.ToString(), Page);
        Assert.Equal(plan, loaded);
        Assert.All(values, value => Assert.NotEqual(0, value));
        Assert.False(difference.IsEmpty);
    }

    [Fact]
    public void Changes()
    {
        // example: with
        Recipe mine = Recipe
            .Parse("gpt2")
            .With(
                Rule.For("lm_head.*|*.wte.*", "normal(std=1/sqrt(width))"),
                Rule.For("*.attn.c_attn.weight#q", "zeros"),
                Rule.For("*.c_fc.weight", "normal(std=0.02)") with
                {
                    Key = "{1}.up.weight",
                }
            );
        // end
        Readme.AssertShows("with", Page);
        Plan plan = mine.Apply(s_gpt2);
        Assert.Equal(1 / Math.Sqrt(8), plan.Rows[0].StandardDeviation);
        Assert.Equal(
            "transformer.h.0.mlp.up.weight",
            plan.Rows.Single(r => r.Parameter.Name.Contains("c_fc.weight")).Parts[0].Key
        );
        Assert.Equal(
            ["zeros", "normal(std=0.02)", "normal(std=0.02)"],
            plan.Rows.Single(r => r.Parameter.Name.Contains("c_attn.weight")).Parts.Select(p => $"{p.Initializer}")
        );
    }

    [Fact]
    public void JsonOfThePage()
    {
        string page = File.ReadAllText(Path.Combine(Readme.RepositoryRoot(), Page));
        string json = JsonFences().Match(page).Groups["code"].Value;
        Assert.Equal(Recipe.Parse("gpt2").Apply(s_gpt2), Recipe.FromJson(json).Apply(s_gpt2));
    }

    [Fact]
    public void EveryRecipeAndVariableIsOnThePage()
    {
        string page = File.ReadAllText(Path.Combine(Readme.RepositoryRoot(), Page));
        Assert.All(Recipe.Names, name => Assert.Contains($"| `{name}", page));
        Assert.All(RuleVariables.Names, name => Assert.Contains($"`{name}`", page));
    }

    [Fact]
    public void TheExampleOfTheReadmeRuns()
    {
        ModelDescription model = s_gpt2;

        // example: recipe
        Recipe recipe = Recipe
            .Parse("gpt2")
            .With(Rule.For("*.c_proj.weight", "normal(std=0.02/sqrt(2*depth))"), Rule.Keep("*.wpe.*"));
        Plan plan = recipe.Apply(model); // a row for each parameter, before anything is drawn
        Console.WriteLine(plan);
        // end
        Readme.AssertShows("recipe");
        Assert.True(plan.Rows[1].IsKept);
    }

    private static string Fault(Recipe recipe) => Assert.Throws<RecipeException>(() => recipe.Apply(s_gpt2)).Message;

    [GeneratedRegex("```json\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex JsonFences();
}
