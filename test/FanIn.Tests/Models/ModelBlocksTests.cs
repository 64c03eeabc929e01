namespace FanIn.Tests;

/// <summary>Blocks, depth and width from the names that the usual model families have.</summary>
public sealed class ModelBlocksTests
{
    [Fact]
    public void OfGpt2()
    {
        ModelDescription model = Models.Gpt2(12, 768);
        Assert.Equal((12, 768), (model.Depth, model.Width));
        Assert.Equal(11, Layer(model, "transformer.h.11.mlp.c_proj.weight"));
        Assert.Equal(2, Layer(model, "transformer.h.2.ln_1.bias"));
        Assert.Null(Layer(model, "transformer.wte.weight"));
        Assert.Equal(12, model.DepthOf(Named(model, "transformer.wte.weight")));
    }

    [Fact]
    public void OfLlamaWithGroupedQueries()
    {
        ModelDescription model = Models.Llama(3, 64, 16, 172);
        Assert.Equal((3, 64), (model.Depth, model.Width));
        Assert.Equal(2, Layer(model, "model.layers.2.mlp.down_proj.weight"));
        Assert.Null(Layer(model, "lm_head.weight"));
    }

    [Fact]
    public void ExpertsAreNoBlocks()
    {
        ModelDescription model = Of(
            "model.layers.0.self_attn.q_proj.weight",
            "model.layers.0.mlp.experts.0.up_proj.weight",
            "model.layers.0.mlp.experts.0.down_proj.weight",
            "model.layers.0.mlp.experts.3.up_proj.weight",
            "model.layers.0.mlp.experts.3.down_proj.weight",
            "model.layers.1.self_attn.q_proj.weight",
            "model.layers.1.mlp.experts.3.up_proj.weight"
        );
        Assert.Equal(2, model.Depth);
        Assert.Equal(0, Layer(model, "model.layers.0.mlp.experts.3.up_proj.weight"));
        Assert.Equal(1, Layer(model, "model.layers.1.mlp.experts.3.up_proj.weight"));
    }

    [Fact]
    public void EncoderAndDecoderCountForThemselves()
    {
        string[] sublayers = ["layer.0.SelfAttention.q", "layer.0.SelfAttention.o", "layer.1.DenseReluDense.wo"];
        ModelDescription model = Of([
            "shared.weight",
            .. Enumerable.Range(0, 4).SelectMany(i => sublayers.Select(s => $"encoder.block.{i}.{s}.weight")),
            .. Enumerable.Range(0, 6).SelectMany(i => sublayers.Select(s => $"decoder.block.{i}.{s}.weight")),
            "encoder.final.weight",
            "decoder.final.weight",
        ]);
        Assert.Equal(6, model.Depth);
        Assert.Equal(4, Depth(model, "encoder.block.3.layer.1.DenseReluDense.wo.weight"));
        Assert.Equal(3, Layer(model, "encoder.block.3.layer.1.DenseReluDense.wo.weight"));
        Assert.Equal(6, Depth(model, "decoder.block.0.layer.0.SelfAttention.q.weight"));
        Assert.Equal(0, Layer(model, "decoder.block.0.layer.0.SelfAttention.q.weight"));
        Assert.Equal(
            (4, 6, 6),
            (Depth(model, "encoder.final.weight"), Depth(model, "decoder.final.weight"), Depth(model, "shared.weight"))
        );
    }

    /// <summary>torchvision's: ResNet-18 has 2, 2, 2, 2 blocks, ResNet-50 3, 4, 6, 3.</summary>
    [Fact]
    public void SiblingListsOfResNetCountOn()
    {
        ModelDescription model = Models.ResNet([3, 4, 6, 3], bottleneck: true);
        Assert.Equal(16, model.Depth);
        Assert.Equal(0, Layer(model, "layer1.0.conv1.weight"));
        Assert.Equal(0, Layer(model, "layer1.0.downsample.0.weight"));
        Assert.Equal(3, Layer(model, "layer2.0.conv2.weight"));
        Assert.Equal(15, Layer(model, "layer4.2.conv3.weight"));
        Assert.Null(Layer(model, "conv1.weight"));
        Assert.Null(Layer(model, "fc.weight"));
        Assert.Equal(8, Models.ResNet([2, 2, 2, 2], bottleneck: false).Depth);
    }

    [Fact]
    public void StagesAreLookedInto()
    {
        ModelDescription hub = Of(
            from stage in (int[])[0, 1]
            from layer in (int[])[0, 1, 2]
            from convolution in (int[])[0, 1]
            select $"resnet.encoder.stages.{stage}.layers.{layer}.layer.{convolution}.convolution.weight"
        );
        Assert.Equal(6, hub.Depth);
        Assert.Equal(4, Layer(hub, "resnet.encoder.stages.1.layers.1.layer.1.convolution.weight"));
        ModelDescription swin = Of([
            .. from layer in (int[])[0, 1]
            from block in (int[])[0, 1]
            from name in (string[])["attn.qkv", "mlp.fc1"]
            select $"layers.{layer}.blocks.{block}.{name}.weight",
            "layers.0.downsample.reduction.weight",
        ]);
        Assert.Equal(4, swin.Depth);
        Assert.Equal(2, Layer(swin, "layers.1.blocks.0.mlp.fc1.weight"));
        Assert.Null(Layer(swin, "layers.0.downsample.reduction.weight"));
        ModelDescription features = Of([
            "features.0.0.weight",
            .. from stage in (int[])[1, 3]
            from block in (int[])[0, 1, 2]
            from name in (int[])[0, 3]
            select $"features.{stage}.{block}.block.{name}.weight",
            "features.2.1.weight",
        ]);
        Assert.Equal(6, features.Depth);
        Assert.Equal(3, Layer(features, "features.3.0.block.3.weight"));
    }

    [Fact]
    public void OfRecurrentLayers()
    {
        string[] ofLayer = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
        ModelDescription lstm = Of([
            .. from layer in (int[])[0, 1, 2]
            from direction in (string[])["", "_reverse"]
            from name in ofLayer
            select $"lstm.{name}_l{layer}{direction}",
            "out.weight",
        ]);
        Assert.Equal(3, lstm.Depth);
        Assert.Equal(1, Layer(lstm, "lstm.weight_ih_l1_reverse"));
        Assert.Equal(2, Layer(lstm, "lstm.bias_hh_l2"));
        Assert.Null(Layer(lstm, "out.weight"));
        ModelDescription sequential = Of([
            .. from layer in (int[])[0, 1] from name in ofLayer select $"0.{name}_l{layer}",
            "1.weight",
        ]);
        Assert.Equal(2, sequential.Depth);
        Assert.Equal(1, Layer(sequential, "0.weight_hh_l1"));
    }

    [Fact]
    public void OfVisionTransformer()
    {
        ModelDescription model = Models.VisionTransformer(12, 192);
        Assert.Equal((12, 192), (model.Depth, model.Width));
        Assert.Equal(7, Layer(model, "blocks.7.attn.qkv.weight"));
        Assert.Null(Layer(model, "patch_embed.proj.weight"));
        Assert.Null(Layer(model, "head.bias"));
    }

    [Theory]
    [InlineData("0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias")]
    [InlineData("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias", "out.weight", "out.bias")]
    [InlineData(
        "module.a.weight",
        "module.a.bias",
        "module.b.weight",
        "module.b.bias",
        "module.c.weight",
        "module.c.bias"
    )]
    public void OfAPlainChain(params string[] names)
    {
        ModelDescription model = Of(names);
        Assert.Equal(3, model.Depth);
        Assert.Equal([0, 0, 1, 1, 2, 2], model.Parameters.Select(p => model.LayerOf(p)!.Value));
    }

    [Fact]
    public void NumberedNamesAreBlocksWhereThereAreNoLists()
    {
        ModelDescription model = Of(
            "block2.a.weight",
            "block2.b.weight",
            "block1.a.weight",
            "block1.b.weight",
            "out.weight"
        );
        Assert.Equal(2, model.Depth);
        Assert.Equal(1, Layer(model, "block2.b.weight"));
        Assert.Null(Layer(model, "out.weight"));
    }

    /// <summary>Files list names by the alphabet, lists have gaps, and the order of names says nothing.</summary>
    [Fact]
    public void BlocksAreCountedInTheOrderOfTheirNumbers()
    {
        ModelDescription model = Of(
            from i in (int[])[0, 10, 12, 2, 4]
            from name in (string[])["a", "b"]
            select $"h.{i}.{name}.weight"
        );
        Assert.Equal(5, model.Depth);
        Assert.Equal((1, 4), (Layer(model, "h.2.a.weight"), Layer(model, "h.12.b.weight")));
        Assert.Equal(
            2,
            Of(
                "encoder1.h.0.a",
                "encoder1.h.0.b",
                "encoder2.h.0.a",
                "encoder2.h.0.b",
                "encoder2.h.1.a",
                "encoder2.h.1.b"
            ).Depth
        );
    }

    [Fact]
    public void WhatIsGivenCounts()
    {
        ModelDescription model = Models.Gpt2(2, 16);
        ModelDescription given = model with { Depth = 24, Width = 5 };
        Assert.Equal((24, 5), (given.Depth, given.Width));
        Assert.All(given.Parameters, p => Assert.Equal(24, given.DepthOf(p)));
        Assert.NotEqual(model, given);
        Assert.NotEqual(given, given with { Width = 6 });
        Assert.Equal(model, given with { Depth = null, Width = null });
        ParameterDescription free = new("free", TensorDescription.Plain(3), ParameterRole.Other) { Layer = 7 };
        Assert.Equal(7, new ModelDescription([free]).LayerOf(free));
        Assert.Throws<ArgumentOutOfRangeException>(() => model with { Depth = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => model with { Width = 0 });
    }

    [Fact]
    public void AModelWithoutWeightsHasNone()
    {
        Assert.Equal((null, null), (new ModelDescription([]).Depth, new ModelDescription([]).Width));
        ModelDescription table = new([new("e", TensorDescription.Embedding(9, 4), ParameterRole.Embedding)]);
        Assert.Equal((null, 4), (table.Depth, table.Width));
    }

    private static ModelDescription Of(params IEnumerable<string> names) => Models.OfNames(names);

    private static ParameterDescription Named(ModelDescription model, string name) =>
        model.Parameters.Single(p => p.Name == name);

    private static int? Layer(ModelDescription model, string name) => model.LayerOf(Named(model, name));

    private static int? Depth(ModelDescription model, string name) => model.DepthOf(Named(model, name));
}
