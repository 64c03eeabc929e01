using System.Buffers;

namespace FanIn.Checkpoints.Tests;

/// <summary>Two different checkpoints that are written into one folder at once: one gets it, the other touches nothing.</summary>
public sealed class TwoWritersTests : IDisposable
{
    private static readonly CheckpointWriterOptions s_plain = new() { Threads = 2 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Record => _folder["whose.json"];

    private string[] Names => [.. Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order()!];

    /// <summary>The other's document comes after the folder was looked at, and before one's own is put.</summary>
    [Fact]
    public void WhoComesSecondIsRefusedAndWritesNothing()
    {
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Llama);
        using var bytes = new HookedBytes("mine"u8.ToArray(), () => File.WriteAllText(Record, "another's"));
        var writer = new CheckpointWriter(SmallModels.ValuesOf(plan, 5), [new("whose.json", bytes.Memory)], []);
        Assert.Equal(
            $"'{Record}' is there and differs from what would be written; choose another folder, or remove it",
            Assert.Throws<CheckpointConflictException>(() => writer.WriteTo(_folder.Path, s_plain)).Message
        );
        Assert.Equal(["whose.json"], Names);
        Assert.Equal("another's", File.ReadAllText(Record));
    }

    /// <summary>The same document from another rank is no conflict.</summary>
    [Fact]
    public void TheSameDocumentFromAnotherRankIsKept()
    {
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Llama);
        using var bytes = new HookedBytes("ours"u8.ToArray(), () => File.WriteAllText(Record, "ours"));
        var writer = new CheckpointWriter(SmallModels.ValuesOf(plan, 5), [new("whose.json", bytes.Memory)], []);
        Assert.True(writer.WriteTo(_folder.Path, s_plain).IsComplete);
        Assert.Equal(["model.safetensors", "whose.json"], Names);
    }

    /// <summary>Somebody empties the folder and another begins, while values are written: no file gets its name.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AFolderThatIsLostMeanwhileGetsNoFile(int world)
    {
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Llama);
        CheckpointWriter writer = SmallModels.WriterOf(plan, 5);
        for (int rank = 0; rank < world - 1; rank++)
        {
            writer.WriteTo(_folder.Path, s_plain with { Rank = new(rank, world, "test") });
        }
        Assert.Equal(
            $"'{Record}' is there and differs from what would be written; choose another folder, or remove it",
            Assert
                .Throws<CheckpointConflictException>(() =>
                    writer.WriteTo(
                        _folder.Path,
                        s_plain with
                        {
                            Rank = new(world - 1, world, "test"),
                            Progress = _ => File.WriteAllText(Record, "another's"),
                        }
                    )
                )
                .Message
        );
        Assert.False(File.Exists(_folder["model.safetensors"]));
        Assert.Equal("another's", File.ReadAllText(Record));
    }

    /// <summary>A file of the same length that came meanwhile isn't replaced.</summary>
    [Fact]
    public void AFileThatCameMeanwhileStays()
    {
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Llama);
        string model = _folder["model.safetensors"];
        byte[] other = new byte[plan.Shards.Shards[0].FileLength];
        Assert.Equal(
            $"'{model}' is there already, and its header isn't this checkpoint's; choose another folder, or remove it",
            Assert
                .Throws<CheckpointConflictException>(() =>
                    SmallModels
                        .WriterOf(plan, 5)
                        .WriteTo(_folder.Path, s_plain with { Progress = _ => File.WriteAllBytes(model, other) })
                )
                .Message
        );
        Assert.Equal(other, File.ReadAllBytes(model));
        Assert.Equal(["model.safetensors", "whose.json"], Names);
    }

    /// <summary>An index of another checkpoint isn't replaced either.</summary>
    [Fact]
    public void AnothersIndexStays()
    {
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Llama, 3_000_000);
        string index = _folder.Write(SafetensorsIndex.FileName, "{}"u8.ToArray());
        Assert.Equal(
            $"'{index}' is there and differs from what would be written; choose another folder, or remove it",
            Assert
                .Throws<CheckpointConflictException>(() => SmallModels.WriterOf(plan, 5).WriteTo(_folder.Path, s_plain))
                .Message
        );
        Assert.Equal([SafetensorsIndex.FileName], Names);
    }

    /// <summary>Weights that nothing says anything of are another checkpoint's, whatever they are called.</summary>
    [Theory]
    [InlineData("model-00001-of-00005.safetensors")]
    [InlineData("adapter_model.safetensors")]
    [InlineData("other.safetensors.index.json")]
    public void AFolderWithOthersWeightsIsRefused(string name)
    {
        _folder.Write(name, "{}"u8.ToArray());
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Llama);
        Assert.Equal(
            $"'{_folder.Path}' holds another checkpoint's '{name}'; choose another folder, or empty it",
            Assert
                .Throws<CheckpointConflictException>(() => SmallModels.WriterOf(plan, 5).WriteTo(_folder.Path, s_plain))
                .Message
        );
        Assert.Equal([name], Names);
    }

    /// <summary>However they meet.</summary>
    [Fact]
    public void OneOfTwoGetsTheFolder()
    {
        CheckpointPlan plan = SmallModels.PlanOf(
            """{"model_type": "resnet", "embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1], "layer_type": "basic"}"""
        );
        for (int round = 0; round < 20; round++)
        {
            using var folder = new TemporaryFolder();
            int[] winners = new int[2];
            Parallel.For(
                0,
                2,
                new ParallelOptions { MaxDegreeOfParallelism = 2 },
                seed =>
                {
                    try
                    {
                        SmallModels.WriterOf(plan, seed).WriteTo(folder.Path, s_plain);
                        winners[seed] = 1;
                    }
                    catch (CheckpointConflictException)
                    {
                        // One of them must.
                    }
                }
            );
            Assert.Equal(1, winners.Sum());
            using var alone = new TemporaryFolder();
            SmallModels.WriterOf(plan, Array.IndexOf(winners, 1)).WriteTo(alone.Path, s_plain);
            Assert.Equal(SmallModels.HashOf(alone.Path), SmallModels.HashOf(folder.Path));
        }
    }

    [Fact]
    public void LinksToTheSameFilesAreTheSame()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right there");
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Llama);
        SmallModels.WriterOf(plan, 5).WriteTo(_folder["blobs"], s_plain);
        string linked = Directory.CreateDirectory(_folder["linked"]).FullName;
        foreach (string name in (string[])["whose.json", "model.safetensors"])
        {
            File.CreateSymbolicLink(Path.Combine(linked, name), $"../blobs/{name}");
        }
        WriteResult result = SmallModels.WriterOf(plan, 5).WriteTo(linked, s_plain);
        Assert.Equal((0, plan.Shards.Shards[0].FileLength, true), (result.Written, result.Kept, result.IsComplete));
        foreach (string name in (string[])["model.safetensors", "whose.json"])
        {
            string path = Path.Combine(linked, name);
            File.Delete(path);
            File.CreateSymbolicLink(path, "nowhere");
            Assert.Equal(
                $"'{path}' is a link to nothing, where a file of the checkpoint belongs; choose another folder, or remove it",
                Assert
                    .Throws<CheckpointConflictException>(() => SmallModels.WriterOf(plan, 5).WriteTo(linked, s_plain))
                    .Message
            );
        }
    }

    [Theory]
    [InlineData("../whose.json", "lies in another folder; it must be a plain name of a file beside the index")]
    [InlineData("/etc/passwd", "lies in another folder; it must be a plain name of a file beside the index")]
    [InlineData("..", "lies in another folder; it must be a plain name of a file beside the index")]
    [InlineData("", "has no name")]
    [InlineData("c:x", "has a colon, which on Windows names a drive or a stream; it must be a plain name")]
    public void NamesThatLeadElsewhereAreRefused(string name, string says)
    {
        var header = SafetensorsHeader.Create([], null);
        string expected = $"The file '{name}' {says}. (Parameter 'name')";
        Assert.Equal(expected, Assert.Throws<ArgumentException>(() => new CheckpointDocument(name, default)).Message);
        Assert.Equal(expected, Assert.Throws<ArgumentException>(() => new Shard(name, header)).Message);
        Shard shard = new("a", header);
        Assert.Equal(expected, Assert.Throws<ArgumentException>(() => shard with { FileName = name }).Message);
    }

    /// <summary>Bytes that do something when they are first looked at.</summary>
    private sealed class HookedBytes(byte[] bytes, Action hook) : MemoryManager<byte>
    {
        private bool _isDone;

        // Its own begins by looking at the bytes.
        public override Memory<byte> Memory => CreateMemory(bytes.Length);

        public override Span<byte> GetSpan()
        {
            if (!_isDone)
            {
                _isDone = true;
                hook();
            }
            return bytes;
        }

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing) { }
    }
}
