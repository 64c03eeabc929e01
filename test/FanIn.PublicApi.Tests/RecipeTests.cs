using FanIn;

namespace Outside;

/// <summary>A whole model by a recipe, in C# and as JSON; a plan printed, kept, taken up again and compared.</summary>
public sealed class RecipeTests
{
    private const string Json = """
        {
          "name": "mine",
          "rules": [
            { "name": "blocks.*.out.weight", "init": "normal(std=0.02/sqrt(2*depth))" },
            { "role": "weight", "init": "he_normal" },
            { "role": "bias", "init": "zeros" }
          ]
        }
        """;

    private static readonly Recipe s_recipe = new([
        Rule.For("blocks.*.out.weight", "normal(std=0.02/sqrt(2*depth))"),
        Rule.For(ParameterRole.Weight, Initializer.HeNormal()),
        Rule.For(ParameterRole.Bias, Initializer.Zeros),
    ])
    {
        Name = "mine",
    };

    [Fact]
    public void CSharpAndJsonAreOneRecipe()
    {
        Assert.Equal(s_recipe, Recipe.FromJson(Json));
        Assert.Equal(s_recipe, Recipe.FromJson(s_recipe.ToJson()));
        PlanRow row = s_recipe.Apply(Model(blocks: 4)).Rows.Single(r => r.Parameter.Name == "blocks.1.out.weight");
        Assert.Equal(0.02 / Math.Sqrt(8), row.StandardDeviation!.Value, 1e-15);
    }

    [Fact]
    public void APlanIsKeptAndReplayedWithoutModelAndRecipe()
    {
        Plan plan = s_recipe.Apply(Model(blocks: 2));
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.json");
        Plan loaded;
        try
        {
            File.WriteAllText(file, plan.ToJson());
            loaded = Plan.FromJson(File.ReadAllText(file));
        }
        finally
        {
            File.Delete(file);
        }
        Assert.Equal(plan, loaded);
        Assert.True(Plan.Diff(plan, loaded).IsEmpty);
        foreach ((PlanRow before, PlanRow after) in plan.Rows.Zip(loaded.Rows))
        {
            float[] first = new float[before.Parameter.Tensor.Count];
            float[] again = new float[after.Parameter.Tensor.Count];
            before.Fill(first, seed: 9);
            after.Fill(again, seed: 9);
            Assert.Equal(first, again);
        }
        var text = new StringWriter();
        loaded.Write(text);
        Assert.Equal(plan.ToString().TrimEnd(), text.ToString().TrimEnd());
    }

    [Fact]
    public void ADifferenceNamesWhatChanged()
    {
        Plan before = s_recipe.Apply(Model(blocks: 2));
        Plan after = s_recipe.With(Rule.For("blocks.0.in.weight", Initializer.Orthogonal())).Apply(Model(blocks: 3));
        PlanDifference difference = Plan.Diff(before, after);
        Assert.Equal(
            ["blocks.2.in.weight", "blocks.2.in.bias", "blocks.2.out.weight"],
            difference.Added.Select(row => row.Parameter.Name)
        );
        Assert.Empty(difference.Removed);
        // The second, since another depth scales the branches' outputs.
        Assert.Equal(
            ["blocks.0.in.weight", "blocks.0.out.weight", "blocks.1.out.weight"],
            difference.Changed.Select(change => change.After.Parameter.Name)
        );
    }

    [Fact]
    public void NothingIsMissedInSilence()
    {
        ModelDescription model = new([
            .. Model(blocks: 1).Parameters,
            new("scale", TensorDescription.Plain(3), ParameterRole.Other),
        ]);
        Assert.Contains(
            "scale",
            Assert.Throws<RecipeException>(() => s_recipe.Apply(model)).Message,
            StringComparison.Ordinal
        );
        Recipe mistyped = s_recipe.With(Rule.For("block.*", Initializer.Zeros));
        Assert.Contains(
            "block.*",
            Assert.Throws<RecipeException>(() => mistyped.Apply(Model(blocks: 1))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void BuiltInRecipesGoByNameAndCanBeWritten() =>
        Assert.All(
            Recipe.Names,
            name =>
            {
                Recipe recipe = Recipe.Parse(name == "mup" ? "mup(base_width=64)" : name);
                Assert.NotEmpty(recipe.Rules);
                Assert.Equal(recipe, Recipe.FromJson(recipe.ToJson()));
            }
        );

    private static ModelDescription Model(int blocks) =>
        new(
            Enumerable
                .Range(0, blocks)
                .SelectMany(i =>
                    (ParameterDescription[])
                        [
                            new($"blocks.{i}.in.weight", TensorDescription.Dense(8, 4), ParameterRole.Weight),
                            new($"blocks.{i}.in.bias", TensorDescription.Plain(8), ParameterRole.Bias),
                            new($"blocks.{i}.out.weight", TensorDescription.Dense(4, 8), ParameterRole.Weight),
                        ]
                )
        );
}
