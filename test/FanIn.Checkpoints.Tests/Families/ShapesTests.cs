namespace FanIn.Checkpoints.Tests;

public sealed class ShapesTests
{
    [Fact]
    public void ShapesOfAFamilyMakeTheFamilysPlan()
    {
        foreach (
            string config in (string[])
                [Published.Llama3, Published.Gpt2, Published.Qwen14, Published.T5, Published.Mixtral8x7]
        )
        {
            CheckpointModel known = CheckpointModel.FromConfig(config);
            string shapes =
                "{"
                + string.Join(
                    ",",
                    known.Tensors.Select(t =>
                        $"\"{t.Name}\": {{\"shape\": [{string.Join(",", t.Shape)}], \"dtype\": \"{t.Type.Name()}\"}}"
                    )
                )
                + "}";
            CheckpointModel model = CheckpointModel.FromShapes(shapes);
            Assert.Equal(known.Tensors, model.Tensors);
            Assert.Equal(
                known.Description.Parameters.Select(p => (p.Name, p.Tensor, p.Role, p.Blocks.Length)),
                model.Description.Parameters.Select(p => (p.Name, p.Tensor, p.Role, p.Blocks.Length))
            );
            // Another order, as a safetensors header has it, makes the same parameters.
            Assert.Equal(
                model.Description.Parameters.OrderBy(p => p.Name, StringComparer.Ordinal),
                CheckpointModel
                    .FromTensors(known.Tensors.Reverse())
                    .Description.Parameters.OrderBy(p => p.Name, StringComparer.Ordinal)
            );
        }
    }

    [Theory]
    [InlineData("fc.weight", "[8, 4]", ParameterRole.Weight)]
    [InlineData("conv.weight", "[8, 4, 3, 3]", ParameterRole.Weight)]
    [InlineData("fc.bias", "[8]", ParameterRole.Bias)]
    [InlineData("embed_tokens.weight", "[8, 4]", ParameterRole.Embedding)]
    [InlineData("embed_out.weight", "[8, 4]", ParameterRole.Weight)]
    [InlineData("x_embedder.weight", "[8, 4]", ParameterRole.Weight)]
    [InlineData("patch_embed.weight", "[8, 4]", ParameterRole.Weight)]
    [InlineData("position_embeddings.weight", "[8, 4]", ParameterRole.Embedding)]
    [InlineData("ensemble.weight", "[8, 4]", ParameterRole.Weight)]
    [InlineData("members.weight", "[8, 4]", ParameterRole.Weight)]
    [InlineData("november.weight", "[8, 4]", ParameterRole.Weight)]
    [InlineData("time_emb_proj.weight", "[8, 4]", ParameterRole.Weight)]
    [InlineData("embedding_hidden_mapping_in.weight", "[8, 4]", ParameterRole.Weight)]
    [InlineData("tok_emb.weight", "[8, 4]", ParameterRole.Embedding)]
    [InlineData("embed_in.weight", "[8, 4]", ParameterRole.Embedding)]
    [InlineData("embd.weight", "[8, 4]", ParameterRole.Embedding)]
    [InlineData("embedding1.weight", "[8, 4]", ParameterRole.Embedding)]
    [InlineData("tokenEmbedding.weight", "[8, 4]", ParameterRole.Embedding)]
    [InlineData("Embedding.weight", "[8, 4]", ParameterRole.Embedding)]
    [InlineData("relative_attention_bias.weight", "[8, 4]", ParameterRole.Embedding)]
    [InlineData("patch_embedding.weight", "[8, 3, 2, 2]", ParameterRole.Weight)]
    [InlineData("input_layernorm.weight", "[8]", ParameterRole.NormScale)]
    [InlineData("ln_f.bias", "[8]", ParameterRole.NormShift)]
    [InlineData("bn1.weight", "[8]", ParameterRole.NormScale)]
    [InlineData("lstm.weight_hh_l0", "[16, 4]", ParameterRole.Weight)]
    [InlineData("cls_token", "[1, 1, 8]", ParameterRole.Other)]
    [InlineData("scale", "[]", ParameterRole.Other)]
    [InlineData("experts.gate_up_proj", "[4, 8, 4]", ParameterRole.Other)]
    public void NamesTellRoles(string name, string shape, ParameterRole role) =>
        Assert.Equal(
            role,
            Assert.Single(CheckpointModel.FromShapes($"{{\"{name}\": {shape}}}").Description.Parameters).Role
        );

    /// <summary>Whatever type is asked for: integers stand for something else than weights.</summary>
    [Theory]
    [InlineData("BOOL")]
    [InlineData("U8")]
    [InlineData("I8")]
    [InlineData("I16")]
    [InlineData("U16")]
    [InlineData("I32")]
    [InlineData("U32")]
    [InlineData("I64")]
    [InlineData("U64")]
    public void IntegersAreNoWeights(string type)
    {
        string shapes = $"{{\"fc.weight\": {{\"shape\": [8, 4], \"dtype\": \"{type}\"}}}}";
        Assert.Equal(
            $"the tensor 'fc.weight' is {type}: it is no weight; leave it out",
            Assert.Throws<ModelConfigException>(() => CheckpointModel.FromShapes(shapes, ElementType.BFloat16)).Message
        );
    }

    [Fact]
    public void TheFileMaySayWhatATensorIs()
    {
        CheckpointModel model = CheckpointModel.FromShapes(
            """
            {"a": {"shape": [4, 8], "role": "weight", "layout": "keras", "dtype": "torch.bfloat16"},
             "b": {"shape": [4, 8], "role": "embedding"}, "c": {"shape": [3], "role": "norm_scale"},
             "m.running_var": {"shape": [3], "dtype": "float32"},
             "m.num_batches_tracked": {"shape": [], "dtype": "int64"}}
            """
        );
        Assert.Equal(new Fan(4, 8), model.Description.Parameters[0].Tensor.Fan);
        Assert.Equal(ElementType.BFloat16, model.Description.Parameters[0].ElementType);
        Assert.Equal(WeightLayout.Embedding, model.Description.Parameters[1].Tensor.Layout);
        Assert.Equal(ParameterRole.NormScale, model.Description.Parameters[2].Role);
        Assert.Equal([1, 0], model.Buffers.Select(buffer => buffer.Value));
    }

    [Fact]
    public void ShapesNeedARecipe()
    {
        CheckpointModel model = CheckpointModel.FromShapes("""{"fc.weight": [8, 4], "fc.bias": [8]}""");
        Assert.Null(model.Recipe);
        Assert.Contains(
            "--recipe",
            Assert.Throws<ModelConfigException>(() => model.PlanBy()).Message,
            StringComparison.Ordinal
        );
        Assert.Equal("he_normal", model.PlanBy(Recipe.Parse("he_normal")).Rows[0].Initializer!.ToString());
    }

    [Theory]
    [InlineData("{\"__metadata__\": [4]}", "a tensor can't be called '__metadata__'")]
    [InlineData("[]", "a list of shapes is a JSON object")]
    [InlineData("{}", "a list of shapes is a JSON object")]
    [InlineData("{\"a\": 3}", "'a' must be a shape such as [8, 4]")]
    [InlineData("{\"a\": [-1]}", "the shape of 'a' must be a list")]
    [InlineData("{\"a\": [1.5]}", "the shape of 'a' must be a list")]
    [InlineData("{\"a\": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}", "at most 16 whole numbers")]
    [InlineData("{\"a.weight\": [4611686018427387904, 4]}", "more than 2^63")]
    [InlineData("{\"a.weight\": [4611686018427387904]}", "at most 10^15")]
    [InlineData("{\"a\": {}}", "'a' has no \"shape\"")]
    [InlineData("{\"a\": {\"shap\": [1]}}", "did you mean 'shape'?")]
    [InlineData("{\"a\": {\"shape\": [1], \"dtype\": \"int8\"}}", "unknown element type 'int8'")]
    [InlineData("{\"a\": {\"shape\": [1], \"dtype\": \"int64\"}}", "it is no weight")]
    [InlineData("{\"a\": {\"shape\": [1], \"dtype\": \"F8_E4M3\"}}", "which weights aren't drawn in")]
    [InlineData("{\"a\": {\"shape\": [1], \"role\": \"wight\"}}", "did you mean 'weight'?")]
    [InlineData("{\"a\": {\"shape\": [1], \"layout\": \"torch\"}}", "at least 2 axes")]
    [InlineData("{\"\": [1]}", "a tensor has no name")]
    [InlineData("{\"\\ud800\": [1]}", "Unicode")]
    [InlineData("{\"a\": [1], \"a\": [2]}", "isn't valid JSON")]
    public void OneSentence(string shapes, string says)
    {
        var e = Assert.Throws<ModelConfigException>(() => CheckpointModel.FromShapes(shapes));
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.DoesNotContain("(Parameter", e.Message, StringComparison.Ordinal);
    }
}
