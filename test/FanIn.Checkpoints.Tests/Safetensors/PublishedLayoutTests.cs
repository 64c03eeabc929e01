namespace FanIn.Checkpoints.Tests;

/// <summary>Checkpoints as published: from the tensors' list alone, in the model's order, every file's bytes.</summary>
public sealed class PublishedLayoutTests
{
    private sealed record Decoder(
        long Hidden,
        long Inner,
        int Layers,
        long Heads,
        long KeyHeads,
        long HeadSize,
        long Words
    )
    {
        public bool HasHead { get; init; }

        public IEnumerable<SafetensorsTensor> Tensors()
        {
            yield return Of("model.embed_tokens.weight", Words, Hidden);
            for (int layer = 0; layer < Layers; layer++)
            {
                string path = $"model.layers.{layer}";
                yield return Of($"{path}.self_attn.q_proj.weight", Heads * HeadSize, Hidden);
                yield return Of($"{path}.self_attn.k_proj.weight", KeyHeads * HeadSize, Hidden);
                yield return Of($"{path}.self_attn.v_proj.weight", KeyHeads * HeadSize, Hidden);
                yield return Of($"{path}.self_attn.o_proj.weight", Hidden, Heads * HeadSize);
                yield return Of($"{path}.mlp.gate_proj.weight", Inner, Hidden);
                yield return Of($"{path}.mlp.up_proj.weight", Inner, Hidden);
                yield return Of($"{path}.mlp.down_proj.weight", Hidden, Inner);
                yield return Of($"{path}.input_layernorm.weight", Hidden);
                yield return Of($"{path}.post_attention_layernorm.weight", Hidden);
            }
            yield return Of("model.norm.weight", Hidden);
            if (HasHead)
            {
                yield return Of("lm_head.weight", Words, Hidden);
            }
        }

        private static SafetensorsTensor Of(string name, params ReadOnlySpan<long> shape) =>
            new(name, SafetensorsType.BF16, shape);
    }

    private static readonly Decoder s_gemma = new(2048, 16384, 18, 8, 1, 256, 256000);
    private static readonly Decoder s_mistral = new(5120, 32768, 40, 32, 8, 128, 131074) { HasHead = true };

    [Fact]
    public void GemmaOf2Billion()
    {
        ShardMap map = ShardMap.Of(s_gemma.Tensors());
        Assert.Equal(164, map.Shards.Sum(shard => shard.Header.Tensors.Length));
        Assert.Equal(5012344832, map.TotalSize);
        Assert.Equal([4945242264, 67121608], map.Shards.Select(shard => shard.FileLength));
        Assert.Equal("model-00001-of-00002.safetensors", map.ShardOf("model.embed_tokens.weight").FileName);
        Assert.Equal("model-00002-of-00002.safetensors", map.ShardOf("model.norm.weight").FileName);
    }

    [Fact]
    public void MistralOf24Billion()
    {
        ShardMap map = ShardMap.Of(s_mistral.Tensors());
        Assert.Equal(363, map.Shards.Sum(shard => shard.Header.Tensors.Length));
        Assert.Equal(47144847360, map.TotalSize);
        Assert.Equal(
            [
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
            ],
            map.Shards.Select(shard => shard.FileLength)
        );
    }

    [Fact]
    public void BothRulesAgreeWhereNoTensorIsBeyondTheLimit()
    {
        foreach (Decoder model in new[] { s_gemma, s_mistral })
        {
            Assert.Equal(
                ShardMap.Of(model.Tensors()).Index,
                ShardMap.Of(model.Tensors(), rule: ShardRule.Transformers4).Index
            );
        }
    }
}
