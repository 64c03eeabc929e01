namespace FanIn.Checkpoints.Tests;

/// <summary>What verify finds, beside the bits of weights: links, indexes, buffers, samples, and records that are none.</summary>
public sealed class CheckpointVerifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Model => _folder["model"];

    private static VerifyResult Verify(string folder, long? sample = null) =>
        CheckpointVerifier.Run(folder, new() { Sample = sample }, TestContext.Current.CancellationToken);

    private CheckpointPlan Save(long maxShardSize = ShardMap.DefaultMaxShardSize)
    {
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Llama, maxShardSize);
        SmallModels.RecordingWriterOf(plan, 5).WriteTo(Model);
        return plan;
    }

    /// <summary>Links that the reader follows: within the folder, and from a snapshot of Hugging Face's cache to its blobs.</summary>
    [Fact]
    public void LinksAreFollowedAsTheReaderDoes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right there");
        Save(3_000_000);
        string snapshot = Directory.CreateDirectory(_folder["models--x/snapshots/5d1f"]).FullName;
        Directory.CreateDirectory(_folder["models--x/blobs"]);
        foreach ((int i, string file) in Directory.GetFiles(Model).Index())
        {
            File.Copy(file, _folder[$"models--x/blobs/{i:x40}"]);
            File.CreateSymbolicLink(Path.Combine(snapshot, Path.GetFileName(file)), $"../../blobs/{i:x40}");
        }
        VerifyResult result = Verify(snapshot);
        Assert.Empty(result.Faults);
        Assert.True(result.IsEqual);
        string shard = Directory.GetFiles(Model, "*.safetensors")[0];
        File.Move(shard, Path.Combine(Model, "kept"));
        File.CreateSymbolicLink(shard, "kept");
        Assert.True(Verify(Model).IsEqual);
        File.Move(Path.Combine(Model, "kept"), _folder["elsewhere"]);
        File.Delete(shard);
        File.CreateSymbolicLink(shard, "../elsewhere");
        Assert.StartsWith($"'{shard}' is a link that leads out of its folder", Assert.Single(Verify(Model).Faults));
    }

    /// <summary>A record or sums that lead out of the folder aren't read, and nothing of them is said.</summary>
    [Fact]
    public void RecordsOutOfTheFolderArentRead()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right there");
        Save();
        string record = Path.Combine(Model, CheckpointRecord.FileName);
        File.Move(record, _folder["record"]);
        File.CreateSymbolicLink(record, "../record");
        Assert.StartsWith(
            $"'{record}' is a link that leads out of its folder",
            Assert.Throws<SafetensorsException>(() => Verify(Model)).Message
        );
        Assert.Throws<SafetensorsException>(() => CheckpointVerifier.RecordOf(Model));
        string sums = Path.Combine(Model, "fanin.copied.json");
        File.CreateSymbolicLink(sums, "../record");
        Assert.Contains(
            $"'{sums}' is a link that leads out of its folder",
            Assert.Throws<SafetensorsException>(() => CopiedSums.In(Model)).Message
        );
    }

    /// <summary>Not one byte of it: its length says enough.</summary>
    [Fact]
    public void RecordsThatAreTooLongArentRead()
    {
        Directory.CreateDirectory(Model);
        string record = Path.Combine(Model, CheckpointRecord.FileName);
        using (FileStream file = File.Create(record))
        {
            file.SetLength((1 << 28) + 1);
        }
        Assert.Equal(
            $"'{record}' has 268435457 bytes; at most 268435456 are read.",
            Assert.Throws<SafetensorsException>(() => Verify(Model)).Message
        );
    }

    [Fact]
    public void TheIndexIsVerifiedToo()
    {
        CheckpointPlan plan = Save(3_000_000);
        string path = Path.Combine(Model, SafetensorsIndex.FileName);
        Assert.True(Verify(Model).IsEqual);
        SafetensorsIndex index = plan.Shards.Index!;
        string norm = "model.norm.weight";
        string there = index.WeightMap[norm];
        string other = index.Files.First(file => file != there);
        File.WriteAllText(path, "{\"weight_map\": {}}");
        Assert.EndsWith("its weight_map is empty.", Assert.Single(Verify(Model).Faults));
        Fault($"{{\"weight_map\": {{\"a\": \"{other}\"}}}}", "doesn't say where '");
        Fault(
            index.ToJson().Replace($"\"{norm}\": \"{there}\"", $"\"{norm}\": \"{other}\"", StringComparison.Ordinal),
            $"says that '{norm}' is in {other}; by the plan it is in {there}."
        );
        Fault(
            index.ToJson().Replace($"\"{norm}\"", $"\"a\": \"{there}\", \"{norm}\"", StringComparison.Ordinal),
            "has a tensor 'a', which isn't there by the plan."
        );
        long size = plan.Shards.TotalSize;
        Fault(
            (index with { TotalSize = size + 1 }).ToJson(),
            $"has a total_size of {size + 1}; by the plan it is {size}."
        );
        Fault((index with { TotalSize = null }).ToJson(), $"has no total_size; by the plan it is {size}.");
        // What is written otherwise and says the same is the same.
        File.WriteAllText(path, index.ToJson().Replace("\n", "", StringComparison.Ordinal));
        Assert.True(Verify(Model).IsEqual);
        File.Delete(path);
        Assert.Equal([$"'{path}' isn't there."], Verify(Model).Faults);

        void Fault(string json, string says)
        {
            File.WriteAllText(path, json);
            Assert.StartsWith($"'{path}' {says}", Assert.Single(Verify(Model).Faults));
        }
    }

    /// <summary>Any byte of a buffer, of any type: the element is named and shown, as a number where it is one.</summary>
    [Theory]
    [InlineData(SafetensorsType.Bool, 1, 3, "1 (0x01)", "0 (0x00)")]
    [InlineData(SafetensorsType.U8, 0, 3, "0 (0x00)", "1 (0x01)")]
    [InlineData(SafetensorsType.I8, 0, 3, "0 (0x00)", "1 (0x01)")]
    [InlineData(SafetensorsType.I16, 1, 3, "1 (0x0001)", "257 (0x0101)")]
    [InlineData(SafetensorsType.I32, 0, 3, "0 (0x00000000)", "16777216 (0x01000000)")]
    [InlineData(SafetensorsType.U32, 1, 3, "1 (0x00000001)", "16777217 (0x01000001)")]
    [InlineData(SafetensorsType.I64, 1, 3, "1 (0x0000000000000001)", "72057594037927937 (0x0100000000000001)")]
    [InlineData(SafetensorsType.U64, 0, 3, "0 (0x0000000000000000)", "72057594037927936 (0x0100000000000000)")]
    [InlineData(SafetensorsType.C64, 0, 3, "0x0000000000000000", "0x0100000000000000")]
    [InlineData(SafetensorsType.F8_E4M3, 0, 3, "0x00", "0x01")]
    [InlineData(SafetensorsType.F4, 0, 2, "0x00", "0x01")]
    [InlineData(SafetensorsType.F6_E2M3, 0, 2, "0x00", "0x01")]
    public void ABufferOfAnyTypeIsCompared(SafetensorsType type, int value, long element, string expected, string found)
    {
        var description = new ModelDescription([
            new ParameterDescription("w", TensorDescription.Dense(4, 8), ParameterRole.Weight),
        ]);
        var buffer = new CheckpointBuffer("b", type, [4], value);
        CheckpointPlan plan = CheckpointPlan.Of(
            CheckpointModel.FromState(description, [buffer], ["w", "b"], null),
            Recipe.Parse("he_normal")
        );
        SmallModels.RecordingWriterOf(plan, 5).WriteTo(Model);
        VerifyResult result = Verify(Model);
        Assert.Equal((true, 36), (result.IsEqual, result.Compared));
        string path = Path.Combine(Model, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        var header = SafetensorsHeader.Parse(bytes);
        SafetensorsTensor tensor = header["b"];
        bytes[header.PositionOf(tensor) + tensor.ByteCount - 1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Equal(
            new("model.safetensors", "b", element, expected, found, 1),
            Assert.Single(Verify(Model).Differences)
        );
    }

    /// <summary>So many elements as were asked for, none twice, with the first and the last, and none far from all others.</summary>
    [Fact]
    public void ASampleHasSoManyElementsSpreadOverAll()
    {
        foreach (long count in (long[])[1, 2, 3, 17, 64, 100, 128, 1000, 1_000_000_000_000])
        {
            foreach (long sample in (long[])[1, 2, 3, 15, 16, 17, 64, 65, 100, 127, 128, 999, 1000, 5000])
            {
                (long Begin, long End)[] runs = [.. CheckpointVerifier.RunsOf(Math.Min(count, 10_000_000), sample)];
                long all = Math.Min(count, 10_000_000);
                Assert.Equal(Math.Min(sample, all), runs.Sum(run => run.End - run.Begin));
                Assert.Equal(0, runs[0].Begin);
                Assert.True(sample == 1 || runs[^1].End == all);
                Assert.All(runs, run => Assert.True(run.End > run.Begin));
                Assert.All(runs.Zip(runs.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Begin));
                long gap = sample == 1 ? all : (all / (Math.Min(sample, 16) - 1)) + 1;
                Assert.All(runs.Zip(runs.Skip(1)), pair => Assert.True(pair.Second.Begin - pair.First.End <= gap));
            }
        }
        (long Begin, long End)[] many = [.. CheckpointVerifier.RunsOf(1L << 60, 1000)];
        Assert.Equal((0, 1L << 60, 1000), (many[0].Begin, many[^1].End, many.Sum(run => run.End - run.Begin)));
    }

    [Fact]
    public void ASampleFindsTheLastElement()
    {
        Save();
        string path = Path.Combine(Model, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 0x40;
        File.WriteAllBytes(path, bytes);
        foreach (long sample in (long[])[2, 63, 127, 1000])
        {
            Assert.Equal(1, Assert.Single(Verify(Model, sample).Differences).Count);
        }
    }

    /// <summary>Whatever is wrong with a record is said as that, of its file.</summary>
    [Theory]
    [InlineData(
        "\"seed\": \"5\"",
        "\"metadata\": {\"a\": \"\", \"a\": \"\"}, \"seed\": \"5\"",
        "its metadata have 'a' twice"
    )]
    [InlineData(
        "\"seed\": \"5\"",
        "\"metadata\": 3, \"seed\": \"5\"",
        "isn't what fanin init leaves beside a checkpoint"
    )]
    [InlineData("\"value\": 0", "\"value\": 7", "'num' can't be 7 everywhere; a buffer of int64 is 0 or 1")]
    [InlineData("\"int64\"", "\"complex64\", \"value\": 1", "'num' can't be 1 everywhere; a buffer of complex64 is 0")]
    [InlineData("\"int64\"", "\"int7\"", "'int7' is no type of a buffer")]
    [InlineData("\"value\": 0", "\"value\": 0.5", "doesn't say which files there are")]
    [InlineData("\"shape\": [3],", "\"shape\": 3,", "doesn't say which files there are")]
    [InlineData("\"shape\": [3],", "", "doesn't say which files there are")]
    [InlineData(
        "\"files\": [",
        "\"files\": [{\"name\": \"model.safetensors\", \"bytes\": 1}, ",
        "it has the file 'model.safetensors' twice"
    )]
    [InlineData(
        "\"file\": \"model.safetensors\"",
        "\"file\": \"b.safetensors\"",
        "the file 'b.safetensors' of 'w' isn't among its files"
    )]
    [InlineData("\"totalSize\": ", "\"totalSize\": 0.", "doesn't say which files there are")]
    public void ARecordThatIsNoneIsRefused(string before, string after, string says)
    {
        var description = new ModelDescription([
            new ParameterDescription("w", TensorDescription.Dense(4, 8), ParameterRole.Weight),
        ]);
        CheckpointPlan plan = CheckpointPlan.Of(
            CheckpointModel.FromState(
                description,
                [new CheckpointBuffer("num", SafetensorsType.I64, [3], 0)],
                ["w", "num"],
                null
            ),
            Recipe.Parse("he_normal")
        );
        SmallModels.RecordingWriterOf(plan, 5).WriteTo(Model);
        string path = Path.Combine(Model, CheckpointRecord.FileName);
        string json = File.ReadAllText(path);
        int at = json.IndexOf(before, StringComparison.Ordinal);
        Assert.True(at >= 0, json);
        string changed = json[..at] + after + json[(at + before.Length)..];
        if (after.Contains("complex64", StringComparison.Ordinal))
        {
            const string Value = "\"value\": 0";
            int begin = changed.IndexOf(Value, StringComparison.Ordinal);
            int comma = changed.LastIndexOf(',', begin);
            changed = changed.Remove(comma, begin + Value.Length - comma);
        }
        File.WriteAllText(path, changed);
        string message = Assert.Throws<SafetensorsException>(() => Verify(Model)).Message;
        Assert.Contains(CheckpointRecord.FileName, message);
        Assert.Contains(says, message);
    }

    [Fact]
    public void ABufferIsZerosOrOnes()
    {
        Assert.StartsWith(
            "The elements of a buffer are 0 or 1, not 2; others are its content.",
            Assert
                .Throws<ArgumentOutOfRangeException>(() => new CheckpointBuffer("b", SafetensorsType.I64, [], 2))
                .Message
        );
        Assert.StartsWith(
            "A buffer needs its sizes; none for a scalar.",
            Assert.Throws<ArgumentException>(() => new CheckpointBuffer("b", SafetensorsType.I64, default, 0)).Message
        );
        byte[] bytes = [1, 2, 3];
        new CheckpointBuffer("b", SafetensorsType.F6_E3M2, [4], 0) { Content = default }.Fill(bytes);
        Assert.Equal([0, 0, 0], bytes);
        new CheckpointBuffer("b", SafetensorsType.U8, [3], 1).Fill(bytes);
        Assert.Equal([1, 1, 1], bytes);
        Assert.Equal(
            "A buffer of ones isn't stored as F4.",
            Assert
                .Throws<InvalidOperationException>(() =>
                    new CheckpointBuffer("b", SafetensorsType.F4, [6], 1).Fill(bytes)
                )
                .Message
        );
        Assert.StartsWith(
            "3 bytes are no whole number of elements of 16 bits.",
            Assert
                .Throws<ArgumentException>(() => new CheckpointBuffer("b", SafetensorsType.I16, [1], 0).Fill(bytes))
                .Message
        );
    }
}
