namespace FanIn.Checkpoints.Tests;

/// <summary>Names, shapes, order, tied tensors and files of the families, against published checkpoints.</summary>
public sealed class FamilyLayoutTests
{
    [Theory]
    [InlineData(Published.Gemma2b, 164, 5012344832, new[] { 4945242264, 67121608 })]
    [InlineData(
        Published.Mistral24,
        363,
        47144847360,
        new[]
        {
            4781592216,
            4781592784,
            4781592800,
            4886471600,
            4781592824,
            4781592816,
            4886471600,
            4781592824,
            4781592816,
            3900797552,
        }
    )]
    [InlineData(Published.Llama3, 291, 16060522496, new[] { 4976698672, 4999802720, 4915916176, 1168138808 })]
    [InlineData(Published.WhisperTiny, 167, 151042560, new long[] { 151061672 })]
    [InlineData(Published.Gemma2Small, 288, 10457367552, new[] { 4992576136, 4983443424, 481381384 })]
    public void FilesAreThePublishedOnesToTheByte(string config, int tensors, long totalSize, long[] files)
    {
        CheckpointPlan plan = CheckpointPlan.Of(CheckpointModel.FromConfig(config));
        Assert.Equal(tensors, plan.Shards.Shards.Sum(shard => shard.Header.Tensors.Length));
        Assert.Equal(totalSize, plan.Shards.TotalSize);
        Assert.Equal(files, plan.Shards.Shards.Select(shard => shard.FileLength));
    }

    [Theory]
    [InlineData(Published.Llama70, 723, 141107412992, 30, 2101346432)]
    [InlineData(Published.Mixtral8x7, 995, 93405585408, 19, 4221679088)]
    [InlineData(Published.Mixtral8x22, 1739, 281241268224, 59, 997233472)]
    [InlineData(Published.Qwen14, 579, 29540067328, 6, 4734533160)]
    [InlineData(Published.Qwen3Small, 310, 3441149952, 1, 3441185608)]
    public void ManyFiles(string config, int tensors, long totalSize, int files, long last)
    {
        ShardMap map = CheckpointPlan.Of(CheckpointModel.FromConfig(config)).Shards;
        Assert.Equal(tensors, map.Shards.Sum(shard => shard.Header.Tensors.Length));
        Assert.Equal(totalSize, map.TotalSize);
        Assert.Equal(files, map.Shards.Length);
        Assert.Equal(last, map.Shards[^1].FileLength);
    }

    [Fact]
    public void LlamaInOrderOfItsModules()
    {
        string[] state = State(
            Small("llama", "\"attention_bias\": true, \"mlp_bias\": true, \"num_key_value_heads\": 2")
        );
        Assert.Equal(
            """
            model.embed_tokens.weight [10, 16]
            model.layers.0.self_attn.q_proj.weight [16, 16]
            model.layers.0.self_attn.q_proj.bias [16]
            model.layers.0.self_attn.k_proj.weight [8, 16]
            model.layers.0.self_attn.k_proj.bias [8]
            model.layers.0.self_attn.v_proj.weight [8, 16]
            model.layers.0.self_attn.v_proj.bias [8]
            model.layers.0.self_attn.o_proj.weight [16, 16]
            model.layers.0.self_attn.o_proj.bias [16]
            model.layers.0.mlp.gate_proj.weight [24, 16]
            model.layers.0.mlp.gate_proj.bias [24]
            model.layers.0.mlp.up_proj.weight [24, 16]
            model.layers.0.mlp.up_proj.bias [24]
            model.layers.0.mlp.down_proj.weight [16, 24]
            model.layers.0.mlp.down_proj.bias [16]
            model.layers.0.input_layernorm.weight [16]
            model.layers.0.post_attention_layernorm.weight [16]
            """.ReplaceLineEndings("\n").Split('\n'),
            state[..17]
        );
        Assert.Equal(["model.norm.weight [16]", "lm_head.weight [10, 16]"], state[^2..]);
    }

    [Theory]
    [InlineData("qwen2", "self_attn.q_proj.bias [16]|self_attn.k_proj.bias [16]|self_attn.v_proj.bias [16]")]
    [InlineData(
        "qwen3",
        "self_attn.q_norm.weight [128]|self_attn.k_norm.weight [128]|self_attn.q_proj.weight [512, 16]"
    )]
    [InlineData(
        "gemma2",
        "pre_feedforward_layernorm.weight [16]|post_feedforward_layernorm.weight [16]|self_attn.o_proj.weight [16, 1024]"
    )]
    [InlineData("gemma3_text", "self_attn.q_norm.weight [256]|pre_feedforward_layernorm.weight [16]")]
    [InlineData(
        "mixtral",
        "block_sparse_moe.gate.weight [8, 16]|block_sparse_moe.experts.7.w1.weight [24, 16]|block_sparse_moe.experts.7.w2.weight [16, 24]|block_sparse_moe.experts.0.w3.weight [24, 16]"
    )]
    public void WhatAFamilyHasBesideLlama(string family, string expected)
    {
        string[] state = State(Small(family, "\"num_key_value_heads\": 4"));
        Assert.All(expected.Split('|'), line => Assert.Contains($"model.layers.1.{line}", state));
        Assert.DoesNotContain(state, line => line.Contains("o_proj.bias", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("llama", false)]
    [InlineData("mistral", false)]
    [InlineData("mixtral", false)]
    [InlineData("qwen2", false)]
    [InlineData("qwen3", false)]
    [InlineData("gemma", true)]
    [InlineData("gemma2", true)]
    [InlineData("gemma3_text", true)]
    public void WithoutAWordAFamilyIsTiedAsItsConfigClassSays(string family, bool isTied)
    {
        foreach (bool? told in (bool?[])[null, true, false])
        {
            string word = told is null
                ? "\"pad_token_id\": null"
                : $"\"tie_word_embeddings\": {(told.Value ? "true" : "false")}";
            CheckpointModel model = CheckpointModel.FromConfig(Small(family, word));
            bool expected = told ?? isTied;
            Assert.Equal(!expected, model.Description.Parameters.Any(parameter => parameter.Name == "lm_head.weight"));
            Assert.Equal(expected ? ["lm_head.weight"] : [], model.Description.Parameters[0].Aliases);
        }
    }

    [Fact]
    public void Gpt2StoresInputsFirstAndPacksQueryKeyValue()
    {
        CheckpointModel model = CheckpointModel.FromConfig(Published.Gpt2);
        ParameterDescription packed = Find(model, "transformer.h.3.attn.c_attn.weight");
        Assert.Equal([768, 2304], packed.Tensor.Shape);
        Assert.Equal((1, "q k v"), (packed.BlockAxis, string.Join(' ', packed.Blocks.Select(block => block.Name))));
        Assert.All(packed.Blocks, block => Assert.Equal(new Fan(768, 768), block.Tensor.Fan));
        ParameterDescription inner = Find(model, "transformer.h.3.mlp.c_fc.weight");
        Assert.Equal([768, 3072], inner.Tensor.Shape);
        Assert.Equal(new Fan(768, 3072), inner.Tensor.Fan);
        Assert.Equal(["lm_head.weight"], Find(model, "transformer.wte.weight").Aliases);
        Assert.Equal(12, model.Description.Depth);
    }

    [Fact]
    public void PackedWeightsAreThoseOfTensorsStoredApart()
    {
        CheckpointModel model = CheckpointModel.FromConfig(
            """{"model_type": "gpt2", "n_embd": 4, "n_layer": 1, "n_positions": 2, "vocab_size": 3}"""
        );
        PlanRow row = model.PlanBy().Rows.Single(row => row.Parameter.Name == "transformer.h.0.attn.c_attn.weight");
        float[] packed = new float[48];
        row.Fill(packed, 5);
        foreach ((int block, string name) in ((int, string)[])[(0, "q"), (1, "k"), (2, "v")])
        {
            float[] apart = new float[16];
            Initializer
                .Normal(std: 0.02)
                .Fill(apart, TensorDescription.Dense(4, 4), 5, $"transformer.h.0.attn.c_attn.weight#{name}");
            for (int output = 0; output < 4; output++)
            {
                for (int input = 0; input < 4; input++)
                {
                    Assert.Equal(apart[(output * 4) + input], packed[(input * 12) + (block * 4) + output]);
                }
            }
        }
    }

    [Fact]
    public void T5sStateInItsOrder()
    {
        string[] state = State(
            Published.FlanT5.Replace("\"num_layers\": 8", "\"num_layers\": 2", StringComparison.Ordinal)
        );
        Assert.Equal(
            """
            shared.weight [32128, 512]
            encoder.block.0.layer.0.SelfAttention.q.weight [384, 512]
            encoder.block.0.layer.0.SelfAttention.k.weight [384, 512]
            encoder.block.0.layer.0.SelfAttention.v.weight [384, 512]
            encoder.block.0.layer.0.SelfAttention.o.weight [512, 384]
            encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight [32, 6]
            encoder.block.0.layer.0.layer_norm.weight [512]
            encoder.block.0.layer.1.DenseReluDense.wi_0.weight [1024, 512]
            encoder.block.0.layer.1.DenseReluDense.wi_1.weight [1024, 512]
            encoder.block.0.layer.1.DenseReluDense.wo.weight [512, 1024]
            encoder.block.0.layer.1.layer_norm.weight [512]
            encoder.block.1.layer.0.SelfAttention.q.weight [384, 512]
            """.ReplaceLineEndings("\n").Split('\n'),
            state[..12]
        );
        Assert.Contains("decoder.block.7.layer.1.EncDecAttention.o.weight [512, 384]", state);
        Assert.Contains("decoder.block.7.layer.2.DenseReluDense.wo.weight [512, 1024]", state);
        Assert.Equal(2, state.Count(line => line.Contains("relative_attention_bias", StringComparison.Ordinal)));
        Assert.Equal("lm_head.weight [32128, 512]", state[^1]);
        Assert.Equal(
            ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight"],
            CheckpointModel.FromConfig(Published.T5).Description.Parameters[0].Aliases
        );
    }

    [Fact]
    public void BertsHeadsAndPrefix()
    {
        string masked = Published.Bert.Replace("BertModel", "BertForMaskedLM", StringComparison.Ordinal);
        CheckpointModel model = CheckpointModel.FromConfig(masked);
        Assert.Equal(["cls.predictions.decoder.weight"], Find(model, "bert.embeddings.word_embeddings.weight").Aliases);
        Assert.Equal(0, Find(model, "bert.embeddings.word_embeddings.weight").PaddingRow);
        Assert.Equal(["cls.predictions.decoder.bias"], Find(model, "cls.predictions.bias").Aliases);
        Assert.DoesNotContain(model.Description.Parameters, p => p.Name.Contains("pooler", StringComparison.Ordinal));
        Assert.Contains("embeddings.word_embeddings.weight [30522, 768]", State(Published.Bert));
        Assert.Contains("pooler.dense.bias [768]", State(Published.Bert));
        Assert.Contains("encoder.layer.11.attention.output.LayerNorm.bias [768]", State(Published.Bert));
    }

    [Fact]
    public void VisionAndSoundNames()
    {
        string[] vit = State(Published.Vit);
        Assert.Equal(
            [
                "vit.embeddings.cls_token [1, 1, 768]",
                "vit.embeddings.position_embeddings [1, 197, 768]",
                "vit.embeddings.patch_embeddings.projection.weight [768, 3, 16, 16]",
            ],
            vit[..3]
        );
        Assert.Contains("vit.encoder.layer.0.attention.attention.query.bias [768]", vit);
        Assert.Equal("classifier.bias [1000]", vit[^1]);
        string[] clip = State(Published.Clip);
        Assert.Equal("logit_scale []", clip[0]);
        Assert.Contains("vision_model.pre_layrnorm.bias [768]", clip);
        Assert.Contains("vision_model.embeddings.position_embedding.weight [50, 768]", clip);
        Assert.Equal(["visual_projection.weight [512, 768]", "text_projection.weight [512, 512]"], clip[^2..]);
        string[] whisper = State(Published.WhisperTiny);
        Assert.Equal("model.encoder.conv1.weight [384, 80, 3]", whisper[0]);
        Assert.Contains("model.decoder.layers.3.encoder_attn.q_proj.bias [384]", whisper);
        Assert.DoesNotContain(whisper, line => line.Contains("k_proj.bias", StringComparison.Ordinal));
        string[] convnext = State(Published.ConvNextTiny);
        Assert.Contains("convnext.encoder.stages.1.downsampling_layer.1.weight [192, 96, 2, 2]", convnext);
        Assert.Contains("convnext.encoder.stages.0.layers.0.dwconv.weight [96, 1, 7, 7]", convnext);
        Assert.DoesNotContain(convnext, line => line.Contains("stages.0.downsampling", StringComparison.Ordinal));
    }

    [Fact]
    public void ResNetsStateHasItsBuffersWhereBatchNormRegistersThem()
    {
        CheckpointModel model = CheckpointModel.FromConfig(Published.ResNet50);
        Assert.Equal(
            """
            resnet.embedder.embedder.convolution.weight [64, 3, 7, 7]
            resnet.embedder.embedder.normalization.weight [64]
            resnet.embedder.embedder.normalization.bias [64]
            resnet.embedder.embedder.normalization.running_mean [64]
            resnet.embedder.embedder.normalization.running_var [64]
            resnet.embedder.embedder.normalization.num_batches_tracked []
            resnet.encoder.stages.0.layers.0.shortcut.convolution.weight [256, 64, 1, 1]
            """.ReplaceLineEndings("\n").Split('\n'),
            State(Published.ResNet50)[..7]
        );
        CheckpointModel half = model.StoredAs(ElementType.Float16);
        foreach (
            (CheckpointModel stored, SafetensorsType type) in ((CheckpointModel, SafetensorsType)[])
                [(model, SafetensorsType.F32), (half, SafetensorsType.F16)]
        )
        {
            CheckpointBuffer variance = stored.Buffers.First(b =>
                b.Name.EndsWith("running_var", StringComparison.Ordinal)
            );
            CheckpointBuffer counter = stored.Buffers.First(b =>
                b.Name.EndsWith("num_batches_tracked", StringComparison.Ordinal)
            );
            Assert.Equal((type, 1), (variance.Type, variance.Value));
            Assert.Equal((SafetensorsType.I64, 0), (counter.Type, counter.Value));
        }
        // Its first block doesn't halve the image, and still changes its width; 18 layers' first block changes nothing.
        Assert.DoesNotContain(
            State(Published.ResNet18),
            line => line.Contains("stages.0.layers.0.shortcut", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(SafetensorsType.F32, new byte[] { 0, 0, 0x80, 0x3F })]
    [InlineData(SafetensorsType.F64, new byte[] { 0, 0, 0, 0, 0, 0, 0xF0, 0x3F })]
    [InlineData(SafetensorsType.F16, new byte[] { 0, 0x3C })]
    [InlineData(SafetensorsType.BF16, new byte[] { 0x80, 0x3F })]
    [InlineData(SafetensorsType.I64, new byte[] { 1, 0, 0, 0, 0, 0, 0, 0 })]
    public void ABufferFillsItsBytes(SafetensorsType type, byte[] one)
    {
        var buffer = new CheckpointBuffer("b", type, [2], 1);
        byte[] bytes = new byte[2 * one.Length];
        buffer.Fill(bytes);
        Assert.Equal([.. one, .. one], bytes);
        Assert.Throws<ArgumentException>(() => buffer.Fill(new byte[one.Length + 1]));
    }

    private static string Small(string family, string more) =>
        $$"""
            {"model_type": "{{family}}", "vocab_size": 10, "hidden_size": 16, "intermediate_size": 24,
             "num_hidden_layers": 2, "num_attention_heads": 4, {{more}}}
            """;

    private static string[] State(string config) =>
        [
            .. CheckpointModel
                .FromConfig(config)
                .Tensors.Select(tensor => $"{tensor.Name} [{string.Join(", ", tensor.Shape)}]"),
        ];

    private static ParameterDescription Find(CheckpointModel model, string name) =>
        model.Description.Parameters.Single(parameter => parameter.Name == name);

    /// <summary>Older files have each half twice, and transformers heeds the one with the ending.</summary>
    [Fact]
    public void ClipsOlderHalvesCount()
    {
        const string Config = """
            {"model_type": "clip", "text_config": {"num_hidden_layers": 2, "hidden_size": 64},
             "text_config_dict": {"num_hidden_layers": 4}, "vision_config": {"num_hidden_layers": 3},
             "vision_config_dict": null}
            """;
        string[] state = State(Config);
        Assert.Contains("text_model.encoder.layers.3.mlp.fc1.weight [2048, 512]", state);
        Assert.Contains("vision_model.encoder.layers.2.mlp.fc1.weight [3072, 768]", state);
        Assert.DoesNotContain(
            state,
            name => name.StartsWith("vision_model.encoder.layers.3.", StringComparison.Ordinal)
        );
    }

    /// <summary>Gemma3Model is another class, with a vision tower.</summary>
    [Fact]
    public void Gemma3sBareTextModelHasItsOwnName()
    {
        string[] state = State(
            """{"model_type": "gemma3_text", "architectures": ["Gemma3TextModel"], "num_hidden_layers": 1}"""
        );
        Assert.Equal("embed_tokens.weight [262208, 2304]", state[0]);
        Assert.Throws<ModelConfigException>(() =>
            State("""{"model_type": "gemma3_text", "architectures": ["Gemma3Model"]}""")
        );
    }
}
