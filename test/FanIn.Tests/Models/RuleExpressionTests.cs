using static FanIn.Tests.Models;

namespace FanIn.Tests;

/// <summary>Initializers whose numbers depend on the model.</summary>
public sealed class RuleExpressionTests
{
    private static readonly ModelDescription s_gpt2 = Gpt2(12, 768);

    [Fact]
    public void GptTwosResidualProjection()
    {
        Plan plan = Apply("*.c_proj.weight", "normal(std=0.02/sqrt(2*depth))", s_gpt2);
        PlanRow row = Row(plan, "transformer.h.3.mlp.c_proj.weight");
        Assert.Equal(0.02 / Math.Sqrt(24), row.StandardDeviation);
        Assert.Equal(Initializer.Normal(std: 0.02 / Math.Sqrt(24)), row.Initializer);
    }

    [Fact]
    public void LayersCountFromZero()
    {
        Plan plan = Apply("*.c_proj.weight", "truncated_normal(std=1/sqrt(2*fan_in*(layer+1)),a=-3,b=3)", s_gpt2);
        foreach (int layer in (int[])[0, 5, 11])
        {
            Assert.Equal(
                Initializer.TruncatedNormal(std: 1 / Math.Sqrt(2 * 3072.0 * (layer + 1)), a: -3, b: 3),
                Row(plan, $"transformer.h.{layer}.mlp.c_proj.weight").Initializer
            );
        }
    }

    [Theory]
    [InlineData("depth", 12)]
    [InlineData("layer", 1)]
    [InlineData("fan_in", 768)]
    [InlineData("fan_out", 3072)]
    [InlineData("width", 768)]
    [InlineData("branch", 4)]
    [InlineData("only_depth", 12)]
    public void EachVariable(string variable, double value) =>
        Assert.Equal(
            Initializer.Constant(value),
            Row(
                Apply("*.1.mlp.c_fc.weight", $"constant({variable})", s_gpt2),
                "transformer.h.1.mlp.c_fc.weight"
            ).Initializer
        );

    /// <summary>Each block of a packed parameter has its own fan: here grouped queries.</summary>
    [Fact]
    public void BlocksHaveTheirOwnFan()
    {
        ParameterDescription packed = new("a.qkv", TensorDescription.Plain(12, 8), ParameterRole.Weight)
        {
            Blocks =
            [
                new("q", TensorDescription.Dense(8, 8)),
                new("k", TensorDescription.Dense(2, 8)),
                new("v", TensorDescription.Dense(2, 8)),
            ],
        };
        PlanRow row = new Recipe([Rule.For("*", "normal(std=fan_out)")]).Apply(new([packed])).Rows[0];
        Assert.Equal([8, 2, 2], row.Parts.Select(part => part.StandardDeviation!.Value));
        row = new Recipe([Rule.For("*#k", "normal(std=fan_out)"), Rule.For("*", "ones")]).Apply(new([packed])).Rows[0];
        Assert.Equal(["ones", "normal(std=2)", "ones"], row.Parts.Select(part => part.Initializer!.ToString()));
    }

    [Fact]
    public void ABiasHasTheFanOfTheWeightBesideIt()
    {
        ModelDescription model = Mlp(16, 25, 4);
        Plan plan = new Recipe([
            Rule.For("*.bias", "uniform(a=-1/sqrt(fan_in),b=1/sqrt(fan_in))"),
            Rule.Keep("*"),
        ]).Apply(model);
        Assert.Equal(Initializer.Uniform(-0.25, 0.25), Row(plan, "fc1.bias").Initializer);
        Assert.Equal(Initializer.Uniform(-0.2, 0.2), Row(plan, "fc2.bias").Initializer);
        plan = new Recipe([Rule.For("*bias*", "constant(fan_in)"), Rule.Keep("*")]).Apply(Lstm(2, 8, 32));
        Assert.Equal(
            [8, 32, 32, 32, 32],
            ((string[])["lstm.bias_ih_l0", "lstm.bias_hh_l0", "lstm.bias_ih_l1", "lstm.bias_hh_l1", "out.bias"]).Select(
                name => Row(plan, name).Initializer!.Distribution(TensorDescription.Plain(1))!.Mean
            )
        );
    }

    [Fact]
    public void InitializersWithinOthersHaveVariablesToo()
    {
        ModelDescription model = new(
            ((string[])["h.0.up.weight", "h.0.b.weight", "h.1.up.weight", "h.1.b.weight"]).Select(name =>
                Convolution(name, 4, 4, 3)
            )
        );
        Plan plan = Apply("*.up.weight", "icnr(init=normal(std=1/(depth+layer)))", model);
        Assert.Equal(Initializer.Parse("icnr(init=normal(std=0.5))"), Row(plan, "h.0.up.weight").Initializer);
        Assert.Equal(Initializer.Parse("icnr(init=normal(std=1/3))"), Row(plan, "h.1.up.weight").Initializer);
    }

    [Fact]
    public void TheTextStaysAsWritten()
    {
        Rule rule = Rule.For("*", "normal( std = 0.02 / sqrt(2*depth) )");
        Assert.Equal("'*' -> normal( std = 0.02 / sqrt(2*depth) )", rule.ToString());
        Assert.Null(rule.Initializer);
        Assert.False(rule.IsKeep);
        Rule constant = Rule.For("*", "normal(std=2/100)");
        Assert.Equal("normal(std=2/100)", constant.Text);
        Assert.Equal(Initializer.Normal(std: 0.02), constant.Initializer);
        Assert.Equal(Rule.For("*", Initializer.Normal(std: 0.02)), constant);
        Assert.NotEqual(Rule.For("*", "normal(std=depth)"), Rule.For("*", "normal(std=layer)"));
    }

    [Theory]
    [InlineData(
        "normal(std=1/sqrt(dpth))",
        "std of initializer 'normal': '1/sqrt(dpth)': unknown variable 'dpth'; did you mean 'depth'?"
    )]
    [InlineData(
        "normal(std=log(depth))",
        "std of initializer 'normal': 'log(depth)': unknown function 'log'; known are: sqrt, ln, min, max"
    )]
    [InlineData("normal(std=1/0)", "std of initializer 'normal': '1/0' divides by zero")]
    [InlineData("normal(std=depth/0)", "std of initializer 'normal': 'depth/0' divides by zero")]
    [InlineData(
        "normal(std=2 depth)",
        "std of initializer 'normal': '2 depth' is not a number; write for example 0.5, 1e-3, sqrt(2) or 5/3"
    )]
    [InlineData("normal(sdt=depth)", "unknown argument of initializer 'normal': 'sdt'; did you mean 'std'?")]
    [InlineData("nromal(std=depth)", "unknown initializer 'nromal'; did you mean 'normal'?")]
    [InlineData(
        "normal(mean=depth,std=-1)",
        "the argument std=-1 of initializer 'normal' must be a finite number, 0 or more"
    )]
    public void WhatNoModelCouldMakeRightIsRefusedAtOnce(string text, string message) =>
        Assert.Equal(message, Assert.Throws<SpellingException>(() => Rule.For("*", text)).Message);

    [Theory]
    [InlineData("normal(std=1/layer)", "std of initializer 'normal': '1/layer' divides by zero where layer = 0")]
    [InlineData(
        "normal(std=(layer-3)^(1/2))",
        "std of initializer 'normal': '(layer-3)^(1/2)' takes a root of a negative number where layer = 0"
    )]
    [InlineData(
        "normal(std=sqrt(layer-depth))",
        "std of initializer 'normal': 'sqrt(layer-depth)' takes the square root of a negative number where layer = 0 and depth = 12"
    )]
    [InlineData(
        "normal(std=ln(layer))",
        "std of initializer 'normal': 'ln(layer)' takes the logarithm of what isn't above zero where layer = 0"
    )]
    [InlineData(
        "normal(std=10^width)",
        "std of initializer 'normal': '10^width' is beyond the numbers where width = 768"
    )]
    [InlineData(
        "normal(std=layer-1)",
        "the argument std=-1 of initializer 'normal' must be a finite number, 0 or more"
    )]
    [InlineData(
        "normal(std=1/encoder_depth)",
        "std of initializer 'normal': 'encoder_depth' isn't known: the model has no blocks whose names contain 'encoder'"
    )]
    public void ErrorsNameRuleParameterAndReason(string text, string reason) =>
        Assert.Equal(
            $"the rule '*.attn.c_proj.weight' -> {text} fails for 'transformer.h.0.attn.c_proj.weight' "
                + $"(weight of Conv1D, [768, 768] keras): {reason}",
            Assert.Throws<RecipeException>(() => Apply("*.attn.c_proj.weight", text, s_gpt2)).Message
        );

    [Fact]
    public void WhatTheModelDoesNotHaveIsSaid()
    {
        Assert.Equal(
            "the rule '*.wte.weight' -> constant(layer) fails for 'transformer.wte.weight' (embedding of Embedding, [500, 768] embedding): "
                + "value of initializer 'constant': 'layer' isn't known: 'transformer.wte.weight' belongs to none of the model's numbered blocks",
            Assert.Throws<RecipeException>(() => Apply("*.wte.weight", "constant(layer)", s_gpt2)).Message
        );
        ModelDescription free = new([Other("free", 3, 3)]);
        Assert.EndsWith(
            "'depth' isn't known: the model has no numbered blocks, such as 'h.0' or 'layers.0'; say what its depth is",
            Assert.Throws<RecipeException>(() => Apply("free", "constant(depth)", free)).Message
        );
        Assert.EndsWith(
            "'fan_in' isn't known: the layout of 'free' has none, and no weight of its layer lends it one",
            Assert.Throws<RecipeException>(() => Apply("free", "constant(fan_in)", free)).Message
        );
        Assert.EndsWith(
            "'width' isn't known: the model has neither blocks with weights nor an embedding",
            Assert.Throws<RecipeException>(() => Apply("free", "constant(width)", free)).Message
        );
        ModelDescription two = OfNames("encoder.h.0.a", "encoder.h.0.b", "decoder.h.0.a", "decoder.h.0.b");
        Assert.EndsWith(
            "'only_depth' isn't known: the model has several chains of blocks: 'encoder.h.#', 'decoder.h.#'",
            Assert.Throws<RecipeException>(() => Apply("*.a", "constant(only_depth)", two)).Message
        );
    }

    [Fact]
    public void ARecipesDepthAndWidthCount()
    {
        Recipe recipe = new([Rule.For("*", "constant(depth/width)")]) { Depth = 3, Width = 4 };
        Assert.Equal(Initializer.Constant(0.75), recipe.Apply(new([Other("free", 2)])).Rows[0].Initializer);
        Assert.Throws<ArgumentOutOfRangeException>(() => recipe with { Depth = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => recipe with { Width = -1 });
    }

    /// <summary>Outside recipes there is no model.</summary>
    [Fact]
    public void VariablesBelongInRecipes()
    {
        Assert.Equal(
            "std of initializer 'normal': '0.02/sqrt(2*depth)' has the variable 'depth', which a recipe's rules have; write a number here",
            Assert.Throws<SpellingException>(() => Initializer.Parse("normal(std=0.02/sqrt(2*depth))")).Message
        );
        Assert.False(Initializer.TryParse("constant(fan_in)", out _));
    }

    private static Plan Apply(string pattern, string text, ModelDescription model) =>
        new Recipe([Rule.For(pattern, text), Rule.Keep("*") with { MayMatchNothing = true }]).Apply(model);

    private static PlanRow Row(Plan plan, string name) => plan.Rows.Single(row => row.Parameter.Name == name);
}
