using System.Runtime.InteropServices;
using System.Text;

namespace FanIn.Checkpoints.Tests;

public sealed class CheckpointWriterTests
{
    private static readonly CheckpointWriterOptions s_plain = new() { Threads = 2 };

    /// <summary>Whoever writes what, and by which way: the same names and bytes, and nothing left over.</summary>
    [Theory]
    [InlineData(SmallModels.Gpt2, 6_000_000)]
    [InlineData(SmallModels.Gpt2, 5_000_000_000)]
    [InlineData(SmallModels.Llama, 2_000_000)]
    [InlineData(SmallModels.Llama, 5_000_000_000)]
    public void RanksThreadsAndWaysWriteTheSame(string config, long maxShardSize)
    {
        CheckpointPlan plan = SmallModels.PlanOf(config, maxShardSize);
        string? expected = null;
        foreach (int world in (int[])[1, 2, 3, 7])
        {
            foreach (int threads in (int[])[1, 2])
            {
                foreach (bool direct in (bool[])[true, false])
                {
                    using var folder = new TemporaryFolder();
                    for (int rank = 0; rank < world; rank++)
                    {
                        WriteResult result = SmallModels
                            .WriterOf(plan, 5)
                            .WriteTo(
                                folder.Path,
                                new()
                                {
                                    Rank = new(rank, world, "test"),
                                    Threads = threads,
                                    Direct = direct,
                                }
                            );
                        Assert.Equal(0, result.Kept);
                    }
                    string found = SmallModels.HashOf(folder.Path);
                    Assert.Equal(expected ??= found, found);
                }
            }
        }
    }

    /// <summary>All ranks at the same time, three of them twice.</summary>
    [Fact]
    public void RanksMayWriteAtOnceAndTwice()
    {
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Gpt2);
        using TemporaryFolder alone = new();
        SmallModels.WriterOf(plan, 5).WriteTo(alone.Path);
        for (int round = 0; round < 3; round++)
        {
            using TemporaryFolder together = new();
            int[] ranks = [0, 1, 2, 3, 4, 0, 2, 4];
            Parallel.ForEach(
                ranks,
                new ParallelOptions { MaxDegreeOfParallelism = ranks.Length },
                rank =>
                    SmallModels.WriterOf(plan, 5).WriteTo(together.Path, s_plain with { Rank = new(rank, 5, "test") })
            );
            Assert.Equal(SmallModels.HashOf(alone.Path), SmallModels.HashOf(together.Path));
        }
    }

    /// <summary>The values of the rows, each filled as a whole and read by the reader of checkpoints.</summary>
    [Theory]
    [InlineData(SmallModels.Gpt2, null, null)]
    [InlineData(SmallModels.Gpt2, ElementType.Float16, "he_normal")]
    [InlineData(SmallModels.Llama, null, null)]
    [InlineData(SmallModels.Llama, ElementType.Float64, null)]
    [InlineData(SmallModels.Llama, ElementType.Float32, "orthogonal")]
    public void FilesHoldThePlansValues(string config, ElementType? type, string? recipe)
    {
        CheckpointPlan plan = SmallModels.PlanOf(config, 7_000_000, recipe, type);
        using var folder = new TemporaryFolder();
        SmallModels.WriterOf(plan, -3).WriteTo(folder.Path, s_plain);
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        foreach (PlanRow row in plan.Plan.Rows)
        {
            string name = row.Parameter.Name;
            byte[] found = new byte[checkpoint[name].ByteCount];
            checkpoint.ReadBytes(name, found);
            byte[] expected = row.Parameter.ElementType switch
            {
                ElementType.Float32 => Filled<float>(row, (r, d) => r.Fill(d, -3)),
                ElementType.Float64 => Filled<double>(row, (r, d) => r.Fill(d, -3)),
                ElementType.BFloat16 => Filled<BFloat16>(row, (r, d) => r.Fill(d, -3)),
                _ => Filled<Half>(row, (r, d) => r.Fill(d, -3)),
            };
            Assert.True(expected.AsSpan().SequenceEqual(found), name);
        }
        Assert.Equal(plan.Shards.Shards.Length, checkpoint.Files.Length);
        Assert.Equal(plan.Shards.Index, checkpoint.Index);
    }

    [Fact]
    public void BuffersAreWhatTheFamilySays()
    {
        CheckpointPlan plan = SmallModels.PlanOf(
            """{"model_type": "resnet", "embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1], "layer_type": "basic"}"""
        );
        Assert.NotEmpty(plan.Model.Buffers);
        using var folder = new TemporaryFolder();
        SmallModels.WriterOf(plan, 1).WriteTo(folder.Path, s_plain);
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        foreach (CheckpointBuffer buffer in plan.Model.Buffers)
        {
            if (buffer.Type == SafetensorsType.I64)
            {
                Assert.All(checkpoint.Read<long>(buffer.Name), value => Assert.Equal(buffer.Value, value));
            }
            else
            {
                Assert.All(checkpoint.Read<float>(buffer.Name), value => Assert.Equal(buffer.Value, value));
            }
        }
        Assert.Contains(plan.Model.Buffers, buffer => buffer.Value == 1);
    }

    [Fact]
    public void WhatIsThereIsKept()
    {
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Gpt2, 6_000_000);
        using var folder = new TemporaryFolder();
        CheckpointWriter writer = SmallModels.WriterOf(plan, 5);
        Assert.True(writer.WriteTo(folder.Path, s_plain).IsComplete);
        string hash = SmallModels.HashOf(folder.Path);
        string[] files = [.. plan.Shards.Shards.Select(shard => Path.Combine(folder.Path, shard.FileName))];
        File.Delete(files[1]);
        File.Delete(Path.Combine(folder.Path, SafetensorsIndex.FileName));
        DateTime before = File.GetLastWriteTimeUtc(files[0]);
        var steps = new List<WriteProgress>();
        WriteResult result = writer.WriteTo(folder.Path, s_plain with { Progress = steps.Add });
        Assert.Equal(
            new(
                plan.Shards.Shards[1].FileLength,
                files.Sum(f => new FileInfo(f).Length) - plan.Shards.Shards[1].FileLength,
                true
            ),
            result
        );
        Assert.Equal(before, File.GetLastWriteTimeUtc(files[0]));
        Assert.Equal(hash, SmallModels.HashOf(folder.Path));
        Assert.Equal(steps[^1].Total, steps[^1].Bytes);
        Assert.Equal(steps.Select(step => step.Bytes).Order(), steps.Select(step => step.Bytes));
    }

    /// <summary>What killed attempts leave goes when the file is there; what is another file's stays.</summary>
    [Fact]
    public void LeftoversGo()
    {
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Llama);
        using TemporaryFolder clean = new(),
            folder = new();
        CheckpointWriter writer = SmallModels.WriterOf(plan, 5);
        writer.WriteTo(clean.Path, s_plain);
        string guid = Guid.NewGuid().ToString("N");
        File.WriteAllText(Path.Combine(folder.Path, $".model.safetensors.{guid}.tmp"), "half");
        string parts = Path.Combine(folder.Path, $".model.safetensors.{guid[..16]}.parts");
        Directory.CreateDirectory(parts);
        File.WriteAllText(Path.Combine(parts, "data"), "half");
        writer.WriteTo(folder.Path, s_plain);
        Assert.Equal(SmallModels.HashOf(clean.Path), SmallModels.HashOf(folder.Path));
        string other = Path.Combine(folder.Path, $".model.safetensors.index.json.{guid}.tmp");
        File.WriteAllText(other, "another's");
        writer.WriteTo(folder.Path, s_plain);
        Assert.True(File.Exists(other));
    }

    /// <summary>A range that is on the disk isn't written again, whatever the other ranks do.</summary>
    [Fact]
    public void FinishedRangesAreKept()
    {
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Gpt2);
        using TemporaryFolder clean = new(),
            folder = new();
        CheckpointWriter writer = SmallModels.WriterOf(plan, 5);
        writer.WriteTo(clean.Path, s_plain);
        CheckpointWriterOptions second = s_plain with { Rank = new(1, 3, "test") };
        WriteResult result = writer.WriteTo(folder.Path, second);
        Assert.False(result.IsComplete);
        Assert.Equal(0, result.Kept);
        Assert.False(File.Exists(Path.Combine(folder.Path, "model.safetensors")));
        WriteResult again = writer.WriteTo(folder.Path, second);
        Assert.Equal((0, result.Written), (again.Written, again.Kept));
        // Other ranges, over what is there.
        Assert.False(writer.WriteTo(folder.Path, s_plain with { Rank = new(0, 2, "test") }).IsComplete);
        Assert.True(writer.WriteTo(folder.Path, s_plain with { Rank = new(1, 2, "test") }).IsComplete);
        Assert.Equal(SmallModels.HashOf(clean.Path), SmallModels.HashOf(folder.Path));
    }

    /// <summary>
    /// Markers of an attempt whose file is gone say nothing of a new one: all markers are there, the file is to be written.
    /// </summary>
    [Fact]
    public void MarkersOfAnotherAttemptCountForNothing()
    {
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Gpt2);
        using TemporaryFolder clean = new(),
            folder = new();
        CheckpointWriter writer = SmallModels.WriterOf(plan, 5);
        writer.WriteTo(clean.Path, s_plain);
        writer.WriteTo(folder.Path, s_plain with { Rank = new(0, 2, "test") });
        string parts = Assert.Single(Directory.GetDirectories(folder.Path));
        string[] markers = [.. Directory.GetFiles(parts).Where(file => Path.GetFileName(file).Contains('-'))];
        Assert.Single(markers);
        File.WriteAllBytes(Path.Combine(parts, "data"), new byte[plan.Shards.Shards[0].FileLength]);
        File.WriteAllText(Path.Combine(parts, "nonce"), Guid.NewGuid().ToString("N"));
        Assert.False(writer.WriteTo(folder.Path, s_plain with { Rank = new(1, 2, "test") }).IsComplete);
        Assert.True(writer.WriteTo(folder.Path, s_plain with { Rank = new(0, 2, "test") }).IsComplete);
        Assert.Equal(SmallModels.HashOf(clean.Path), SmallModels.HashOf(folder.Path));

        // A folder from which the data were moved: the rename came through, the rest didn't.
        File.Delete(Path.Combine(folder.Path, "model.safetensors"));
        Directory.CreateDirectory(parts);
        File.WriteAllText(Path.Combine(parts, "nonce"), Guid.NewGuid().ToString("N"));
        Assert.False(writer.WriteTo(folder.Path, s_plain with { Rank = new(0, 2, "test") }).IsComplete);
        Assert.True(writer.WriteTo(folder.Path, s_plain with { Rank = new(1, 2, "test") }).IsComplete);
        Assert.Equal(SmallModels.HashOf(clean.Path), SmallModels.HashOf(folder.Path));
    }

    [Fact]
    public void AnothersFilesAreLeftAlone()
    {
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Llama);
        using var folder = new TemporaryFolder();
        string model = Path.Combine(folder.Path, "model.safetensors");
        CheckpointWriter writer = SmallModels.WriterOf(plan, 5);
        File.WriteAllText(model, "mine");
        Assert.Equal(
            $"'{model}' is there already, and nothing in the folder says that it is of this checkpoint; choose another folder, or remove it",
            Conflict()
        );
        File.Delete(model);
        writer.WriteTo(folder.Path, s_plain);
        byte[] bytes = File.ReadAllBytes(model);
        File.WriteAllBytes(model, bytes[..^1]);
        Assert.Equal(
            $"'{model}' is there already, and it has {bytes.Length - 1} bytes, this checkpoint's {bytes.Length}; choose another folder, or remove it",
            Conflict()
        );
        bytes[20]++;
        File.WriteAllBytes(model, bytes);
        Assert.Equal(
            $"'{model}' is there already, and its header isn't this checkpoint's; choose another folder, or remove it",
            Conflict()
        );
        File.Delete(model);
        Directory.CreateDirectory(model);
        Assert.Equal($"'{model}' is a folder, where a file of the checkpoint belongs", Conflict());
        Directory.Delete(model);
        string whose = Path.Combine(folder.Path, "whose.json");
        File.WriteAllText(whose, "another's");
        Assert.Equal(
            $"'{whose}' is there and differs from what would be written; choose another folder, or remove it",
            Conflict()
        );
        Assert.Equal(["whose.json"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));

        string Conflict() =>
            Assert.Throws<CheckpointConflictException>(() => writer.WriteTo(folder.Path, s_plain)).Message;
    }

    [Fact]
    public void CancellingLeavesNoHalfFile()
    {
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Gpt2);
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            SmallModels
                .WriterOf(plan, 5)
                .Write(folder.Path, s_plain with { Threads = 1, Progress = _ => stop.Cancel() }, stop.Token)
        );
        Assert.Equal(["whose.json"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void RowsWithoutValuesAreRefused()
    {
        CheckpointModel model = CheckpointModel.FromConfig(SmallModels.Llama);
        Assert.StartsWith(
            "'model.norm.weight' keeps its values by its rule, but a new checkpoint has none to keep",
            Fault(Recipe.Parse("llama").With(Rule.Keep("model.norm.weight")))
        );
        Assert.StartsWith(
            "'model.embed_tokens.weight' can't be written: lsuv is fitted to data",
            Fault(Recipe.Parse("llama").With(Rule.For("model.embed_tokens.weight", Initializer.Lsuv())))
        );

        string Fault(Recipe recipe)
        {
            CheckpointPlan plan = CheckpointPlan.Of(model);
            return Assert
                .Throws<NotSupportedException>(() =>
                    CheckpointValues.Create(recipe.Apply(model.Description), [], plan.Shards.Shards, 1)
                )
                .Message;
        }
    }

    /// <summary>The example of docs/checkpoints.md.</summary>
    [Fact]
    public void APlanIsWrittenAndVerified()
    {
        using var folder = new TemporaryFolder();
        string model = folder["model"];
        CheckpointPlan plan = CheckpointPlan.Of(CheckpointModel.FromConfig(SmallModels.Llama));
        CheckpointValues values = CheckpointValues.Create(plan.Plan, plan.Model.Buffers, plan.Shards.Shards, seed: 42);
        var record = new CheckpointRecord
        {
            Version = "1.0",
            Seed = 42,
            Source = "config.json",
            Metadata = SafetensorsHeader.PyTorchMetadata,
            PlanJson = plan.ToJson(),
        };
        WriteResult result = new CheckpointWriter(values, [record.ToDocument()], []).WriteTo(model);
        VerifyResult verified = CheckpointVerifier.Run(model, cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.IsComplete);
        Assert.True(verified.IsEqual);
        Assert.Equal(plan.ParameterCount, verified.Compared);
        Assert.Equal(
            record,
            CheckpointVerifier.RecordOf(model) with
            {
                Metadata = record.Metadata,
                PlanJson = record.PlanJson,
            }
        );
        Assert.Equal(record.ToJson(), CheckpointVerifier.RecordOf(model).ToJson());

        byte[] some = new byte[1000];
        values.Fill(0, some, 12_345);
        Assert.Equal(File.ReadAllBytes(folder["model/model.safetensors"])[12_345..13_345], some);
        Assert.Throws<ArgumentOutOfRangeException>(() => values.Fill(0, some, plan.Shards.Shards[0].FileLength - 999));
        Assert.Throws<ArgumentOutOfRangeException>(() => values.Fill(1, some, 0));
    }

    /// <summary>Values that depend on one another too: any bytes, in any order, cut through elements.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("orthogonal")]
    public void AnyBytesAreTheFiles(string? recipe)
    {
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Llama, recipe: recipe);
        CheckpointValues values = SmallModels.ValuesOf(plan, 5);
        byte[] whole = new byte[plan.Shards.Shards[0].FileLength];
        values.Fill(0, whole, 0);
        var random = RandomStream.Create(1, "cuts");
        long[] cuts = new long[40];
        random.FillIntegers(cuts, whole.Length);
        foreach (long cut in cuts)
        {
            byte[] part = new byte[Math.Min(whole.Length - cut, 12_345)];
            values.Fill(0, part, cut);
            Assert.True(part.AsSpan().SequenceEqual(whole.AsSpan((int)cut, part.Length)), $"from byte {cut}");
        }
    }

    [Fact]
    public void MemoryOfWholeTensorsIsSaid()
    {
        Assert.Equal(0, SmallModels.ValuesOf(SmallModels.PlanOf(SmallModels.Gpt2), 1).WorkingMemory);
        CheckpointPlan plan = SmallModels.PlanOf(SmallModels.Llama, recipe: "orthogonal");
        Assert.Equal(2 * 6000 * 256 * (2 + 4), SmallModels.ValuesOf(plan, 1).WorkingMemory);
    }

    private static byte[] Filled<T>(PlanRow row, Action<PlanRow, T[]> fill)
        where T : unmanaged
    {
        T[] values = new T[row.Parameter.Tensor.Count];
        fill(row, values);
        return MemoryMarshal.AsBytes<T>(values).ToArray();
    }
}
