namespace FanIn.Checkpoints.Tests;

/// <summary>Each family's own initialization, tensor by tensor, against the published rules' formulas.</summary>
public sealed class FamilyRuleTests
{
    [Theory]
    [InlineData(Published.Llama3)]
    [InlineData(Published.Mistral24)]
    [InlineData(Published.Mixtral8x7)]
    [InlineData(Published.Qwen14)]
    [InlineData(Published.Qwen3Small)]
    [InlineData(Published.Gemma2b)]
    [InlineData(Published.Gemma2Small)]
    [InlineData(Published.Gemma3Small)]
    [InlineData(Published.Bert)]
    public void ANormalOfOneWidthForWeightsAndEmbeddings(string config)
    {
        config = config.Replace("\"initializer_range\": 0.02", "\"max_position\": 0", StringComparison.Ordinal);
        foreach (double range in (double[])[0.02, 0.013])
        {
            Plan plan = PlanOf(
                config.Replace(
                    "{\"model_type\"",
                    $"{{\"initializer_range\": {range}, \"model_type\"",
                    StringComparison.Ordinal
                )
            );
            foreach (PlanRow row in plan.Rows)
            {
                (string rule, double std) = row.Parameter.Role switch
                {
                    ParameterRole.Weight or ParameterRole.Embedding => ($"normal(std={range})", range),
                    ParameterRole.NormScale => ("ones", 0),
                    _ => ("zeros", 0),
                };
                Assert.Equal((rule, std), (row.Initializer!.ToString(), row.StandardDeviation!.Value));
            }
        }
    }

    [Fact]
    public void Gpt2ScalesWhatWritesIntoTheResidualStream()
    {
        Plan plan = PlanOf(Published.Gpt2);
        foreach (
            PlanRow row in plan.Rows.Where(row => row.Parameter.Role is ParameterRole.Weight or ParameterRole.Embedding)
        )
        {
            bool isResidual = row.Parameter.Name.EndsWith(".c_proj.weight", StringComparison.Ordinal);
            Assert.Equal(isResidual ? 0.02 / Math.Sqrt(24) : 0.02, row.StandardDeviation!.Value, 1e-12);
        }
        Assert.Equal(24, plan.Rows.Count(row => row.StandardDeviation is > 0.00408 and < 0.00409));
        Assert.Equal(0.02 / Math.Sqrt(96), Std(PlanOf(Published.Gpt2Xl), "transformer.h.47.mlp.c_proj.weight"), 1e-12);
        // The bare model's names are shorter, and are scaled too.
        Plan bare = PlanOf(Published.Gpt2.Replace("GPT2LMHeadModel", "GPT2Model", StringComparison.Ordinal));
        Assert.Equal(0.02 / Math.Sqrt(24), Std(bare, "h.0.attn.c_proj.weight"), 1e-12);
    }

    [Fact]
    public void T5HasAFactorForEachMatrix()
    {
        foreach (double f in (double[])[1, 0.5])
        {
            Plan plan = PlanOf(Published.T5.Replace("1.0", $"{f}", StringComparison.Ordinal));
            const double D = 512;
            Assert.Equal(f, Std(plan, "shared.weight"));
            Assert.Equal(f / Math.Sqrt(D * 64), Std(plan, "encoder.block.3.layer.0.SelfAttention.q.weight"), 1e-12);
            Assert.Equal(f / Math.Sqrt(D * 64), Std(plan, "decoder.block.5.layer.1.EncDecAttention.q.weight"), 1e-12);
            Assert.Equal(f / Math.Sqrt(D), Std(plan, "encoder.block.3.layer.0.SelfAttention.k.weight"), 1e-12);
            Assert.Equal(f / Math.Sqrt(D), Std(plan, "decoder.block.0.layer.0.SelfAttention.v.weight"), 1e-12);
            Assert.Equal(f / Math.Sqrt(8 * 64), Std(plan, "decoder.block.2.layer.0.SelfAttention.o.weight"), 1e-12);
            Assert.Equal(
                f / Math.Sqrt(D),
                Std(plan, "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"),
                1e-12
            );
            Assert.Equal(f / Math.Sqrt(D), Std(plan, "encoder.block.1.layer.1.DenseReluDense.wi.weight"), 1e-12);
            Assert.Equal(f / Math.Sqrt(2048), Std(plan, "decoder.block.1.layer.2.DenseReluDense.wo.weight"), 1e-12);
            Assert.Equal(
                f == 1 ? "ones" : "constant(0.5)",
                Row(plan, "decoder.final_layer_norm.weight").Initializer!.ToString()
            );
        }
        Assert.Equal(1, Std(PlanOf(Published.FlanT5), "lm_head.weight"));
        Assert.Equal(
            1 / Math.Sqrt(384),
            Std(PlanOf(Published.FlanT5), "encoder.block.0.layer.0.SelfAttention.o.weight"),
            1e-12
        );
    }

    [Fact]
    public void ViTsNormalIsCutFarOutside()
    {
        Plan plan = PlanOf(Published.Vit);
        foreach (
            string name in (string[])
                [
                    "vit.embeddings.cls_token",
                    "vit.embeddings.position_embeddings",
                    "vit.embeddings.patch_embeddings.projection.weight",
                    "vit.encoder.layer.11.output.dense.weight",
                    "classifier.weight",
                ]
        )
        {
            Assert.StartsWith(
                "truncated_normal_absolute(",
                Row(plan, name).Initializer!.ToString(),
                StringComparison.Ordinal
            );
            Assert.Equal(0.02, Std(plan, name), 1e-12);
        }
        Assert.Equal("zeros", Row(plan, "classifier.bias").Initializer!.ToString());
        Assert.Equal("ones", Row(plan, "vit.layernorm.weight").Initializer!.ToString());
    }

    [Fact]
    public void ClipCountsEachPartsWidthAndDepth()
    {
        Plan plan = PlanOf(Published.ClipLarge);
        foreach (
            (string part, double width, double depth) in ((string, double, double)[])
                [("text_model", 768, 12), ("vision_model", 1024, 24)]
        )
        {
            string layer = $"{part}.encoder.layers.3.";
            Assert.Equal(1 / Math.Sqrt(width * 2 * depth), Std(plan, layer + "self_attn.q_proj.weight"), 1e-12);
            Assert.Equal(1 / Math.Sqrt(width * 2 * depth), Std(plan, layer + "self_attn.k_proj.weight"), 1e-12);
            Assert.Equal(1 / Math.Sqrt(width * 2 * depth), Std(plan, layer + "self_attn.v_proj.weight"), 1e-12);
            Assert.Equal(1 / Math.Sqrt(width), Std(plan, layer + "self_attn.out_proj.weight"), 1e-12);
            Assert.Equal(1 / Math.Sqrt(2 * width), Std(plan, layer + "mlp.fc1.weight"), 1e-12);
            Assert.Equal(1 / Math.Sqrt(width * 2 * depth), Std(plan, layer + "mlp.fc2.weight"), 1e-12);
        }
        Assert.Equal(0.02, Std(plan, "text_model.embeddings.token_embedding.weight"), 1e-12);
        Assert.Equal(0.02, Std(plan, "text_model.embeddings.position_embedding.weight"), 1e-12);
        Assert.Equal(1 / 32.0, Std(plan, "vision_model.embeddings.class_embedding"), 1e-12);
        Assert.Equal(0.02, Std(plan, "vision_model.embeddings.patch_embedding.weight"), 1e-12);
        Assert.Equal(1 / 32.0, Std(plan, "visual_projection.weight"), 1e-12);
        Assert.Equal(1 / Math.Sqrt(768), Std(plan, "text_projection.weight"), 1e-12);
        Assert.Equal("constant(2.6592)", Row(plan, "logit_scale").Initializer!.ToString());
    }

    [Fact]
    public void WhispersEncoderPositionsAreWaves()
    {
        Plan plan = PlanOf(Published.WhisperTiny);
        PlanRow positions = Row(plan, "model.encoder.embed_positions.weight");
        float[] row = new float[384];
        // transformers' formula: sines then cosines of t exp(-i ln(10000) / (n - 1)).
        const int Half = 192;
        foreach ((int t, int i) in ((int, int)[])[(0, 0), (1, 0), (7, 5), (100, 100), (1499, 191)])
        {
            positions.FillPart(row, t * 384, 1);
            double angle = t * Math.Exp(-i * Math.Log(10_000) / (Half - 1));
            Assert.Equal(Math.Sin(angle), row[i], 1e-6);
            Assert.Equal(Math.Cos(angle), row[Half + i], 1e-6);
        }
        Assert.Equal(0.02, Std(plan, "model.decoder.embed_positions.weight"));
        Assert.Equal(0.02, Std(plan, "model.encoder.conv2.weight"));
        Assert.Equal(50_257, Row(plan, "model.decoder.embed_tokens.weight").Parameter.PaddingRow);
    }

    [Fact]
    public void AnotherRecipeLeavesWhispersWavesAlone()
    {
        CheckpointModel model = CheckpointModel.FromConfig(Published.WhisperTiny);
        Plan plan = model.PlanBy(Recipe.Parse("xavier"));
        Assert.Equal(
            "sinusoidal(layout=halves)",
            Row(plan, "model.encoder.embed_positions.weight").Initializer!.ToString()
        );
        Assert.Equal("xavier_uniform", Row(plan, "model.encoder.conv1.weight").Initializer!.ToString());
        // Named, they are what the recipe says.
        plan = model.PlanBy(Recipe.Parse("xavier").With(Rule.For("*encoder.embed_positions.weight", "zeros")));
        Assert.Equal("zeros", Row(plan, "model.encoder.embed_positions.weight").Initializer!.ToString());
    }

    [Fact]
    public void ResNetsConvolutionsByFanOutItsClassifierByPyTorchsDefault()
    {
        Plan plan = PlanOf(Published.ResNet50);
        Assert.Equal(Math.Sqrt(2.0 / (64 * 49)), Std(plan, "resnet.embedder.embedder.convolution.weight"), 1e-12);
        Assert.Equal(
            Math.Sqrt(2.0 / (128 * 9)),
            Std(plan, "resnet.encoder.stages.1.layers.0.layer.1.convolution.weight"),
            1e-12
        );
        Assert.Equal(
            Math.Sqrt(2.0 / 512),
            Std(plan, "resnet.encoder.stages.1.layers.0.shortcut.convolution.weight"),
            1e-12
        );
        double uniform = 1 / Math.Sqrt(3 * 2048);
        Assert.Equal(uniform, Std(plan, "classifier.1.weight"), 1e-12);
        Assert.Equal(uniform, Std(plan, "classifier.1.bias"), 1e-12);
    }

    [Fact]
    public void ConvNextsBranchesBeginNearNothing()
    {
        Plan plan = PlanOf(Published.ConvNextTiny);
        Assert.Equal(
            Initializer.Constant(1e-6),
            Row(plan, "convnext.encoder.stages.2.layers.8.layer_scale_parameter").Initializer
        );
        PlanRow depthwise = Row(plan, "convnext.encoder.stages.2.layers.8.dwconv.weight");
        Assert.Equal(0.02, depthwise.StandardDeviation!.Value, 1e-12);
        Assert.Equal(
            (49, 49),
            ((int)depthwise.Parameter.Tensor.Fan!.Value.In, (int)depthwise.Parameter.Tensor.Fan!.Value.Out)
        );
        Assert.DoesNotContain(
            PlanOf(
                Published.ConvNextTiny.Replace(
                    "\"depths\"",
                    "\"layer_scale_init_value\": 0, \"depths\"",
                    StringComparison.Ordinal
                )
            ).Rows,
            row => row.Parameter.Name.EndsWith("layer_scale_parameter", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void GemmasNormsAreShiftsFromOneInEveryRecipe()
    {
        CheckpointModel model = CheckpointModel.FromConfig(Published.Gemma3Small);
        foreach (Plan plan in (Plan[])[model.PlanBy(), model.PlanBy(Recipe.Parse("he_normal"))])
        {
            Assert.All(
                plan.Rows.Where(row => row.Parameter.LayerKind == "RMSNorm"),
                row => Assert.Equal("zeros", row.Initializer!.ToString())
            );
        }
    }

    [Fact]
    public void Gemma3sTowerIsSiglips()
    {
        Plan plan = PlanOf(Published.Gemma3Vision);
        const string Tower = "vision_tower.vision_model.";
        Assert.Equal(Math.Sqrt(2.0 / (1152 + 4304)), Std(plan, Tower + "encoder.layers.26.mlp.fc2.weight"), 1e-12);
        Assert.Equal(Math.Sqrt(1.0 / 1152), Std(plan, Tower + "encoder.layers.0.self_attn.out_proj.weight"), 1e-12);
        Assert.Equal(1e-6, Std(plan, Tower + "encoder.layers.0.mlp.fc1.bias"), 1e-18);
        Assert.Equal(0, Std(plan, Tower + "encoder.layers.0.self_attn.q_proj.bias"));
        Assert.Equal(1 / Math.Sqrt(1152), Std(plan, Tower + "embeddings.position_embedding.weight"), 1e-12);
        Assert.Equal(1 / Math.Sqrt(3 * 14 * 14), Std(plan, Tower + "embeddings.patch_embedding.weight"), 1e-4);
        PlanRow projection = Row(plan, "multi_modal_projector.mm_input_projection_weight");
        Assert.Equal([1152, 2560], projection.Parameter.Tensor.Shape);
        Assert.Equal("zeros", projection.Initializer!.ToString());
        Assert.Equal(0.02, Std(plan, "language_model.model.layers.33.mlp.down_proj.weight"));
        Assert.Equal(
            ["language_model.lm_head.weight"],
            Row(plan, "language_model.model.embed_tokens.weight").Parameter.Aliases
        );
    }

    [Fact]
    public void APaddingRowIsZero()
    {
        PlanRow row = Row(
            PlanOf(
                """{"model_type": "llama", "hidden_size": 8, "num_attention_heads": 2, "vocab_size": 5, "num_hidden_layers": 1, "pad_token_id": -2}"""
            ),
            "model.embed_tokens.weight"
        );
        Assert.Equal(3, row.Parameter.PaddingRow);
        float[] values = new float[40];
        row.Fill(values, 3);
        Assert.Equal(
            [false, false, false, true, false],
            Enumerable.Range(0, 5).Select(r => values.Skip(8 * r).Take(8).All(v => v == 0))
        );
    }

    private static Plan PlanOf(string config) => CheckpointModel.FromConfig(config).PlanBy();

    private static PlanRow Row(Plan plan, string name) => plan.Rows.Single(row => row.Parameter.Name == name);

    private static double Std(Plan plan, string name) => Row(plan, name).StandardDeviation!.Value;
}
