using CsCheck;
using static FanIn.Tests.Models;

namespace FanIn.Tests;

/// <summary>Plans printed, saved, replayed and compared.</summary>
public sealed class PlanTests
{
    private static readonly Plan s_plan = Recipe
        .Parse("gpt2")
        .With(Rule.For("*.c_fc.weight", "he_normal") with { Key = "{1}.up" })
        .Apply(Gpt2(1, 8, 20));

    [Fact]
    public void PrintsATable()
    {
        Plan plan = new Recipe([
            Rule.For("fc1.weight", "normal(std=1/depth)") with
            {
                Key = "first",
            },
            Rule.For("qkv#q", "xavier_normal"),
            Rule.For("qkv", "zeros"),
            Rule.For("wte", "normal(std=0.02)"),
            Rule.Keep("*"),
        ]).Apply(
            new ModelDescription([
                Embedding("wte", 20, 8) with
                {
                    Aliases = ["lm_head.weight"],
                },
                Weight("fc1.weight", 8, 16),
                Bias("fc1.bias", 8),
                ParameterDescription.Packed("qkv", ["q", "k"], TensorDescription.Dense(8, 24), ParameterRole.Weight),
            ]) with
            {
                Depth = 3,
            }
        );
        Assert.Equal(
            """
            parameter             shape    initializer       fan-in  fan-out      std  key
            wte = lm_head.weight  [20, 8]  normal(std=0.02)       1        8     0.02
            fc1.weight            [8, 16]  normal(std=1/3)       16        8  0.33333  first
            fc1.bias              [8]      keep                   -        -        -
            qkv#q                 [8, 24]  xavier_normal         24        8     0.25
            qkv#k                 [8, 24]  zeros                 24        8        0

            """.ReplaceLineEndings("\n"),
            plan.ToString()
        );
    }

    [Fact]
    public void KeysAreShownWhereTheyAreMapped()
    {
        Assert.EndsWith(
            "  transformer.h.0.mlp.up",
            s_plan.ToString().Split('\n').Single(line => line.Contains("c_fc.weight"))
        );
        Assert.DoesNotContain("key", Recipe.Parse("he").Apply(Mlp(2, 3)).ToString());
        Assert.Contains("keep", new Recipe([Rule.Keep("*")]).Apply(Mlp(2, 3)).ToString());
    }

    [Fact]
    public void JsonIsTheDocumentedShape() =>
        Assert.Equal(
            """
            {
              "stream": 1,
              "parameters": [
                {
                  "name": "fc1.weight",
                  "shape": [3, 2],
                  "layout": "torch",
                  "dtype": "float32",
                  "role": "weight",
                  "kind": "Linear",
                  "init": "he_normal",
                  "key": "fc1.weight",
                  "fanIn": 2,
                  "fanOut": 3,
                  "std": 1
                },
                {
                  "name": "fc1.bias",
                  "shape": [3],
                  "dtype": "float32",
                  "role": "bias",
                  "kind": "Linear",
                  "init": null,
                  "key": "fc1.bias",
                  "fanIn": null,
                  "fanOut": null,
                  "std": null
                }
              ]
            }

            """.ReplaceLineEndings("\n"),
            new Recipe([Rule.For("*.weight", "he_normal"), Rule.Keep("*")])
                .Apply(Mlp(2, 3))
                .ToJson()
                .Replace("1.0000000000000002", "1", StringComparison.Ordinal)
        );

    /// <summary>Any plan: the same rows, and the same values without model and recipe.</summary>
    [Fact]
    public void WhatIsWrittenReadsToAnEqualPlanThatFillsTheSame() =>
        Plans.Sample(
            plan =>
            {
                Plan read = Plan.FromJson(plan.ToJson());
                Assert.Equal(plan, read);
                foreach ((PlanRow row, PlanRow again) in plan.Rows.Zip(read.Rows))
                {
                    if (!row.IsKept)
                    {
                        (float[] a, float[] b) = (
                            new float[row.Parameter.Tensor.Count],
                            new float[row.Parameter.Tensor.Count]
                        );
                        row.Fill(a, 3);
                        again.Fill(b, 3);
                        Assert.Equal(a, b);
                    }
                }
            },
            iter: 500,
            seed: Property.Seed
        );

    [Fact]
    public void WholeModelsReadBack()
    {
        Plan[] plans =
        [
            s_plan,
            Recipe.Parse("olmo").Apply(Llama(2, 8, 4, 12)),
            Recipe.Parse("fixup").Apply(ResNet([1, 1], true)),
            Recipe.Parse("torch").Apply(Models.Lstm(2, 4, 5)),
            Recipe.Parse("vit").Apply(VisionTransformer(1, 8)),
        ];
        Assert.All(plans, plan => Assert.Equal(plan, Plan.FromJson(plan.ToJson())));
    }

    /// <summary>A shared parameter may be stored under each of its names, with the same values.</summary>
    [Fact]
    public void ASharedParameterMayStandTwice()
    {
        ParameterDescription table = new("table", TensorDescription.Embedding(5, 3), ParameterRole.Embedding)
        {
            Aliases = ["head"],
        };
        var plan = new Plan([
            new(table, "table", Initializer.Normal()),
            new(table with { Name = "head", Aliases = ["table"] }, "table", Initializer.Normal()),
        ]);
        Assert.Equal(plan, Plan.FromJson(plan.ToJson()));
        var strangers = new Plan([
            plan.Rows[0],
            plan.Rows[1] with
            {
                Parameter = plan.Rows[1].Parameter with { Aliases = [] },
            },
        ]);
        Assert.Contains(
            "the key 'table' of 'head' is another parameter's too",
            Assert.Throws<SpellingException>(() => Plan.FromJson(strangers.ToJson())).Message
        );
    }

    [Theory]
    [InlineData("\"stream\": 1", "\"stream\": 2", "line 2: 'stream' must be a whole number from 1 to 1, not 2")]
    [InlineData(
        "\"init\": \"he_normal\"",
        "\"init\": \"he_norml\"",
        "line 11: 'parameters[0].init': unknown initializer 'he_norml'; did you mean 'he_normal'?"
    )]
    [InlineData(
        "\"init\": \"he_normal\"",
        "\"inti\": \"he_normal\"",
        "line 11: unknown property of a parameter 'inti'; did you mean 'init'?"
    )]
    [InlineData(
        "\"layout\": \"torch\"",
        "\"layout\": \"trch\"",
        "line 7: 'parameters[0].layout': unknown layout 'trch'; did you mean 'torch'?"
    )]
    [InlineData(
        "      \"layout\": \"torch\",\n",
        "",
        "line 10: 'parameters[0].init': he_normal needs a fan, but [3, 4] has none; say its layout"
    )]
    [InlineData(
        "\"shape\": [3, 4]",
        "\"shape\": [3, -4]",
        "line 6: 'parameters[0].shape[1]' must be a whole number from 0 to 9223372036854775807, not -4"
    )]
    [InlineData(
        "\"shape\": [3, 4]",
        "\"shape\": [3]",
        "line 4: 'parameters[0]': A tensor of layout torch has at least 2 axes, but [3] has 1."
    )]
    [InlineData(
        "\"shape\": [3, 4]",
        "\"shape\": [3, 16]",
        "line 13: 'parameters[0].fanIn' is 4, but shape and initializer make it 16: the plan was changed, or made by another version"
    )]
    [InlineData(
        "\"init\": \"he_normal\"",
        "\"init\": \"lecun_normal\"",
        "line 15: 'parameters[0].std' is 0.7071067811865476, but shape and initializer make it 0.5: the plan was changed, or made by another version"
    )]
    [InlineData(
        "\"init\": \"he_normal\"",
        "\"init\": \"dirac\"",
        "line 11: 'parameters[0].init': dirac is for convolutions, and [3, 4] torch has no kernel; identity is its form for dense layers."
    )]
    [InlineData(
        "\"role\": \"weight\"",
        "\"role\": \"wait\"",
        "line 9: 'parameters[0].role': unknown role 'wait'; known are: weight, bias, embedding, norm_scale, norm_shift, slope, other"
    )]
    [InlineData(
        "\"key\": \"fc1.bias\"",
        "\"key\": \"fc1.weight\"",
        "line 17: the key 'fc1.weight' of 'fc1.bias' is another parameter's too: both would get the same values"
    )]
    [InlineData(
        "\"name\": \"fc1.bias\"",
        "\"name\": \"fc1.weight\"",
        "line 1: Two parameters are called 'fc1.weight'; names must be unique."
    )]
    [InlineData(
        "\"parameters\"",
        "\"parameter\"",
        "line 3: unknown property of the plan 'parameter'; did you mean 'parameters'?"
    )]
    [InlineData(
        "{\n  \"stream\"",
        "[\n  \"stream\"",
        "line 2: the plan isn't valid JSON: ':' is not what can stand at column 11"
    )]
    public void RefusesWhatIsNoPlan(string right, string wrong, string message)
    {
        string json = Recipe.Parse("he").Apply(Mlp(4, 3)).ToJson();
        Assert.Contains(right, json);
        string changed = json.Replace(right, wrong, StringComparison.Ordinal);
        Assert.Equal(message, Assert.Throws<SpellingException>(() => Plan.FromJson(changed)).Message);
    }

    [Fact]
    public void AnInitializerOfOnesOwnIsReadByItsName()
    {
        Initializer own = Initializer.Custom("sevenths", (values, _, _) => values.Fill(7));
        Plan plan = Recipe.Of(own).Apply(new ModelDescription([Weight("w", 2, 3)]));
        float[] values = new float[6];

        Plan read = Plan.FromJson(plan.ToJson(), own);
        read.Rows[0].Fill(values, 1);

        Assert.Equal(plan, read);
        Assert.All(values, value => Assert.Equal(7, value));
        Assert.Contains(
            "unknown initializer 'sevenths'",
            Assert.Throws<SpellingException>(() => Plan.FromJson(plan.ToJson())).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void DifferencesNameWhatChanged()
    {
        Plan before = Recipe.Parse("he").Apply(Mlp(4, 3, 2));
        Assert.True(Plan.Diff(before, before).IsEmpty);
        Assert.Equal("", Plan.Diff(before, before).ToString());
        Assert.True(Plan.Diff(before, new Plan([.. before.Rows.Reverse()])).IsEmpty);
        Plan after = Recipe
            .Parse("xavier")
            .With(Rule.For("fc1.weight", "he_normal") with { Key = "first" })
            .Apply(
                new([
                    Weight("fc1.weight", 3, 4),
                    Bias("fc1.bias", 5) with
                    {
                        ElementType = ElementType.BFloat16,
                    },
                    Weight("fc2.weight", 2, 3),
                    Weight("fc3.weight", 2, 3),
                ])
            );
        PlanDifference difference = Plan.Diff(before, after);
        Assert.Equal(
            """
            - fc2.bias
            + fc3.weight
            ~ fc1.weight: key fc1.weight -> first
            ~ fc1.bias: tensor [3] -> [5], element type float32 -> bfloat16
            ~ fc2.weight: initializer he_normal -> xavier_uniform

            """.ReplaceLineEndings("\n"),
            difference.ToString()
        );
        Assert.False(difference.IsEmpty);
        Assert.Equal(difference, Plan.Diff(before, after));
        Assert.Equal("keep -> ones", $"{Plan.Diff(Plan1("keep"), Plan1("ones")).Changed[0]}".Split("initializer ")[1]);

        static Plan Plan1(string rule) =>
            new Recipe([rule == "keep" ? Rule.Keep("*") : Rule.For("*", rule)]).Apply(new([Other("p", 2)]));
    }

    private static Gen<Plan> Plans =>
        Rows.Array[0, 5].Select(rows => new Plan([.. rows.DistinctBy(row => row.Parameter.Name)]));

    private static Gen<PlanRow> Rows =>
        Gen.Select(Tensors, Gen.Int[0, 50], Gen.Int[0, 3], Gen.Int[0, 6], Gen.Bool)
            .SelectMany(p =>
                Property
                    .AnyOf(
                        "keep",
                        "zeros",
                        "normal(std=2/3)",
                        "uniform(a=-0.1,b=0.1)",
                        "he_normal",
                        "xavier_uniform(gain=5/3)"
                    )
                    .Select(rule =>
                    {
                        (TensorDescription tensor, int name, int type, int role, bool trainable) = p;
                        ParameterDescription parameter =
                            tensor.Shape.Length > 0 && name % 3 == 0
                                ? ParameterDescription.Packed(
                                    $"p{name}",
                                    ["a", "b#\"", "é"],
                                    tensor,
                                    (ParameterRole)role,
                                    name % tensor.Shape.Length
                                )
                                : new ParameterDescription($"p{name}", tensor, (ParameterRole)role);
                        Initializer? initializer = rule == "keep" ? null : Initializer.Parse(rule);
                        return new PlanRow(
                            parameter with
                            {
                                ElementType = (ElementType)type,
                                IsTrainable = trainable,
                                Layer = name % 2 == 0 ? name : null,
                                LayerKind = name % 2 == 0 ? "Conv2d" : "",
                                Aliases = name % 5 == 0 ? ["x", $"y{name}"] : [],
                                PaddingRow =
                                    tensor.Layout == WeightLayout.Embedding
                                    && parameter.Blocks.IsEmpty
                                    && tensor.Inputs > 1
                                        ? 1
                                        : null,
                            },
                            $"key/{name}",
                            initializer is { NeedsFan: true } && tensor.Fan is null ? null : initializer
                        );
                    })
            );

    private static Gen<TensorDescription> Tensors =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 2], Gen.Int[1, 3], Gen.Int[0, 8])
            .Select(
                (outputs, inputs, groups, taps, kind) =>
                    kind switch
                    {
                        0 => TensorDescription.Plain(),
                        1 => TensorDescription.Plain(outputs, 0, inputs),
                        2 => TensorDescription.Embedding(outputs, inputs),
                        3 => TensorDescription.Dense(outputs, inputs, WeightLayout.Keras),
                        4 => TensorDescription.Convolution(outputs * groups, inputs * groups, [taps, 2], groups),
                        5 => TensorDescription.Convolution(
                            outputs * groups,
                            inputs * groups,
                            [taps],
                            groups,
                            WeightLayout.Mlx
                        ),
                        6 => TensorDescription.TransposedConvolution(
                            outputs * groups,
                            inputs * groups,
                            [taps, 2],
                            [taps, 1],
                            groups
                        ),
                        7 => TensorDescription.TransposedConvolution(outputs, inputs, [taps], [2], 1, WeightLayout.Mlx),
                        _ => TensorDescription.Depthwise(inputs, outputs, [taps]),
                    }
            );
}
