using static FanIn.Tests.Models;

namespace FanIn.Tests;

/// <summary>What rules choose by, the keys they give, and what is wrong with them, in whole sentences.</summary>
public sealed class RuleTests
{
    private static readonly ParameterDescription[] s_cnn =
    [
        Convolution("conv1.weight", 8, 3, 3),
        Bias("conv1.bias", 8) with
        {
            LayerKind = "Conv2d",
        },
        Weight("fc.weight", 10, 8),
        Bias("fc.bias", 10),
    ];

    [Fact]
    public void KindRoleAndNameMustAllFit()
    {
        Recipe recipe = new([
            Rule.For("*", Initializer.Ones) with
            {
                LayerKind = "Conv2d",
                Role = ParameterRole.Weight,
            },
            Rule.For("conv*", "constant(2)") with
            {
                LayerKind = "Conv?d|Linear",
            },
            Rule.For("*", "constant(3)") with
            {
                LayerKind = "Linear",
            },
        ]);
        Assert.Equal(["ones", "constant(2)", "constant(3)", "constant(3)"], Rules(recipe.Apply(new(s_cnn))));
        Assert.Equal("weight of Conv2d '*' -> ones", recipe.Rules[0].ToString());
    }

    [Fact]
    public void NamesHaveAlternatives()
    {
        Recipe recipe = new([Rule.For("fc.bias|conv1.*", "ones"), Rule.Keep("*")]);
        Assert.Equal(["ones", "ones", null, "ones"], Rules(recipe.Apply(new(s_cnn))));
        foreach (string empty in (string[])["a|", "|a", "a||b", " "])
        {
            Assert.StartsWith(
                $"The pattern '{empty}' has an empty alternative.",
                Assert.Throws<ArgumentException>(() => Rule.For(empty, "ones")).Message
            );
        }
        Assert.Throws<ArgumentException>(() => Rule.For("", "ones"));
        Assert.StartsWith(
            "The kind 'Linear|' has an empty alternative.",
            Assert.Throws<ArgumentException>(() => Rule.For("*", "ones") with { LayerKind = "Linear|" }).Message
        );
    }

    [Fact]
    public void SharedParametersHaveAnyOfTheirNames()
    {
        ParameterDescription tied = Embedding("wte.weight", 9, 4) with { Aliases = ["module.lm_head.weight"] };
        Assert.Equal(["ones"], Rules(new Recipe([Rule.For("lm_head.*", "ones")]).Apply(new([tied]))));
        Assert.Equal(["ones"], Rules(new Recipe([Rule.For("wte.*", "ones")]).Apply(new([tied]))));
    }

    /// <summary>A pattern such as <c>*.fc1.weight</c> means a layer within another, not within a wrapper.</summary>
    [Fact]
    public void WrappersAreSeenByPatternsThatSpellThem()
    {
        ParameterDescription wrapped = Weight("module.fc1.weight", 4, 4);
        Assert.Equal(["ones"], Rules(new Recipe([Rule.For("module.fc1.*", "ones")]).Apply(new([wrapped]))));
        Assert.Equal(["ones"], Rules(new Recipe([Rule.For("fc1.*", "ones")]).Apply(new([wrapped]))));
        Assert.Throws<RecipeException>(() => new Recipe([Rule.For("*.fc1.*", "ones")]).Apply(new([wrapped])));
    }

    [Fact]
    public void PackedAndSeparateMatricesGetTheSameValuesUnderMappedKeys()
    {
        Recipe packed = new([
            Rule.For("*.attn.c_attn.weight#q", "he_normal") with
            {
                Key = "{1}.q_proj.weight",
            },
            Rule.For("*.attn.c_attn.weight#k", "he_normal") with
            {
                Key = "{1}.k_proj.weight",
            },
            Rule.For("*.attn.c_attn.weight#v", "xavier_normal") with
            {
                Key = "{1}.v_proj.weight",
            },
            Rule.Keep("*"),
        ]);
        PlanRow row = packed
            .Apply(Gpt2(1, 8))
            .Rows.Single(r => r.Parameter.Name == "transformer.h.0.attn.c_attn.weight");
        Assert.Equal(
            ["transformer.h.0.q_proj.weight", "transformer.h.0.k_proj.weight", "transformer.h.0.v_proj.weight"],
            row.Parts.Select(part => part.Key)
        );
        float[] whole = new float[192];
        row.Fill(whole, 5);
        Plan separate = new Recipe([Rule.For("*.v_*", "xavier_normal"), Rule.For("*", "he_normal")]).Apply(
            new(((string[])["q", "k", "v"]).Select(name => Weight($"transformer.h.0.{name}_proj.weight", 8, 8)))
        );
        foreach ((int b, PlanRow alone) in separate.Rows.Index())
        {
            float[] values = new float[64];
            alone.Fill(values, 5);
            // The packed one is stored [in, q | k | v].
            for (int i = 0; i < 64; i++)
            {
                Assert.Equal(values[i], whole[(i % 8 * 24) + (b * 8) + (i / 8)]);
            }
        }
    }

    [Fact]
    public void KeysOfWholeParametersCarryTheirBlocks()
    {
        Rule rule = Rule.For("*.h.*.attn.c_attn.weight", "ones") with { Key = "block{2}/{1}" };
        PlanRow row = new Recipe([rule, Rule.Keep("*")])
            .Apply(Gpt2(1, 8))
            .Rows.Single(r => r.Parameter.Name == "transformer.h.0.attn.c_attn.weight");
        Assert.Equal(
            ["block0/transformer#q", "block0/transformer#k", "block0/transformer#v"],
            row.Parts.Select(p => p.Key)
        );
        Assert.Equal("'*.h.*.attn.c_attn.weight' -> ones under 'block{2}/{1}'", rule.ToString());
    }

    [Theory]
    [InlineData("{2}.weight", "{2}")]
    [InlineData("{0}.weight", "{0}")]
    [InlineData("{99999999999}", "{99999999999}")]
    public void AKeyCannotHaveMoreThanThePattern(string key, string place) =>
        Assert.Equal(
            $"the rule 'fc.*|conv1.*' -> ones under '{key}' has {place} in its key, but the pattern has 1 '*'; the first is {{1}}",
            Fault(Rule.For("fc.*|conv1.*", "ones") with { Key = key }, Rule.Keep("*"))
        );

    [Fact]
    public void MappedKeysCannotCollide() =>
        Assert.Equal(
            "'conv1.weight' and 'conv1.bias' would share the key 'conv1' and so get the same values; "
                + "rename one, or give it another key by a rule",
            Fault(Rule.For("conv1.*", "ones") with { Key = "conv1" }, Rule.Keep("fc.*"))
        );

    /// <summary>It would be saved as another key, which gives other values.</summary>
    [Fact]
    public void MappedKeysAreWellFormed()
    {
        Assert.Equal(
            "the key 'a?' of 'conv1.weight' has half a surrogate pair; a key must be well-formed UTF-16",
            Fault(Rule.For("conv1.weight", "ones") with { Key = "a\ud83d" }, Rule.Keep("*"))
        );
        Assert.Equal(
            "the key '?\ud83d\ude00' of 'conv1.weight' has half a surrogate pair; a key must be well-formed UTF-16",
            Fault(Rule.For("conv1.weight", "ones") with { Key = "\udc00\ud83d\ude00" }, Rule.Keep("*"))
        );
    }

    [Fact]
    public void KeysOutsideTheBasicPlaneAreFine()
    {
        Recipe recipe = new([Rule.For("conv1.weight", "ones") with { Key = "\ud83d\ude00\ufffd" }, Rule.Keep("*")]);
        Plan plan = recipe.Apply(new(s_cnn));
        Assert.Equal("\ud83d\ude00\ufffd", Plan.FromJson(plan.ToJson()).Rows[0].Key);
    }

    [Theory]
    [InlineData(
        "dirac",
        "the rule 'fc.weight' -> dirac doesn't suit 'fc.weight': dirac is for convolutions, and [10, 8] torch has no kernel; identity is its form for dense layers"
    )]
    [InlineData(
        "class_prior(0.5,0.5)",
        "the rule 'fc.weight' -> class_prior(0.5,0.5) doesn't suit 'fc.weight': 'class_prior' has 2 numbers and so is for a bias of shape [2], not [10, 8]"
    )]
    public void ARuleThatDoesNotSuitItsParameterNamesIt(string initializer, string sentence) =>
        Assert.Equal(sentence, Fault(Rule.For("fc.weight", initializer), Rule.Keep("*")));

    /// <summary>The second rule is the fault, not that the first one takes the bias.</summary>
    [Fact]
    public void EqualRankComesBeforeWhatARuleCannotDo() =>
        Assert.StartsWith(
            "the rules '*' -> he_normal and '*' -> zeros have the same pattern",
            Fault(Rule.For("*", "he_normal"), Rule.For("*", "zeros"))
        );

    [Fact]
    public void RulesOfEqualRankAreRefused()
    {
        Assert.Equal(
            "the rules 'conv1.*|fc.*' -> ones and 'fc.*|conv1.*' -> zeros have the same pattern, kind and role, so that they are "
                + "equal in rank; both match 'conv1.weight', 'conv1.bias', 'fc.weight', 'fc.bias'; take one out",
            Fault(Rule.For("conv1.*|fc.*", "ones"), Rule.For("fc.*|conv1.*", "zeros"))
        );
        Assert.Equal(
            "the rules weight of Conv3d '*' -> ones and weight of Conv3d '*' -> ones have the same pattern, kind and role, so that "
                + "they are equal in rank; both match nothing; take one out",
            Fault(
                Rule.For(ParameterRole.Weight, "ones") with
                {
                    LayerKind = "Conv3d",
                },
                Rule.For(ParameterRole.Weight, "ones") with
                {
                    LayerKind = "Conv3d",
                },
                Rule.Keep("*")
            )
        );
        // What differs in one of the three is decided by the order.
        Recipe recipe = new([
            Rule.For(ParameterRole.Weight, "ones"),
            Rule.For(ParameterRole.Weight, "zeros") with
            {
                LayerKind = "Linear",
            },
            Rule.For("*", "zeros"),
        ]);
        Assert.Equal(["ones", "zeros", "ones", "zeros"], Rules(recipe.Apply(new(s_cnn))));
    }

    [Fact]
    public void WithPutsRulesInThePlaceOfTheirEquals()
    {
        Recipe recipe = Recipe.Of(Initializer.HeNormal()).With(Rule.For(ParameterRole.Bias, "constant(0.1)"));
        Assert.Equal(["he_normal", "constant(0.1)", "he_normal", "constant(0.1)"], Rules(recipe.Apply(new(s_cnn))));
        Assert.Equal(6, recipe.Rules.Length);
    }

    /// <summary>What is put before a recipe may take all that one of its rules is for; but that rule must still fit something.</summary>
    [Fact]
    public void WithMayOverruleOthers()
    {
        Recipe recipe = new([Rule.For("conv1.*", "ones"), Rule.Keep("*")]);
        Plan plan = recipe.With(Rule.For("conv?.*", "zeros")).Apply(new(s_cnn));
        Assert.Equal(["zeros", "zeros", null, null], Rules(plan));
        Assert.Throws<RecipeException>(() => recipe.With(Rule.For("fc.*", "zeros")).Apply(new(s_cnn.Skip(2))));
    }

    [Fact]
    public void ARuleThatComesTooLateNamesWhatTakesItsParameters() =>
        Assert.Equal(
            "the rule '*.weight' -> he_normal never applies: earlier rules take all that it matches: "
                + "'conv1.weight' ('conv1.*' -> ones), 'fc.weight' (of Linear '*' -> zeros)",
            Fault(
                Rule.For("conv1.*", "ones"),
                Rule.For("*", "zeros") with
                {
                    LayerKind = "Linear",
                },
                Rule.For("*.weight", "he_normal")
            )
        );

    [Theory]
    [InlineData("Conv2", "unknown kind of layer 'Conv2'; did you mean 'Conv2d'?")]
    [InlineData("LSTM", "unknown kind of layer 'LSTM'; known are: Conv2d, Linear")]
    public void UnknownKindsHaveTheNearestSpelling(string kind, string hint) =>
        Assert.Equal(
            $"the rule of {kind} '*' -> ones matches no parameter; {hint}",
            Fault(Rule.For("*", "ones") with { LayerKind = kind }, Rule.Keep("*"))
        );

    [Fact]
    public void AModelWithoutKindsIsSaid() =>
        Assert.Equal(
            "the rule of Linear '*' -> ones matches no parameter; the model doesn't say what kinds of layers it has",
            Assert
                .Throws<RecipeException>(() =>
                    new Recipe([Rule.For("*", "ones") with { LayerKind = "Linear" }, Rule.Keep("*")]).Apply(
                        new([Other("p", 2)])
                    )
                )
                .Message
        );

    [Fact]
    public void BlocksWithoutARuleAreNamed() =>
        Assert.StartsWith(
            "no rule matches 'w#k' (weight, [8, 4]), 'w#v' (weight, [8, 4]); add a rule",
            Assert
                .Throws<RecipeException>(() =>
                    new Recipe([Rule.For("w#q|w#o", "ones")]).Apply(
                        new([
                            ParameterDescription.Packed(
                                "w",
                                ["q", "k", "v", "o"],
                                TensorDescription.Dense(2, 4),
                                ParameterRole.Weight
                            ),
                        ])
                    )
                )
                .Message
        );

    [Fact]
    public void ANamedRecipeSaysItsName() =>
        Assert.StartsWith(
            "recipe mine: the rule 'x' -> ones matches no parameter; ",
            Assert
                .Throws<RecipeException>(() =>
                    (new Recipe([Rule.For("x", "ones"), Rule.Keep("*")]) with { Name = "mine" }).Apply(new(s_cnn))
                )
                .Message
        );

    private static IEnumerable<string?> Rules(Plan plan) => plan.Rows.Select(row => row.Initializer?.ToString());

    private static string Fault(params Rule[] rules) =>
        Assert.Throws<RecipeException>(() => new Recipe([.. rules]).Apply(new(s_cnn))).Message;

    [Fact]
    public void LongPatternsAreShownByTheirFirstAlternatives()
    {
        string pattern = string.Join("|", Enumerable.Range(10, 30).Select(i => $"layer{i}.weight"));
        Assert.Equal(
            "'layer10.weight|layer11.weight|layer12.weight|layer13.weight|layer14.weight|...' -> zeros",
            Rule.For(pattern, "zeros").ToString()
        );
        string one = new('x', 100);
        Assert.Equal($"'{one}' -> zeros", Rule.For(one, "zeros").ToString());
    }
}
