using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FanIn.Checkpoints.Tests;

/// <summary>Another checkpoint with some of its tensors new: copies, the files beside them, and their sums.</summary>
public sealed class ReplacingTests : IDisposable
{
    private const string Copied = "fanin.copied.json";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Old => _folder["old"];

    private string New => _folder["new"];

    /// <summary>A checkpoint in several files, with a config and a tokenizer beside it.</summary>
    private void SaveOld(string? folder = null)
    {
        SmallModels.WriterOf(SmallModels.PlanOf(SmallModels.Llama, 3_000_000), 1).WriteTo(folder ?? Old);
        File.Delete(Path.Combine(folder ?? Old, "whose.json"));
        File.WriteAllText(Path.Combine(folder ?? Old, "config.json"), SmallModels.Llama);
        File.WriteAllText(Path.Combine(folder ?? Old, "tokenizer.json"), "{}\r\n");
    }

    /// <summary>The MLPs of a checkpoint from another seed, as fanin init --match writes them.</summary>
    private static WriteResult Replace(Checkpoint source, string to, CheckpointWriterOptions? options = null)
    {
        Plan all = CheckpointModel.FromConfig(SmallModels.Llama).PlanBy();
        var plan = new Plan([.. all.Rows.Where(row => IsNew(row.Parameter.Name))]);
        var values = CheckpointValues.Replacing(plan, source, 2);
        var record = new CheckpointRecord
        {
            Version = "1.0",
            Seed = 2,
            Source = "old",
            CopiedFrom = "old",
            PlanJson = CheckpointRecord.PlanOfSome(plan, values.Shards),
        };
        return new CheckpointWriter(
            values,
            [record.ToDocument()],
            source.Index is null ? [] : [new(SafetensorsIndex.FileName, File.ReadAllBytes(source.Path))]
        )
        {
            Companions = CompanionFiles.Of(source),
        }.WriteTo(to, options);
    }

    private static bool IsNew(string name) => name.Contains(".mlp.", StringComparison.Ordinal);

    private VerifyResult Verify(long? sample = null) =>
        CheckpointVerifier.Run(New, new() { Sample = sample }, TestContext.Current.CancellationToken);

    private void SaveBoth()
    {
        SaveOld();
        using Checkpoint old = Checkpoint.Open(Old);
        Replace(old, New);
    }

    /// <summary>The same folder, sums and companions too, whoever writes what; temporary names and all.</summary>
    [Fact]
    public void RanksAndThreadsWriteTheSame()
    {
        SaveOld();
        using Checkpoint old = Checkpoint.Open(Old);
        string? expected = null;
        foreach ((int world, int threads) in ((int, int)[])[(1, 0), (1, 1), (2, 2), (3, 1), (7, 2)])
        {
            using var folder = new TemporaryFolder();
            for (int rank = world - 1; rank >= 0; rank--)
            {
                WriteResult result = Replace(
                    old,
                    folder.Path,
                    new() { Rank = new(rank, world, "test"), Threads = threads }
                );
                Assert.Equal(result.IsComplete, File.Exists(folder[Copied]));
                Assert.True(result.IsComplete || rank > 0);
            }
            string found = SmallModels.HashOf(folder.Path);
            Assert.Equal(expected ??= found, found);
        }
    }

    /// <summary>The sums are those of the source's bytes, and what is verified by them is all of the copy.</summary>
    [Fact]
    public void SumsAreTheSources()
    {
        SaveBoth();
        using JsonDocument sums = JsonDocument.Parse(File.ReadAllText(Path.Combine(New, Copied)));
        using Checkpoint old = Checkpoint.Open(Old);
        foreach (SafetensorsFile file in old.Files)
        {
            byte[] bytes = File.ReadAllBytes(file.Path);
            Assert.Equal(
                Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, file.Header.DataStart))),
                sums.RootElement.GetProperty("headers").GetProperty(Path.GetFileName(file.Path)).GetString()
            );
            foreach (SafetensorsTensor tensor in file.Header.Tensors)
            {
                bool isThere = sums.RootElement.GetProperty("tensors").TryGetProperty(tensor.Name, out JsonElement sum);
                Assert.Equal(!IsNew(tensor.Name), isThere);
                if (isThere)
                {
                    int at = (int)file.Header.PositionOf(tensor);
                    Assert.Equal(
                        Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(at, (int)tensor.ByteCount))),
                        sum.GetString()
                    );
                }
            }
        }
        VerifyResult verified = Verify();
        Assert.True(verified.IsEqual);
        Assert.Equal((old.Tensors.Sum(tensor => tensor.Count), 0), (verified.Compared, verified.NotCompared));
    }

    /// <summary>Any one byte of what was copied: the file and the tensor are named, and the same byte of a new one is too.</summary>
    [Fact]
    public void OneFlippedBitOfACopyIsFound()
    {
        SaveBoth();
        string path;
        SafetensorsHeader header;
        using (Checkpoint copy = Checkpoint.Open(New))
        {
            path = copy.Files[0].Path;
            header = copy.Files[0].Header;
        }
        byte[] whole = File.ReadAllBytes(path);
        foreach (SafetensorsTensor tensor in header.Tensors)
        {
            byte[] bytes = [.. whole];
            bytes[header.PositionOf(tensor) + tensor.ByteCount - 1] ^= 1;
            File.WriteAllBytes(path, bytes);
            VerifyResult result = Verify();
            Assert.False(result.IsEqual);
            if (IsNew(tensor.Name))
            {
                Assert.Equal(tensor.Name, Assert.Single(result.Differences).Tensor);
                Assert.Empty(result.Faults);
            }
            else
            {
                string fault = Assert.Single(result.Faults);
                Assert.StartsWith(
                    $"'{path}' has other values in '{tensor.Name}' than the tensor that it was copied from: SHA-256 ",
                    fault
                );
            }
        }
        // The header's spaces and metadata count too.
        byte[] other = [.. whole];
        other[whole.AsSpan().IndexOf("\"pt\""u8) + 1] = (byte)'t';
        File.WriteAllBytes(path, other);
        Assert.Equal(
            $"'{path}' has another header than the file that it was copied from.",
            Assert.Single(Verify().Faults)
        );
    }

    /// <summary>What can't be told isn't passed over.</summary>
    [Fact]
    public void CopiesThatWerentComparedAreCounted()
    {
        SaveBoth();
        using Checkpoint old = Checkpoint.Open(Old);
        int copies = old.Tensors.Count(tensor => !IsNew(tensor.Name));
        VerifyResult sample = Verify(sample: 100);
        Assert.Equal((true, copies), (sample.IsEqual, sample.NotCompared));
        File.Delete(Path.Combine(New, Copied));
        VerifyResult unknown = Verify();
        Assert.Equal((true, copies), (unknown.IsEqual, unknown.NotCompared));
        // The same run again puts it back, and nothing else.
        WriteResult again = Replace(old, New);
        Assert.Equal(0, again.Written);
        Assert.Equal(0, Verify().NotCompared);
        foreach (
            string text in (string[])
                [
                    "",
                    "[]",
                    "{\"plan\": \"\", \"headers\": {}}",
                    "{\"plan\": \"\", \"headers\": {\"a\": \"12\"}, \"tensors\": {}}",
                ]
        )
        {
            File.WriteAllText(Path.Combine(New, Copied), text);
            Assert.Contains(
                $"{Copied}' isn't what fanin init leaves beside a copy",
                Assert.Throws<SafetensorsException>(() => Verify()).Message
            );
        }
    }

    /// <summary>Sums of an earlier copy, of another state of the source, don't make a correct one wrong.</summary>
    [Fact]
    public void OldSumsAreTakenAnew()
    {
        SaveBoth();
        foreach (string file in Directory.GetFiles(New).Where(file => !file.EndsWith(Copied, StringComparison.Ordinal)))
        {
            File.Delete(file);
        }
        // The same names, shapes and plan, other values.
        string first = Directory.GetFiles(Old, "*.safetensors").Order(StringComparer.Ordinal).First();
        byte[] bytes = File.ReadAllBytes(first);
        bytes[^1] ^= 1;
        File.WriteAllBytes(first, bytes);
        using Checkpoint old = Checkpoint.Open(Old);
        Assert.True(Replace(old, New).IsComplete);
        VerifyResult result = Verify();
        Assert.Empty(result.Faults);
        Assert.Equal(0, result.NotCompared);
    }

    /// <summary>Sums of another plan are said to be that, and taken anew by the same run again.</summary>
    [Fact]
    public void SumsOfAnotherPlanAreSaid()
    {
        SaveBoth();
        string path = Path.Combine(New, Copied);
        string text = File.ReadAllText(path);
        string plan = JsonDocument.Parse(text).RootElement.GetProperty("plan").GetString()!;
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(New, "fanin.plan.json")))),
            plan
        );
        File.WriteAllText(path, text.Replace(plan, new string('0', 64), StringComparison.Ordinal));
        using Checkpoint old = Checkpoint.Open(Old);
        VerifyResult result = Verify();
        Assert.Equal(
            $"'{path}' is of another plan than fanin.plan.json beside it, so the copied tensors can't be compared; the init command takes the sums anew.",
            Assert.Single(result.Faults)
        );
        Assert.Equal(old.Tensors.Count(tensor => !IsNew(tensor.Name)), result.NotCompared);
        Assert.Equal(0, Replace(old, New).Written);
        Assert.Equal(text, File.ReadAllText(path));
        Assert.True(Verify().IsEqual);
    }

    /// <summary>Of a copy the index is held against the files.</summary>
    [Fact]
    public void TheIndexOfACopyIsVerifiedToo()
    {
        SaveBoth();
        string path = Path.Combine(New, SafetensorsIndex.FileName);
        string other = Path.Combine(New, "other.safetensors.index.json");
        File.Move(path, other);
        Assert.True(Verify().IsEqual);
        File.WriteAllText(other, "{\"weight_map\": {\"a\": \"model.safetensors\"}}");
        Assert.StartsWith($"'{other}' doesn't say where '", Assert.Single(Verify().Faults));
        File.Delete(other);
        Assert.Equal([$"'{path}' isn't there."], Verify().Faults);
    }

    /// <summary>A folder of Hugging Face's cache, which is links to blobs: the copy is files, under the links' names.</summary>
    [Fact]
    public void ASnapshotOfHuggingFacesCacheIsCopied()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right there");
        SaveOld(_folder["flat"]);
        string snapshot = Directory.CreateDirectory(_folder["models--x/snapshots/5d1f"]).FullName;
        Directory.CreateDirectory(_folder["models--x/blobs"]);
        foreach ((int i, string file) in Directory.GetFiles(_folder["flat"]).Index())
        {
            File.Copy(file, _folder[$"models--x/blobs/{i:x40}"]);
            File.CreateSymbolicLink(Path.Combine(snapshot, Path.GetFileName(file)), $"../../blobs/{i:x40}");
        }
        using (Checkpoint flat = Checkpoint.Open(_folder["flat"]))
        {
            Replace(flat, _folder["fresh"]);
        }
        using Checkpoint cached = Checkpoint.Open(snapshot);
        Replace(cached, New);
        Assert.Equal(SmallModels.HashOf(_folder["fresh"]), SmallModels.HashOf(New));
        Assert.Contains("tokenizer.json", Directory.GetFiles(New).Select(Path.GetFileName));
        Assert.All(Directory.GetFiles(New), file => Assert.Null(new FileInfo(file).LinkTarget));
    }

    [Fact]
    public void OtherFilesComeAlongAndWeightsDont()
    {
        SaveOld();
        File.WriteAllBytes(Path.Combine(Old, "tokenizer.model"), [0, 255, 13, 10]);
        File.WriteAllText(Path.Combine(Old, "__init__.py"), "");
        File.WriteAllText(Path.Combine(Old, ".gitattributes"), "*.safetensors filter=lfs");
        File.WriteAllText(Path.Combine(Old, ".env"), "TOKEN=secret");
        File.WriteAllText(Path.Combine(Old, "fanin.plan.json"), "{}");
        File.WriteAllText(Path.Combine(Old, Copied), "{}");
        File.WriteAllText(Path.Combine(Old, ".model.safetensors.0f.tmp"), "half");
        File.WriteAllText(Path.Combine(Old, "pytorch_model.bin"), "pickle");
        File.WriteAllText(Path.Combine(Old, "consolidated.safetensors"), "weights");
        File.WriteAllText(Path.Combine(Old, "pytorch_model.bin.index.json"), "{}");
        Directory.CreateDirectory(Path.Combine(Old, "onnx"));
        Directory.CreateDirectory(Path.Combine(Old, ".git"));
        bool hasLinks = !OperatingSystem.IsWindows();
        if (hasLinks)
        {
            _folder.Write("secret", "secret"u8.ToArray());
            File.CreateSymbolicLink(Path.Combine(Old, "vocab.txt"), "../secret");
            File.CreateSymbolicLink(Path.Combine(Old, "gone.txt"), "nowhere");
            File.CreateSymbolicLink(Path.Combine(Old, "same.json"), "tokenizer.json");
        }
        using Checkpoint old = Checkpoint.Open(Old);
        var companions = CompanionFiles.Of(old);
        string[] link = hasLinks ? ["same.json"] : [];
        Assert.Equal(
            [".gitattributes", "__init__.py", "config.json", .. link, "tokenizer.json", "tokenizer.model"],
            companions.Names
        );
        Assert.Equal(
            hasLinks
                ?
                [
                    "'.env' (hidden)",
                    "'consolidated.safetensors' (weights, the old ones)",
                    "'gone.txt' (a link to nothing)",
                    "'onnx' (a folder)",
                    "'pytorch_model.bin' (weights, the old ones)",
                    "'pytorch_model.bin.index.json' (weights, the old ones)",
                    "'vocab.txt' (a link that leads out of the folder)",
                ]
                :
                [
                    "'.env' (hidden)",
                    "'consolidated.safetensors' (weights, the old ones)",
                    "'onnx' (a folder)",
                    "'pytorch_model.bin' (weights, the old ones)",
                    "'pytorch_model.bin.index.json' (weights, the old ones)",
                ],
            companions.LeftOut
        );
        Replace(old, New);
        Assert.Equal(
            companions
                .Names.Concat(old.Files.Select(file => Path.GetFileName(file.Path)))
                .Concat(["fanin.plan.json", Copied, SafetensorsIndex.FileName])
                .Order(StringComparer.Ordinal),
            Directory.GetFileSystemEntries(New).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.All(
            companions.Names,
            name => Assert.Equal(File.ReadAllBytes(Path.Combine(Old, name)), File.ReadAllBytes(Path.Combine(New, name)))
        );
    }

    /// <summary>Empty files are copied; what has no end isn't opened.</summary>
    [Fact]
    public void PipesAndSocketsStayWhereTheyAre()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "which kind of file it is only Linux is asked");
        SaveOld();
        using (Process make = Process.Start("mkfifo", [Path.Combine(Old, "merges.txt")]))
        {
            make.WaitForExit();
            Assert.Equal(0, make.ExitCode);
        }
        File.CreateSymbolicLink(Path.Combine(Old, "other.txt"), "merges.txt");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(Old, "s.json")));
        File.WriteAllText(Path.Combine(Old, "empty.txt"), "");
        using Checkpoint old = Checkpoint.Open(Old);
        var companions = CompanionFiles.Of(old);
        Assert.Equal(["config.json", "empty.txt", "tokenizer.json"], companions.Names);
        Assert.Equal(
            [
                "'merges.txt' (no file but a pipe, socket or device)",
                "'other.txt' (no file but a pipe, socket or device)",
                "'s.json' (no file but a pipe, socket or device)",
            ],
            companions.LeftOut
        );
        Replace(old, New);
        Assert.False(File.Exists(Path.Combine(New, "merges.txt")));
        Assert.Equal(0, new FileInfo(Path.Combine(New, "empty.txt")).Length);
    }

    /// <summary>Somebody else's file isn't overwritten; one that is the same is kept, also as a link.</summary>
    [Fact]
    public void AnotherFileInTheWayIsRefused()
    {
        SaveOld();
        using Checkpoint old = Checkpoint.Open(Old);
        foreach (string other in (string[])["{}", "{}\r\r", "{}\r\n\r\n", ""])
        {
            Directory.CreateDirectory(New);
            File.WriteAllText(Path.Combine(New, "tokenizer.json"), other);
            Assert.Contains(
                "tokenizer.json' is there and differs from",
                Assert.Throws<CheckpointConflictException>(() => Replace(old, New)).Message
            );
            Assert.Equal(["tokenizer.json"], Directory.GetFiles(New).Select(Path.GetFileName));
            Assert.Equal(other, File.ReadAllText(Path.Combine(New, "tokenizer.json")));
        }
        File.WriteAllText(Path.Combine(New, "tokenizer.json"), "{}\r\n");
        Assert.True(Replace(old, New).IsComplete);
    }
}
