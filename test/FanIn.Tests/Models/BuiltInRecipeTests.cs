using static FanIn.Tests.Models;

namespace FanIn.Tests;

/// <summary>The built-in recipes on the usual models, each value from its paper's formula.</summary>
public sealed class BuiltInRecipeTests
{
    [Fact]
    public void NamesAreTheDocumentedOnes() =>
        Assert.Equal(
            [
                "torch",
                "keras",
                "flax",
                "he",
                "xavier",
                "lecun",
                "orthogonal",
                "selu",
                "gpt2",
                "llama",
                "olmo",
                "deepnorm",
                "t-fixup",
                "fixup",
                "nfnet",
                "vit",
                "mup",
            ],
            Recipe.Names
        );

    [Theory]
    [InlineData("he", "he_normal")]
    [InlineData("xavier", "xavier_uniform")]
    [InlineData("lecun", "lecun_normal")]
    [InlineData("selu", "lecun_normal")]
    [InlineData("orthogonal", "orthogonal")]
    [InlineData("orthogonal(gain=sqrt(2))", "orthogonal(gain=sqrt(2))")]
    [InlineData("he_normal(mode=fan_out)", "he_normal(mode=fan_out)")]
    [InlineData("flax", "variance_scaling(distribution=truncated_normal)")]
    [InlineData("keras", "xavier_uniform")]
    [InlineData("torch", "standard_uniform")]
    public void TheUsualOnes(string text, string weights)
    {
        Plan plan = Recipe.Parse(text).Apply(Mlp(25, 16, 4));
        Assert.Equal(weights, Of(plan, "fc2.weight"));
        Assert.Equal(text == "torch" ? "uniform(a=-0.25,b=0.25)" : "zeros", Of(plan, "fc2.bias"));
        if (text != "torch")
        {
            Assert.Equal(Recipe.Of(Initializer.Parse(weights)).Apply(Mlp(25, 16, 4)), plan);
        }
    }

    [Theory]
    [InlineData("gpt", "unknown recipe 'gpt'; did you mean 'gpt2'?")]
    [InlineData("t_fixup", "unknown recipe 't_fixup'; did you mean 't-fixup'?")]
    [InlineData("he_norml", "unknown recipe 'he_norml'; did you mean 'he_normal'?")]
    [InlineData("kaiming_normal_", "unknown recipe 'kaiming_normal_'; here it is called 'he_normal'")]
    [InlineData(
        "inception",
        "unknown recipe 'inception'; known are: torch, keras, flax, he, xavier, lecun, orthogonal, selu, gpt2, llama, olmo, "
            + "deepnorm, t-fixup, fixup, nfnet, vit, mup, and every initializer"
    )]
    [InlineData("mup", "the recipe 'mup' needs its argument: mup(base_width)")]
    [InlineData("mup(0)", "the argument base_width=0 of recipe 'mup' must be a number above 0")]
    [InlineData("gpt2(sdt=0.01)", "unknown argument of recipe 'gpt2': 'sdt'; did you mean 'std'?")]
    [InlineData(
        "deepnorm(architecture=both)",
        "unknown architecture of recipe 'deepnorm': 'both'; known are: single, separate, encoder_decoder"
    )]
    [InlineData("he(1)", "the recipe 'he' takes no arguments, but got '1'")]
    public void ErrorsOfNames(string text, string message) =>
        Assert.Equal(message, Assert.Throws<SpellingException>(() => Recipe.Parse(text)).Message);

    [Theory]
    [InlineData(12, 0.0040824829)]
    [InlineData(24, 0.0028867513)]
    [InlineData(48, 0.0020412415)]
    public void GptTwosProjectionsIntoTheStream(int depth, double std)
    {
        Plan plan = Recipe.Parse("gpt2").Apply(Gpt2(depth, 32));
        foreach (string name in (string[])["attn.c_proj", "mlp.c_proj"])
        {
            PlanRow row = plan.Rows.Single(r => r.Parameter.Name == $"transformer.h.{depth - 1}.{name}.weight");
            Assert.Equal(0.02 / Math.Sqrt(2 * depth), row.StandardDeviation);
            Assert.Equal(std, row.StandardDeviation!.Value, 1e-10);
        }
        Assert.Equal("normal(std=0.02)", Of(plan, "transformer.h.0.attn.c_attn.weight"));
        Assert.Equal("normal(std=0.02)", Of(plan, "transformer.h.0.mlp.c_fc.weight"));
        Assert.Equal("normal(std=0.02)", Of(plan, "transformer.wpe.weight"));
        Assert.Equal("normal(std=0.02)", Of(plan, "transformer.wte.weight"));
        Assert.Equal("ones", Of(plan, "transformer.h.0.ln_1.weight"));
        Assert.Equal("zeros", Of(plan, "transformer.h.0.attn.c_proj.bias"));
        Assert.Equal(
            0.01 / Math.Sqrt(2 * depth),
            Std(Recipe.Parse("gpt2(std=0.01)").Apply(Gpt2(depth, 32)), "transformer.h.0.mlp.c_proj.weight")
        );
    }

    /// <summary>The usual spellings of the projections that write into the stream, and names beside them that don't.</summary>
    [Theory]
    [InlineData("h.{0}.attn.c_proj.weight", true)]
    [InlineData("h.{0}.mlp.c_proj.weight", true)]
    [InlineData("model.layers.{0}.self_attn.o_proj.weight", true)]
    [InlineData("model.layers.{0}.mlp.down_proj.weight", true)]
    [InlineData("model.layers.{0}.mlp.experts.3.down_proj.weight", true)]
    [InlineData("model.layers.{0}.mlp.experts.down_proj", true)]
    [InlineData("model.layers.{0}.block_sparse_moe.experts.5.w2.weight", true)]
    [InlineData("layers.{0}.attention.wo.weight", true)]
    [InlineData("layers.{0}.feed_forward.w2.weight", true)]
    [InlineData("decoder.layers.{0}.self_attn.out_proj.weight", true)]
    [InlineData("decoder.layers.{0}.fc2.weight", true)]
    [InlineData("bert.encoder.layer.{0}.attention.output.dense.weight", true)]
    [InlineData("bert.encoder.layer.{0}.output.dense.weight", true)]
    [InlineData("encoder.block.{0}.layer.0.SelfAttention.o.weight", true)]
    [InlineData("encoder.block.{0}.layer.1.DenseReluDense.wo.weight", true)]
    [InlineData("gpt_neox.layers.{0}.attention.dense.weight", true)]
    [InlineData("gpt_neox.layers.{0}.mlp.dense_4h_to_h.weight", true)]
    [InlineData("transformer.h.{0}.self_attention.dense.weight", true)]
    [InlineData("model.layers.{0}.self_attn.dense.weight", true)]
    [InlineData("transformer.blocks.{0}.attn_out.weight", true)]
    [InlineData("transformer.blocks.{0}.ff_out.weight", true)]
    [InlineData("layers.{0}.linear2.weight", true)]
    [InlineData("blocks.{0}.attn.proj.weight", true)]
    [InlineData("blocks.{0}.mlp.fc2.weight", true)]
    [InlineData("h_{0}.attn.c_proj.kernel", true)]
    [InlineData("bert.encoder.layer.{0}.intermediate.dense.weight", false)]
    [InlineData("blocks.{0}.mlp.fc1.weight", false)]
    [InlineData("model.layers.{0}.mlp.gate_proj.weight", false)]
    [InlineData("model.layers.{0}.self_attn.q_proj.weight", false)]
    [InlineData("gpt_neox.layers.{0}.mlp.dense_h_to_4h.weight", false)]
    [InlineData("layers.{0}.feed_forward.w1.weight", false)]
    [InlineData("layers.{0}.feed_forward.w3.weight", false)]
    public void ProjectionsAreKnownByTheirUsualNames(string name, bool isResidual)
    {
        ModelDescription model = OfNames(
            ((int[])[0, 1]).SelectMany(i =>
                (string[])
                    [string.Format(name, i), string.Format(name, i)[..^1] + "_", $"{string.Format(name, i)}.c_proj.x"]
            )
        ) with
        {
            Depth = 2,
        };
        Assert.Equal(
            isResidual ? 0.01 : 0.02,
            Std(Recipe.Parse("gpt2").Apply(model), string.Format(name, 1))!.Value,
            1e-15
        );
    }

    [Fact]
    public void GptTwoNeedsProjections() =>
        Assert.StartsWith(
            "recipe gpt2: the rule weight '*.c_proj.*|*.c_proj|*.o_proj.*",
            Assert.Throws<RecipeException>(() => Recipe.Parse("gpt2").Apply(Mlp(4, 4, 4))).Message
        );

    [Fact]
    public void GptTwoNeedsADepth()
    {
        ModelDescription model = new([Other("free", 2), Weight("a.fc2.w", 4, 4) with { Role = ParameterRole.Weight }]);
        Plan plan = (Recipe.Parse("gpt2").With(Rule.Keep("free")) with { Depth = 2 }).Apply(model);
        Assert.Equal(0.01, Std(plan, "a.fc2.w")!.Value, 1e-15);
    }

    [Fact]
    public void Llamas()
    {
        Plan plan = Recipe.Parse("llama").Apply(Llama(2, 64, 16, 172));
        Assert.All(
            plan.Rows,
            row =>
                Assert.Equal(
                    row.Parameter.Role == ParameterRole.NormScale ? "ones" : "normal(std=0.02)",
                    $"{row.Initializer}"
                )
        );
    }

    [Fact]
    public void Mitchells()
    {
        Plan plan = Recipe.Parse("olmo").Apply(Llama(4, 64, 16, 172));
        double cut = Initializer.TruncatedNormal(a: -3, b: 3).StandardDeviation(TensorDescription.Plain(1))!.Value;
        foreach (int layer in (int[])[0, 3])
        {
            string block = $"model.layers.{layer}";
            Assert.Equal(cut / 8, Std(plan, $"{block}.self_attn.q_proj.weight")!.Value, 1e-15);
            Assert.Equal(cut / 8, Std(plan, $"{block}.mlp.up_proj.weight")!.Value, 1e-15);
            Assert.Equal(
                cut / Math.Sqrt(2 * 64 * (layer + 1)),
                Std(plan, $"{block}.self_attn.o_proj.weight")!.Value,
                1e-15
            );
            Assert.Equal(
                cut / Math.Sqrt(2 * 172 * (layer + 1)),
                Std(plan, $"{block}.mlp.down_proj.weight")!.Value,
                1e-15
            );
        }
        Assert.Equal(cut / 8, Std(plan, "model.embed_tokens.weight")!.Value, 1e-15);
        Assert.Equal(cut / 8, Std(plan, "lm_head.weight")!.Value, 1e-15);
    }

    /// <summary>The paper's table for the number of blocks; published values to 12 digits.</summary>
    [Fact]
    public void DeepNormsGains()
    {
        Assert.Equal(
            "xavier_normal",
            Of(Recipe.Parse("deepnorm").Apply(Bert(12)), "encoder.layer.3.attention.self.query.weight")
        );
        foreach (
            string name in (string[])
                ["attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense"]
        )
        {
            Assert.Equal(
                0.319471552123,
                Gain(Recipe.Parse("deepnorm").Apply(Bert(12)), $"encoder.layer.3.{name}.weight"),
                1e-12
            );
            Assert.Equal(
                0.268642482956,
                Gain(Recipe.Parse("deepnorm").Apply(Bert(24)), $"encoder.layer.3.{name}.weight"),
                1e-12
            );
        }
        Plan both = Recipe.Parse("deepnorm(architecture=encoder_decoder)").Apply(T5(6, 6));
        Assert.Equal(
            0.87 * Math.Pow(Math.Pow(6, 4) * 6, -1.0 / 16),
            Gain(both, "encoder.block.1.layer.0.SelfAttention.v.weight"),
            1e-14
        );
        Assert.Equal(0.343294523985, Gain(both, "decoder.block.1.layer.1.EncDecAttention.o.weight"), 1e-12);
        Assert.Equal("xavier_normal", Of(both, "decoder.block.1.layer.1.EncDecAttention.k.weight"));
        Plan separate = Recipe.Parse("deepnorm(architecture=separate)").Apply(T5(2, 32));
        Assert.Equal(0.5, Gain(separate, "encoder.block.0.layer.0.SelfAttention.v.weight"), 1e-15);
        Assert.Equal(0.25, Gain(separate, "decoder.block.0.layer.0.SelfAttention.v.weight"), 1e-15);
    }

    [Fact]
    public void DeepNormAsksWhichOfSeveralChains()
    {
        Assert.EndsWith(
            "'only_depth' isn't known: the model has several chains of blocks: 'decoder.block.#', 'encoder.block.#'",
            Assert.Throws<RecipeException>(() => Recipe.Parse("deepnorm").Apply(T5(2, 3))).Message
        );
        // A packed matrix of which no one says where its values are.
        ModelDescription packed = OfNames("h.0.qkv.weight", "h.0.out_proj.weight");
        Assert.Contains(
            "matches no parameter",
            Assert.Throws<RecipeException>(() => Recipe.Parse("deepnorm").Apply(packed)).Message
        );
    }

    [Fact]
    public void TFixups()
    {
        Plan plan = Recipe.Parse("t-fixup").Apply(T5(4, 9));
        double xavier = Initializer.XavierUniform().StandardDeviation(TensorDescription.Dense(4, 4))!.Value;
        Assert.Equal(xavier, Std(plan, "encoder.block.0.layer.0.SelfAttention.q.weight")!.Value, 1e-15);
        Assert.Equal(
            0.67 / Math.Sqrt(2) * xavier,
            Std(plan, "encoder.block.0.layer.0.SelfAttention.v.weight")!.Value,
            1e-15
        );
        Assert.Equal(xavier / 3, Std(plan, "decoder.block.8.layer.1.EncDecAttention.v.weight")!.Value, 1e-15);
        Assert.Equal(xavier / 3, Std(plan, "decoder.block.8.layer.2.DenseReluDense.wi.weight")!.Value, 1e-15);
        // Shared by both: by the deeper one.
        Assert.Equal(1 / (3 * Math.Sqrt(4)), Std(plan, "shared.weight")!.Value, 1e-15);
        Assert.Contains(
            "matches no parameter",
            Assert.Throws<RecipeException>(() => Recipe.Parse("t-fixup").Apply(Gpt2(2, 8))).Message
        );
        Plan decoder = Recipe.Parse("t-fixup(chains=decoder)").Apply(Gpt2(9, 8));
        PlanRow row = decoder.Rows.Single(r => r.Parameter.Name == "transformer.h.0.attn.c_attn.weight");
        Assert.Equal(
            [1, 1, 1.0 / 3],
            row.Parts.Select(p => p.StandardDeviation!.Value / Math.Sqrt(1.0 / 8))
                .Select(x => Math.Round(x, 14))
                .Select(x => x == Math.Round(1.0 / 3, 14) ? 1.0 / 3 : x)
        );
    }

    [Theory]
    [InlineData(false, 8, -0.5)]
    [InlineData(true, 16, -0.25)]
    public void FixupsBranches(bool bottleneck, int blocks, double power)
    {
        Plan plan = Recipe.Parse("fixup").Apply(ResNet(bottleneck ? [3, 4, 6, 3] : [2, 2, 2, 2], bottleneck));
        double scale = Math.Pow(blocks, power);
        Assert.Equal(
            scale * Math.Sqrt(2.0 / (bottleneck ? 64 : 9 * 64)),
            Std(plan, "layer1.1.conv1.weight")!.Value,
            1e-14
        );
        Assert.Equal(
            bottleneck ? scale * Math.Sqrt(2.0 / (9 * 64)) : 0,
            Std(plan, "layer1.1.conv2.weight")!.Value,
            1e-14
        );
        if (bottleneck)
        {
            Assert.Equal("zeros", Of(plan, "layer1.1.conv3.weight"));
        }
        Assert.Equal("he_normal(mode=fan_out)", Of(plan, "layer2.0.downsample.0.weight"));
        Assert.Equal("he_normal(mode=fan_out)", Of(plan, "conv1.weight"));
        Assert.Equal("zeros", Of(plan, "fc.weight"));
    }

    [Fact]
    public void ResNets()
    {
        foreach (
            ModelDescription model in (ModelDescription[])[ResNet([2, 2, 2, 2], false), ResNet([3, 4, 6, 3], true)]
        )
        {
            Plan plan = Recipe.Parse("he_normal(mode=fan_out)").Apply(model);
            Assert.Equal(Math.Sqrt(2.0 / (64 * 49)), Std(plan, "conv1.weight")!.Value, 1e-15);
            Assert.Equal(Math.Sqrt(2.0 / (512 * 9)), Std(plan, "layer4.1.conv2.weight")!.Value, 1e-15);
            Assert.All(
                plan.Rows.Where(r => r.Parameter.Role == ParameterRole.NormScale),
                r => Assert.Equal(Initializer.Ones, r.Initializer)
            );
            plan = Recipe.Parse("nfnet").Apply(model);
            Assert.Equal("lecun_normal", Of(plan, "layer4.1.conv2.weight"));
            Assert.Equal("normal(std=0.01)", Of(plan, "fc.weight"));
        }
    }

    [Fact]
    public void NfNetsGains()
    {
        Plan plan = Recipe
            .Parse("nfnet")
            .Apply(
                new([
                    Weight("stages.0.conv.weight", 4, 4),
                    Other("stages.0.conv.gain", 4),
                    Other("stages.0.skipinit_gain", 1),
                    Weight("head.fc.weight", 4, 4),
                ])
            );
        Assert.Equal(["lecun_normal", "ones", "zeros", "normal(std=0.01)"], plan.Rows.Select(r => $"{r.Initializer}"));
    }

    [Fact]
    public void VisionTransformers()
    {
        Plan plan = Recipe.Parse("vit").Apply(VisionTransformer(2, 16));
        Assert.Equal("normal(std=1e-6)", Of(plan, "cls_token").Replace("1e-06", "1e-6"));
        Assert.Equal("normal(std=0.02)", Of(plan, "pos_embed"));
        Assert.Equal("lecun_normal", Of(plan, "patch_embed.proj.weight"));
        Assert.Equal("normal(std=0.02)", Of(plan, "blocks.1.attn.qkv.weight"));
        Assert.Equal("normal(std=0.02)", Of(plan, "blocks.1.mlp.fc2.weight"));
        Assert.Equal("zeros", Of(plan, "head.weight"));
        Assert.Equal("zeros", Of(plan, "head.bias"));
    }

    /// <summary>torch's bounds: 1/sqrt(hidden) everywhere in a recurrent layer, swapped fans in a transposed convolution.</summary>
    [Fact]
    public void TorchsLayers()
    {
        Plan plan = Recipe.Parse("torch").Apply(Models.Lstm(2, 8, 16));
        Assert.All(
            plan.Rows.Where(r => r.Parameter.LayerKind == "LSTM"),
            row => Assert.Equal("uniform(a=-0.25,b=0.25)", $"{row.Initializer}")
        );
        Assert.Equal("normal(std=1)", Of(plan, "embedding.weight"));
        plan = Recipe
            .Parse("torch")
            .Apply(
                new([
                    new(
                        "up.weight",
                        TensorDescription.TransposedConvolution(4, 9, [2, 2], [2, 2]),
                        ParameterRole.Weight
                    )
                    {
                        LayerKind = "ConvTranspose2d",
                    },
                    Bias("up.bias", 4) with
                    {
                        LayerKind = "ConvTranspose2d",
                    },
                    new("pair.weight", TensorDescription.Convolution(3, 25, [7]), ParameterRole.Weight)
                    {
                        LayerKind = "Bilinear",
                    },
                    Bias("pair.bias", 3) with
                    {
                        LayerKind = "Bilinear",
                    },
                    ParameterDescription.Packed(
                        "attn.in_proj_weight",
                        ["q", "k", "v"],
                        TensorDescription.Dense(6, 6),
                        ParameterRole.Weight
                    ) with
                    {
                        LayerKind = "MultiheadAttention",
                    },
                    Bias("attn.in_proj_bias", 18) with
                    {
                        LayerKind = "MultiheadAttention",
                    },
                    Weight("attn.out_proj.weight", 6, 6) with
                    {
                        LayerKind = "MultiheadAttention",
                    },
                    Bias("attn.out_proj.bias", 6) with
                    {
                        LayerKind = "MultiheadAttention",
                    },
                ])
            );
        Assert.Equal("uniform(a=-0.25,b=0.25)", Of(plan, "up.weight"));
        Assert.Equal("uniform(a=-0.25,b=0.25)", Of(plan, "up.bias"));
        Assert.Equal("uniform(a=-1/5,b=1/5)", Of(plan, "pair.weight").Replace("0.2", "1/5"));
        Assert.Equal("uniform(a=-1/5,b=1/5)", Of(plan, "pair.bias").Replace("0.2", "1/5"));
        Assert.Equal("uniform(a=-0.5,b=0.5)", Of(plan, "attn.in_proj_weight"));
        Assert.Equal("zeros", Of(plan, "attn.in_proj_bias"));
        Assert.Equal("standard_uniform", Of(plan, "attn.out_proj.weight"));
        Assert.Equal("zeros", Of(plan, "attn.out_proj.bias"));
    }

    [Fact]
    public void RecurrentMatricesOfKerasAndFlaxAreOrthogonal()
    {
        foreach (string name in (string[])["keras", "flax"])
        {
            Plan plan = Recipe.Parse(name).Apply(Models.Lstm(1, 8, 16));
            Assert.Equal("orthogonal", Of(plan, "lstm.weight_hh_l0"));
            Assert.NotEqual("orthogonal", Of(plan, "lstm.weight_ih_l0"));
        }
        Assert.Equal(
            "uniform(a=-0.05,b=0.05)",
            Of(Recipe.Parse("keras").Apply(Models.Lstm(1, 8, 16)), "embedding.weight")
        );
        Assert.Equal(
            1 / Math.Sqrt(8),
            Std(Recipe.Parse("flax").Apply(Models.Lstm(1, 8, 16)), "embedding.weight")!.Value,
            1e-15
        );
        ParameterDescription bias = ParameterDescription.Packed(
            "lstm.bias",
            ["i", "f", "g", "o"],
            TensorDescription.Plain(3),
            ParameterRole.Bias
        );
        Assert.Equal(
            ["zeros", "ones", "zeros", "zeros"],
            Recipe.Parse("keras").Apply(new([bias])).Rows[0].Parts.Select(part => $"{part.Initializer}")
        );
    }

    [Fact]
    public void WidthsOfMup()
    {
        Plan plan = Recipe.Parse("mup(base_width=16)").Apply(Llama(1, 64, 64, 256));
        Assert.Equal(4.0 / 64, Std(plan, "lm_head.weight")!.Value, 1e-15);
        Assert.Equal(1.0 / 8, Std(plan, "model.layers.0.self_attn.q_proj.weight")!.Value, 1e-15);
        Assert.Equal(1.0 / 16, Std(plan, "model.layers.0.mlp.down_proj.weight")!.Value, 1e-15);
        Plan atBase = Recipe.Parse("mup(64)").Apply(Llama(1, 64, 64, 256));
        Assert.Equal(1.0 / 8, Std(atBase, "lm_head.weight")!.Value, 1e-15);
    }

    [Fact]
    public void GrowthWithTheWidth()
    {
        (ModelDescription narrow, ModelDescription wide) = (Llama(2, 16, 16, 32), Llama(2, 32, 32, 64));
        foreach ((ParameterDescription a, ParameterDescription b) in narrow.Parameters.Zip(wide.Parameters))
        {
            WidthScaling expected =
                a.Name == "lm_head.weight" ? WidthScaling.Output
                : a.Role == ParameterRole.Weight ? WidthScaling.Hidden
                : WidthScaling.Input;
            Assert.Equal(expected, WidthScalings.Of(b, a));
            Assert.Equal(expected, WidthScalings.Of(a, narrow));
        }
        ModelDescription mlp = Mlp(10, 16, 16, 3);
        ModelDescription wider = Mlp(10, 24, 24, 3);
        WidthScaling[] ofMlp =
        [
            WidthScaling.Input,
            WidthScaling.Input,
            WidthScaling.Hidden,
            WidthScaling.Input,
            WidthScaling.Output,
            WidthScaling.Fixed,
        ];
        Assert.Equal(ofMlp, mlp.Parameters.Select(p => WidthScalings.Of(p, mlp)));
        Assert.Equal(ofMlp, mlp.Parameters.Zip(wider.Parameters, WidthScalings.Of));
        Assert.StartsWith(
            "'fc1.weight' [16, 10] torch and 'fc1.bias' [16] are not one parameter at two widths.",
            Assert.Throws<ArgumentException>(() => WidthScalings.Of(mlp.Parameters[0], mlp.Parameters[1])).Message
        );
    }

    private static ModelDescription Bert(int depth) =>
        OfNames(
            from i in Enumerable.Range(0, depth)
            from name in (string[])
                [
                    "attention.self.query",
                    "attention.self.value",
                    "attention.output.dense",
                    "intermediate.dense",
                    "output.dense",
                ]
            select $"encoder.layer.{i}.{name}.weight"
        );

    private static ModelDescription T5(int encoder, int decoder)
    {
        string[] attention = ["q", "k", "v", "o"];
        return new([
            Embedding("shared.weight", 9, 4),
            .. OfNames(
                from i in Enumerable.Range(0, encoder)
                from name in (string[])
                    [
                        .. attention.Select(a => $"layer.0.SelfAttention.{a}"),
                        "layer.1.DenseReluDense.wi",
                        "layer.1.DenseReluDense.wo",
                    ]
                select $"encoder.block.{i}.{name}.weight"
            ).Parameters,
            .. OfNames(
                from i in Enumerable.Range(0, decoder)
                from name in (string[])
                    [
                        .. attention.Select(a => $"layer.0.SelfAttention.{a}"),
                        .. attention.Select(a => $"layer.1.EncDecAttention.{a}"),
                        "layer.2.DenseReluDense.wi",
                        "layer.2.DenseReluDense.wo",
                    ]
                select $"decoder.block.{i}.{name}.weight"
            ).Parameters,
        ]);
    }

    private static string Of(Plan plan, string name) =>
        $"{plan.Rows.Single(row => row.Parameter.Name == name).Initializer}";

    private static double? Std(Plan plan, string name) =>
        plan.Rows.Single(row => row.Parameter.Name == name).StandardDeviation;

    /// <summary>Of a 4 x 4 matrix by Xavier's rule, whose standard deviation is gain / 2.</summary>
    private static double Gain(Plan plan, string name) => 2 * Std(plan, name)!.Value;
}
