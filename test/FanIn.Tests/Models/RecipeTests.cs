namespace FanIn.Tests;

public sealed class RecipeTests
{
    private static readonly ParameterDescription s_weight = Weight("fc1.weight", 8, 4);
    private static readonly ParameterDescription s_bias = new(
        "fc1.bias",
        TensorDescription.Plain(8),
        ParameterRole.Bias
    )
    {
        LayerKind = "Linear",
    };

    [Fact]
    public void TheUsualRecipeKnowsEveryRoleButOther()
    {
        Plan plan = Recipe
            .Of(Initializer.HeNormal())
            .Apply(
                Model(
                    s_weight,
                    s_bias,
                    new("e", TensorDescription.Embedding(10, 4), ParameterRole.Embedding),
                    new("n.weight", TensorDescription.Plain(4), ParameterRole.NormScale),
                    new("n.bias", TensorDescription.Plain(4), ParameterRole.NormShift),
                    new("p", TensorDescription.Plain(1), ParameterRole.Slope)
                )
            );
        Assert.Equal(
            ["he_normal", "zeros", "normal(std=1)", "ones", "zeros", "constant(0.25)"],
            plan.Rows.Select(r => r.Initializer?.ToString())
        );
        Assert.Equal(["fc1.weight", "fc1.bias", "e", "n.weight", "n.bias", "p"], plan.Rows.Select(r => r.Parts[0].Key));
        Assert.Equal(Math.Sqrt(0.5), plan.Rows[0].StandardDeviation!.Value, 1e-15);
    }

    /// <summary>Rows of some are those of all; what the rest gets needs no rule, and none that suits it.</summary>
    [Fact]
    public void SomeRowsAreThoseOfAll()
    {
        ModelDescription model = Model(
            Weight("h.0.fc.weight", 8, 8),
            Weight("h.1.fc.weight", 8, 8),
            new("h.1.norm.weight", TensorDescription.Plain(8), ParameterRole.NormScale),
            new("mask", TensorDescription.Plain(8), ParameterRole.Other)
        );
        var recipe = new Recipe([
            Rule.For("h.1.norm.*", Initializer.Ones),
            Rule.For("h.*.weight", "normal(std=1/sqrt(depth*width))"),
        ]);
        Plan some = recipe.Apply(model, new HashSet<string>(["h.0.fc.weight"]));
        Assert.Equal("normal(std=0.25)", Assert.Single(some.Rows).Initializer!.ToString());
        PlanRow[] all =
        [
            .. recipe.With(Rule.Keep("mask")).Apply(model).Rows.Where(row => row.Parameter.Name == "h.0.fc.weight"),
        ];
        Assert.Equal(all, some.Rows);
        Assert.Equal(
            "h.0.fc.weight",
            Assert
                .Single(Recipe.Parse("he_normal").Apply(model, new HashSet<string>(["h.0.fc.weight", "nothing"])).Rows)
                .Parameter.Name
        );
        Assert.StartsWith(
            "no rule matches 'mask'",
            Assert.Throws<RecipeException>(() => recipe.Apply(model, new HashSet<string>(["mask"]))).Message
        );
    }

    [Fact]
    public void TheFirstRuleThatMatchesWins()
    {
        var recipe = new Recipe([
            Rule.For("fc1.*", Initializer.Ones),
            Rule.For("*.weight", Initializer.HeNormal()),
            Rule.For("*", Initializer.Zeros),
        ]);
        Plan plan = recipe.Apply(Model(s_weight, s_bias, Weight("fc2.weight", 2, 8), Weight("out", 2, 2)));
        Assert.Equal(["ones", "ones", "he_normal", "zeros"], plan.Rows.Select(r => r.Initializer?.ToString()));
        plan = recipe
            .With(Rule.For("fc1.weight", Initializer.XavierNormal()))
            .Apply(Model(s_weight, s_bias, Weight("fc2.weight", 2, 8), Weight("out", 2, 2)));
        Assert.Equal("xavier_normal", plan.Rows[0].Initializer?.ToString());
    }

    [Fact]
    public void NameAndRoleMustBothFit()
    {
        var recipe = new Recipe([
            Rule.For(ParameterRole.Bias, Initializer.Ones) with
            {
                Name = "fc1.*",
            },
            Rule.For("*", Initializer.Zeros),
        ]);
        Plan plan = recipe.Apply(
            Model(s_weight, s_bias, new("fc2.bias", TensorDescription.Plain(3), ParameterRole.Bias))
        );
        Assert.Equal(["zeros", "ones", "zeros"], plan.Rows.Select(r => r.Initializer?.ToString()));
    }

    [Theory]
    [InlineData("fc1.*", true)]
    [InlineData("*", true)]
    [InlineData("*weight", true)]
    [InlineData("fc?.weight", true)]
    [InlineData("fc1.weight", true)]
    [InlineData("*c1*w*", true)]
    [InlineData("FC1.weight", false)]
    [InlineData("fc1", false)]
    [InlineData("fc??.weight", false)]
    [InlineData("weight", false)]
    public void Patterns(string pattern, bool matches) =>
        Assert.Equal(matches, Rule.For(pattern, Initializer.Zeros).MatchesName(s_weight.Name));

    [Theory]
    [InlineData("fc1.wieght", "the rule 'fc1.wieght' -> zeros matches no parameter; did you mean 'fc1.weight'?")]
    [InlineData(
        "decoder.*",
        "the rule 'decoder.*' -> zeros matches no parameter; the model has 'fc1.weight', 'fc1.bias'"
    )]
    public void ARuleThatMatchesNothingIsAnError(string pattern, string message) =>
        Assert.Equal(
            message,
            Fault(Recipe.Of(Initializer.HeNormal()).With(Rule.For(pattern, Initializer.Zeros)), s_weight, s_bias)
        );

    [Fact]
    public void ARuleThatEarlierRulesShadowIsAnError()
    {
        var recipe = new Recipe([Rule.For("fc1.*", Initializer.Ones), Rule.For("fc1.bias", Initializer.Zeros)]);
        Assert.Equal(
            "the rule 'fc1.bias' -> zeros never applies: earlier rules take all that it matches: 'fc1.bias' ('fc1.*' -> ones)",
            Fault(recipe, s_weight, s_bias)
        );
    }

    [Fact]
    public void ARecipeForTheBareModelServesTheWrappedOne()
    {
        Plan plan = new Recipe([Rule.For("fc1.weight", Initializer.Ones)]).Apply(
            Model(Weight("module.fc1.weight", 8, 4))
        );
        Assert.Equal("fc1.weight", plan.Rows[0].Parts[0].Key);
        Assert.Equal(Initializer.Ones, plan.Rows[0].Initializer);
    }

    [Fact]
    public void ARuleThatMatchesNothingSaysWhy()
    {
        var recipe = new Recipe([
            Rule.For(ParameterRole.Bias, Initializer.Ones) with
            {
                Name = "fc1.weight",
                MayMatchNothing = false,
            },
            Rule.For("*", Initializer.Zeros),
        ]);
        Assert.Equal(
            "the rule bias 'fc1.weight' -> ones matches no parameter; 'fc1.weight' is a weight of Linear",
            Fault(recipe, s_weight)
        );
        Assert.Equal(
            "the rule 'fc1.*' -> keep matches no parameter; the model has no parameters",
            Fault(new([Rule.Keep("fc1.*")]))
        );
        Assert.Empty(new Recipe([Rule.Keep("fc1.*") with { MayMatchNothing = true }]).Apply(Model()).Rows);
    }

    [Fact]
    public void AParameterWithoutARuleIsAnError()
    {
        Assert.Equal(
            "no rule matches 'gate' (other, [3, 3]), 'fc1.bias' (bias of Linear, [8]); add a rule for each, such as "
                + "Rule.For(\"name\", initializer) or Rule.Keep(\"name\")",
            Fault(
                new([Rule.For(ParameterRole.Weight, Initializer.HeNormal())]),
                s_weight,
                new("gate", TensorDescription.Plain(3, 3), ParameterRole.Other),
                s_bias
            )
        );
        string many = Fault(
            new([]),
            [
                .. Enumerable
                    .Range(0, 13)
                    .Select(i => new ParameterDescription($"p{i}", TensorDescription.Plain(1), ParameterRole.Other)),
            ]
        );
        Assert.Contains("'p9' (other, [1]) and 3 more; add", many);
        Assert.DoesNotContain("'p10'", many);
    }

    [Fact]
    public void AVectorCannotHaveARuleOfTheFan() =>
        Assert.Equal(
            "he_normal needs a fan, but 'fc1.bias' (bias of Linear, [8]) has none, since its layout isn't known; give it "
                + "an initializer with its own scale, such as normal(std=0.02) or zeros, or keep it",
            Fault(new([Rule.For("*", Initializer.HeNormal())]), s_weight, s_bias)
        );

    [Fact]
    public void FrozenParametersKeepTheirValuesUnlessARuleNamesThem()
    {
        ParameterDescription frozen = s_weight with { IsTrainable = false };
        Recipe usual = Recipe.Of(Initializer.HeNormal());
        Assert.Null(usual.Apply(Model(frozen, s_bias)).Rows[0].Initializer);
        Assert.Null(new Recipe([Rule.For("*", Initializer.Ones)]).Apply(Model(frozen)).Rows[0].Initializer);
        Assert.Null(new Recipe([]).Apply(Model(frozen)).Rows[0].Initializer);
        foreach (string name in (string[])["fc1.weight", "fc1.*"])
        {
            Assert.Equal(
                Initializer.Ones,
                usual.With(Rule.For(name, Initializer.Ones)).Apply(Model(frozen, s_bias)).Rows[0].Initializer
            );
        }
        // Also behind a rule for all: that one doesn't speak of it.
        Recipe behind = new([Rule.For("*", Initializer.Zeros), Rule.For("fc1.weight", Initializer.Ones)]);
        Assert.Equal(Initializer.Ones, behind.Apply(Model(frozen)).Rows[0].Initializer);
    }

    [Fact]
    public void KeptParametersHaveNothingToFill()
    {
        PlanRow row = new Recipe([Rule.Keep("fc1.*")]).Apply(Model(s_weight)).Rows[0];
        Assert.Null(row.Initializer);
        Assert.Null(row.StandardDeviation);
        var error = Assert.Throws<InvalidOperationException>(() => row.Fill(new float[32], 1));
        Assert.Equal("'fc1.weight' keeps its values: there is nothing to fill.", error.Message);
    }

    [Theory]
    [InlineData("fc1.weight", "fc1.weight")]
    [InlineData("module.fc1.weight", "fc1.weight")]
    [InlineData("_orig_mod.fc1.weight", "fc1.weight")]
    [InlineData("module._orig_mod.module.fc1.weight", "fc1.weight")]
    [InlineData("module.", "module.")]
    [InlineData("submodule.fc1", "submodule.fc1")]
    [InlineData("encoder.module.fc1", "encoder.module.fc1")]
    [InlineData("Module.fc1", "Module.fc1")]
    public void WrappersAreNoPartOfTheKey(string name, string key)
    {
        PlanRow row = Recipe.Of(Initializer.HeNormal()).Apply(Model(s_weight with { Name = name })).Rows[0];
        Assert.Equal((name, key), (row.Parameter.Name, row.Parts[0].Key));
        (float[] wrapped, float[] bare) = (new float[32], new float[32]);
        row.Fill(wrapped, 3);
        Initializer.HeNormal().Fill(bare, s_weight.Tensor, 3, key);
        Assert.Equal(bare, wrapped);
    }

    [Fact]
    public void TwoParametersCannotShareAKey()
    {
        Recipe recipe = Recipe.Of(Initializer.HeNormal());
        Assert.Equal(
            "'fc1.weight' and 'module.fc1.weight' would share the key 'fc1.weight' and so get the same values; "
                + "rename one, or give it another key by a rule",
            Fault(recipe, s_weight, Weight("module.fc1.weight", 8, 4))
        );
        Assert.Equal(
            "'in_proj' and 'in_proj#k' would share the key 'in_proj#k' and so get the same values; "
                + "rename one, or give it another key by a rule",
            Fault(recipe, Packed("in_proj", "q", "k", "v"), Weight("in_proj#k", 4, 4))
        );
        Assert.Throws<ArgumentException>(() => Model(s_weight, s_weight));
    }

    [Fact]
    public void EqualByContent()
    {
        Assert.Equal(Recipe.Of(Initializer.HeNormal()), Recipe.Of(Initializer.Parse("he_normal")));
        Assert.NotEqual(Recipe.Of(Initializer.HeNormal()), Recipe.Of(Initializer.HeUniform()));
        ModelDescription model = Model(Packed("w", "q", "k"), s_bias);
        Assert.Equal(model, Model(Packed("w", "q", "k"), s_bias));
        Assert.Equal(model.GetHashCode(), Model(Packed("w", "q", "k"), s_bias).GetHashCode());
        Plan plan = Recipe.Of(Initializer.HeNormal()).Apply(model);
        Plan again = Recipe.Of(Initializer.HeNormal()).Apply(Model(Packed("w", "q", "k"), s_bias));
        Assert.Equal(plan, again);
        Assert.Equal(plan.GetHashCode(), again.GetHashCode());
        Assert.NotEqual(plan, Recipe.Of(Initializer.HeUniform()).Apply(model));
    }

    private static ParameterDescription Packed(string name, params string[] blocks) =>
        ParameterDescription.Packed(name, blocks, TensorDescription.Dense(4, 4), ParameterRole.Weight);

    private static ParameterDescription Weight(string name, long outputs, long inputs) =>
        new(name, TensorDescription.Dense(outputs, inputs), ParameterRole.Weight) { LayerKind = "Linear" };

    private static ModelDescription Model(params ParameterDescription[] parameters) => new(parameters);

    private static string Fault(Recipe recipe, params ParameterDescription[] parameters) =>
        Assert.Throws<RecipeException>(() => recipe.Apply(Model(parameters))).Message;
}
