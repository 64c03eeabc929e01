using CsCheck;

namespace FanIn.Checkpoints.Tests;

public sealed class ShardMapTests
{
    private static IEnumerable<SafetensorsTensor> Bytes(params long[] sizes) =>
        sizes.Select((size, i) => new SafetensorsTensor($"{(char)('a' + i)}", SafetensorsType.U8, size));

    /// <summary>The tensors of each file, in one word each: <c>ab c d</c>.</summary>
    private static string Split(long limit, ShardRule rule, params long[] sizes) =>
        string.Join(
            ' ',
            ShardMap
                .Of(Bytes(sizes), limit, rule)
                .Shards.Select(shard => string.Concat(shard.Header.Tensors.Select(t => t.Name)))
        );

    [Theory]
    [InlineData("ab c", new long[] { 4, 6, 1 })] // exactly the limit stays together
    [InlineData("a bc de", new long[] { 6, 6, 2, 6, 2 })]
    [InlineData("abcde", new long[] { 0, 0, 10, 0, 0 })]
    [InlineData("a", new long[] { 10 })]
    public void BothRulesFillAFileUpToTheLimit(string expected, long[] sizes)
    {
        Assert.Equal(expected, Split(10, ShardRule.Hub, sizes));
        Assert.Equal(expected, Split(10, ShardRule.Transformers4, sizes));
    }

    // The example of huggingface_hub's own documentation.
    [Theory]
    [InlineData(ShardRule.Hub)]
    [InlineData(ShardRule.Transformers4)]
    public void AsTheLibrariesDocumentIt(ShardRule rule) => Assert.Equal("a bc def", Split(10, rule, 6, 6, 2, 6, 2, 2));

    [Theory]
    [InlineData("b ac", "a b c", new long[] { 4, 11, 4 })]
    [InlineData("a bc", "a bc", new long[] { 11, 4, 4 })]
    [InlineData("c ab", "ab c", new long[] { 4, 4, 11 })]
    [InlineData("a b", "a b", new long[] { 11, 12 })]
    [InlineData("b d ac e", "a b c d e", new long[] { 4, 11, 4, 11, 4 })]
    public void ATensorBeyondTheLimitIsWhereTheyDiffer(string hub, string transformers, long[] sizes)
    {
        Assert.Equal(hub, Split(10, ShardRule.Hub, sizes));
        Assert.Equal(transformers, Split(10, ShardRule.Transformers4, sizes));
    }

    [Fact]
    public void OneFileHasNoNumberAndNoIndex()
    {
        ShardMap map = ShardMap.Of(Bytes(1, 2));
        Assert.Equal("model.safetensors", Assert.Single(map.Shards).FileName);
        Assert.Null(map.Index);
        Assert.Equal(3, map.TotalSize);
        Assert.Equal("pt", Assert.Single(map.Shards[0].Header.Metadata!).Value);
        Assert.Same(map.Shards[0], map.ShardOf("b"));
    }

    [Fact]
    public void NoTensorsMakeOneEmptyFile()
    {
        ShardMap map = ShardMap.Of([]);
        Assert.Equal(0, map.TotalSize);
        Assert.Empty(Assert.Single(map.Shards).Header.Tensors);
    }

    [Fact]
    public void SeveralHaveNumbersAndAnIndex()
    {
        ShardMap map = ShardMap.Of(Bytes(6, 6), 10);
        Assert.Equal(
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"],
            map.Shards.Select(shard => shard.FileName)
        );
        Assert.Equal(
            """
            {
              "metadata": {
                "total_size": 12
              },
              "weight_map": {
                "a": "model-00001-of-00002.safetensors",
                "b": "model-00002-of-00002.safetensors"
              }
            }

            """,
            map.Index!.ToJson()
        );
    }

    [Fact]
    public void EveryTensorIsInOneFileAndFilesAreFull() =>
        Gen.Select(Gen.Long[0, 40].Array[0, 30], Gen.Long[1, 50], Gen.Enum<ShardRule>())
            .Sample(
                (sizes, limit, rule) =>
                {
                    SafetensorsTensor[] tensors =
                    [
                        .. sizes.Select((size, i) => new SafetensorsTensor($"t{i}", SafetensorsType.U8, size)),
                    ];
                    ShardMap map = ShardMap.Of(tensors, limit, rule);
                    Assert.Equal(
                        tensors.Select(t => t.Name).Order(StringComparer.Ordinal),
                        map.Shards.SelectMany(s => s.Header.Tensors).Select(t => t.Name).Order(StringComparer.Ordinal)
                    );
                    Assert.Equal(sizes.Sum(), map.TotalSize);
                    Assert.All(
                        map.Shards,
                        shard =>
                            Assert.True(
                                shard.Header.DataLength <= limit
                                    || shard.Header.Tensors.Count(t => t.ByteCount > 0) == 1
                                    || rule == ShardRule.Transformers4
                            )
                    );
                    Assert.All(tensors, t => Assert.True(map.ShardOf(t.Name).Header.TryGet(t.Name, out _)));
                }
            );

    [Fact]
    public void WhatMakesNoCheckpointIsSaid()
    {
        SafetensorsTensor twice = new("w", SafetensorsType.F32, 3);
        Assert.StartsWith(
            "Two tensors are called 'w'",
            Assert.Throws<ArgumentException>(() => ShardMap.Of([twice, twice], 1)).Message
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => ShardMap.Of([], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ShardMap.Of([], rule: (ShardRule)2));
        Assert.Throws<KeyNotFoundException>(() => ShardMap.Of([twice]).ShardOf("v"));
    }

    [Theory]
    [InlineData("5GB", 5_000_000_000)]
    [InlineData("50GB", 50_000_000_000)]
    [InlineData(" 1.5 gb ", 1_500_000_000)]
    [InlineData("200MiB", 209_715_200)]
    [InlineData("1TB", 1_000_000_000_000)]
    [InlineData("1TiB", 1_099_511_627_776)]
    [InlineData("3KiB", 3072)]
    [InlineData("7kb", 7000)]
    [InlineData("12B", 12)]
    [InlineData("12", 12)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void SizesAreRead(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("GB")]
    [InlineData("-5GB")]
    [InlineData("0")]
    [InlineData("0.1B")]
    [InlineData("5 Gb/s")]
    [InlineData("1e9")]
    [InlineData("five")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999TB")]
    public void OtherTextsAreNoSizes(string text) =>
        Assert.StartsWith(
            $"'{text}' is no size; write bytes as a number from 1 on",
            Assert.Throws<FormatException>(() => ByteSize.Parse(text)).Message
        );

    [Theory]
    [InlineData("model-00001-of-00191.safetensors", 191)]
    [InlineData("folder-of-2/pytorch-1-of-3.safetensors", 3)]
    [InlineData("model.safetensors", 1)]
    [InlineData("best-of-many.safetensors", 1)]
    [InlineData("a-of-0.safetensors", 1)]
    [InlineData("a-of--3.safetensors", 1)]
    public void TheNumberOfFilesIsInTheirNames(string name, int count) => Assert.Equal(count, ShardMap.CountBy(name));
}
