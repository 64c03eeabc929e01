using System.Text.Json;
using FanIn.Checkpoints;

namespace FanIn.Cli.Tests;

public sealed class InitTests : IDisposable
{
    private const string Gpt2 =
        """{"model_type": "gpt2", "n_embd": 64, "n_layer": 2, "n_head": 4, "vocab_size": 900, "n_positions": 32}""";

    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    [Fact]
    public async Task ACheckpointIsWrittenVerifiedAndKept()
    {
        string config = _fanin.Write("config.json", Gpt2);
        Answer first = await Fanin.RunAsync("init", config, "--out", _fanin.Out, "--seed", "7");
        Assert.Equal((ExitCode.Done, ""), (first.Code, first.Error));
        Assert.StartsWith($"{_fanin.Out}: model.safetensors, 642 KB, seed 7; 642 KB written in ", first.Output);
        Assert.Equal(
            ["config.json", "fanin.plan.json", "model.safetensors"],
            Directory.GetFiles(_fanin.Out).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Equal(Gpt2, File.ReadAllText(Path.Combine(_fanin.Out, "config.json")));

        Answer verified = await Fanin.RunAsync("verify", _fanin.Out);
        Assert.Equal((ExitCode.Done, ""), (verified.Code, verified.Error));
        Assert.Matches("^.*: 159,744 elements compared in .* s, all as planned\n$", verified.Output);

        Answer again = await Fanin.RunAsync("init", config, "--out", _fanin.Out, "--seed", "7", "--json", "-");
        Assert.Equal(ExitCode.Done, again.Code);
        Assert.Contains("nothing left to write, 642 KB kept from before", again.Error);
        using JsonDocument json = JsonDocument.Parse(again.Output);
        Assert.True(json.RootElement.GetProperty("complete").GetBoolean());
        Assert.Equal(0, json.RootElement.GetProperty("written").GetInt64());
        Assert.Equal(
            new FileInfo(Path.Combine(_fanin.Out, "model.safetensors")).Length,
            json.RootElement.GetProperty("files")[0].GetProperty("bytes").GetInt64()
        );
    }

    /// <summary>The values are the library's, under the names of the family.</summary>
    [Fact]
    public async Task ValuesAreThePlans()
    {
        string config = _fanin.Write("config.json", Gpt2);
        Assert.Equal(0, (await Fanin.RunAsync("init", config, "--out", _fanin.Out, "--seed", "-1")).Code);
        using Checkpoint checkpoint = Checkpoint.Open(_fanin.Out);
        const string Name = "transformer.h.1.mlp.c_proj.weight";
        float[] expected = new float[256 * 64];
        Initializer
            .Normal(0, 0.02 / Math.Sqrt(4))
            .Fill(expected, TensorDescription.Dense(64, 256, WeightLayout.Keras), -1, Name);
        Assert.Equal(expected, checkpoint.Read<float>(Name));
    }

    [Theory]
    [InlineData("--seed", "8", "its seed is 0, not 8")]
    [InlineData("--recipe", "he_normal", "its recipe is the family's own, not he_normal")]
    [InlineData("--dtype", "bfloat16", "transformer.wte.weight's dtype is float32, not bfloat16")]
    [InlineData("--max-shard-size", "300KB", "transformer.wte.weight's file is model.safetensors, not model-00001-of-")]
    public async Task AnotherCheckpointsFolderIsRefused(string option, string value, string why)
    {
        string config = _fanin.Write("config.json", Gpt2);
        string[] command = ["init", config, "--out", _fanin.Out];
        Assert.Equal(0, (await Fanin.RunAsync(command)).Code);
        (await Fanin.RunAsync([.. command, option, value])).IsRefusal(
            $"'{_fanin.Out}' holds another checkpoint: {why}"
        );
        Assert.Equal(0, (await Fanin.RunAsync("verify", _fanin.Out)).Code);
    }

    [Fact]
    public async Task WhatIsWrongIsSaid()
    {
        string config = _fanin.Write("config.json", Gpt2);
        (await Fanin.RunAsync("init")).IsRefusal("init needs a SOURCE");
        (await Fanin.RunAsync("init", config)).IsRefusal("init needs --out DIR");
        (await Fanin.RunAsync("init", config, "--out", config)).IsRefusal($"--out '{config}' is a file; name a folder");
        await Refused("--seed must be a whole number", "--seed", "x");
        await Refused("--rank 1 says nothing without --world", "--rank", "1");
        await Refused("Rank 2 of 2 (from --rank and --world) is none", "--rank", "2", "--world", "2");
        await Refused("--rank must be a whole number from 0, not '-1'", "--rank", "-1");
        await Refused("--world must be a whole number from 1", "--world", "0");
        await Refused("--threads must be a whole number from 1 to 4096, not '0'", "--threads", "0");
        await Refused("--layout: unknown layout 'alined'; did you mean 'aligned'", "--layout", "alined");
        await Refused("is fitted to data that pass through the network", "--recipe", "lsuv");
        await Refused("--dtype doesn't go with --match", "--match", "*", "--dtype", "float16");
        Assert.False(Directory.Exists(_fanin.Out));

        async Task Refused(string says, params string[] options) =>
            (await Fanin.RunAsync(["init", config, "--out", _fanin.Out, .. options])).IsRefusal(says);
    }

    [Fact]
    public async Task ThreeRanksWriteWhatOneDoes()
    {
        string config = _fanin.Write("config.json", Gpt2);
        string one = Path.Combine(_fanin.Folder, "one");
        string[] options = ["--max-shard-size", "100KB", "--provenance", "--dtype", "float64"];
        Assert.Equal(0, (await Fanin.RunAsync(["init", config, "--out", one, .. options])).Code);
        foreach (string rank in (string[])["2", "0", "1"])
        {
            Answer answer = await Fanin.RunAsync([
                "init",
                config,
                "--out",
                _fanin.Out,
                .. options,
                "--rank",
                rank,
                "--world",
                "3",
            ]);
            Assert.Equal(0, answer.Code);
            Assert.StartsWith($"fanin: rank {rank} of 3, from --rank and --world", answer.Error);
            Assert.Equal(rank != "1", answer.Output.Contains("Other ranks' parts are missing"));
        }
        string[] files = [.. Directory.GetFiles(one).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Equal(files, Directory.GetFiles(_fanin.Out).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains(SafetensorsIndex.FileName, files);
        foreach (string file in files)
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(one, file)), File.ReadAllBytes(Path.Combine(_fanin.Out, file)));
        }
        using Checkpoint checkpoint = Checkpoint.Open(one);
        Assert.All(
            checkpoint.Files,
            file => Assert.Equal(("0", "pt"), (file.Header.Metadata!["seed"], file.Header.Metadata["format"]))
        );
    }

    [Fact]
    public async Task AlignedDataBeginAtABlock()
    {
        string config = _fanin.Write("config.json", Gpt2);
        string other = Path.Combine(_fanin.Folder, "hf");
        Assert.Equal(0, (await Fanin.RunAsync("init", config, "--out", _fanin.Out, "--layout", "aligned")).Code);
        Assert.Equal(0, (await Fanin.RunAsync("init", config, "--out", other)).Code);
        using Checkpoint aligned = Checkpoint.Open(_fanin.Out);
        using Checkpoint usual = Checkpoint.Open(other);
        Assert.Equal(0, aligned.Files[0].Header.DataStart % 4096);
        Assert.NotEqual(0, usual.Files[0].Header.DataStart % 4096);
        Assert.Equal(usual.Tensors, aligned.Tensors);
        Assert.Equal(usual.Read<float>("transformer.wte.weight"), aligned.Read<float>("transformer.wte.weight"));
        Assert.Equal(0, (await Fanin.RunAsync("verify", _fanin.Out)).Code);
    }

    /// <summary>What matches is new, all else the same byte for byte.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SomeTensorsOfACheckpointGetNewValues(bool hasConfig)
    {
        string config = _fanin.Write("config.json", Gpt2);
        string old = Path.Combine(_fanin.Folder, "old");
        Assert.Equal(0, (await Fanin.RunAsync("init", config, "--out", old, "--max-shard-size", "200KB")).Code);
        if (!hasConfig)
        {
            File.Delete(Path.Combine(old, "config.json"));
        }
        string[] recipe = hasConfig ? [] : ["--recipe", "normal(std=0.5)"];
        Answer answer = await Fanin.RunAsync([
            "init",
            old,
            "--out",
            _fanin.Out,
            "--seed",
            "9",
            "--match",
            "*.mlp.c_fc.weight|*.wpe.*",
            .. recipe,
        ]);
        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        using (Checkpoint before = Checkpoint.Open(old))
        using (Checkpoint after = Checkpoint.Open(_fanin.Out))
        {
            Assert.Equal(before.Tensors, after.Tensors);
            Assert.Equal(before.Index, after.Index);
            foreach (SafetensorsTensor tensor in before.Tensors)
            {
                bool isNew = tensor.Name.EndsWith("c_fc.weight") || tensor.Name.Contains(".wpe.");
                float[] values = after.Read<float>(tensor.Name);
                Assert.Equal(isNew, !before.Read<float>(tensor.Name).SequenceEqual(values));
                if (isNew)
                {
                    double std = Math.Sqrt(values.Average(x => x * x));
                    // Of a table a recipe of one initializer makes standard normals.
                    double expected =
                        hasConfig ? 0.02
                        : tensor.Name.Contains(".wpe.") ? 1
                        : 0.5;
                    Assert.InRange(std / expected, 0.95, 1.05);
                }
            }
        }
        Answer verified = await Fanin.RunAsync("verify", _fanin.Out);
        Assert.Equal(0, verified.Code);
        Assert.Matches("^.*: 159,744 elements compared in .* s, all as planned\n$", verified.Output);
        Answer sample = await Fanin.RunAsync("verify", _fanin.Out, "--sample", "10");
        Assert.Equal(0, sample.Code);
        Assert.EndsWith(
            "\n25 copied tensors weren't compared: a sample can't tell whether they are what they were\n",
            sample.Output
        );
        (await Fanin.RunAsync("init", old, "--out", old, "--match", "*")).IsRefusal("--out is the checkpoint itself");
        (await Fanin.RunAsync("init", old, "--out", _fanin.Out, "--match", "x*")).IsRefusal(
            "--match 'x*' fits none of the 28 tensors"
        );
    }

    /// <summary>What else lies in the folder comes along; what doesn't is said.</summary>
    [Fact]
    public async Task TheFolderOfACopyIsAModelsFolder()
    {
        string old = await OldAsync();
        File.WriteAllText(Path.Combine(old, "tokenizer.json"), "{}");
        File.WriteAllText(Path.Combine(old, "pytorch_model.bin"), "pickle");
        for (int i = 1; i < 8; i++)
        {
            File.WriteAllText(Path.Combine(old, $"x{i}.gguf"), "");
        }
        string[] command = ["init", old, "--out", _fanin.Out, "--match", "*.wpe.*"];
        Answer answer = await Fanin.RunAsync(command);
        Assert.Equal(0, answer.Code);
        Assert.StartsWith(
            "fanin: not copied: 'pytorch_model.bin' (weights, the old ones), 'x1.gguf' (",
            Assert.Single(answer.ErrorLines)
        );
        Assert.EndsWith("'x4.gguf' (weights, the old ones) and 3 more", answer.ErrorLines[0]);
        Assert.Equal(
            ["config.json", "fanin.copied.json", "fanin.plan.json", "model.safetensors", "tokenizer.json"],
            Directory.GetFiles(_fanin.Out).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Contains("nothing left to write", (await Fanin.RunAsync(command)).Output);
        File.WriteAllText(Path.Combine(_fanin.Out, "tokenizer.json"), "[]");
        (await Fanin.RunAsync(command)).IsRefusal("tokenizer.json' is there and differs from");

        // A file that is named by itself says nothing of what lies beside it.
        string alone = Path.Combine(_fanin.Folder, "alone");
        Answer file = await Fanin.RunAsync(
            "init",
            Path.Combine(old, "model.safetensors"),
            "--out",
            alone,
            "--match",
            "*.wpe.*"
        );
        Assert.Equal((0, ""), (file.Code, file.Error));
        Assert.False(File.Exists(Path.Combine(alone, "tokenizer.json")));
    }

    [Fact]
    public async Task AChangedCopyIsFoundWithoutItsSource()
    {
        string old = await OldAsync();
        Assert.Equal(0, (await Fanin.RunAsync("init", old, "--out", _fanin.Out, "--match", "*.wpe.*")).Code);
        Directory.Delete(old, recursive: true);
        Assert.Equal(0, (await Fanin.RunAsync("verify", _fanin.Out)).Code);
        string model = Path.Combine(_fanin.Out, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(model);
        SafetensorsHeader header = SafetensorsHeader.Parse(bytes);
        bytes[header.PositionOf(header["transformer.ln_f.weight"])] ^= 1;
        File.WriteAllBytes(model, bytes);
        Answer answer = await Fanin.RunAsync("verify", _fanin.Out);
        Assert.Equal((ExitCode.Fault, ""), (answer.Code, answer.Error));
        Assert.Contains(
            "has other values in 'transformer.ln_f.weight' than the tensor that it was copied from",
            answer.Output
        );
        Assert.Contains("but 1 fault\n", answer.Output);
        File.Delete(Path.Combine(_fanin.Out, "fanin.copied.json"));
        Answer unknown = await Fanin.RunAsync("verify", _fanin.Out, "--json", "-");
        Assert.Contains(
            "27 copied tensors weren't compared: the sums of their source aren't in the folder",
            unknown.Error
        );
        using JsonDocument json = JsonDocument.Parse(unknown.Output);
        Assert.Equal(27, json.RootElement.GetProperty("notCompared").GetInt32());
    }

    /// <summary>A recipe is enough for a family that isn't known; without one the sentence says what is missing.</summary>
    [Fact]
    public async Task AnUnknownFamilysTensorsAreToldByTheirNames()
    {
        string old = await OldAsync();
        File.WriteAllText(Path.Combine(old, "config.json"), """{"model_type": "rwkv"}""");
        string[] command = ["init", old, "--out", _fanin.Out, "--match", "*.c_fc.weight"];
        (await Fanin.RunAsync(command)).IsRefusal("unknown model_type 'rwkv'");
        Answer answer = await Fanin.RunAsync([.. command, "--recipe", "normal(std=0.5)"]);
        Assert.Equal(0, answer.Code);
        Assert.StartsWith(
            "fanin: config.json isn't followed (unknown model_type 'rwkv'",
            Assert.Single(answer.ErrorLines)
        );
        Assert.EndsWith("; what tensors are to their layers is told by their names", answer.ErrorLines[0]);
    }

    private async Task<string> OldAsync()
    {
        string old = Path.Combine(_fanin.Folder, "old");
        Assert.Equal(0, (await Fanin.RunAsync("init", _fanin.Write("config.json", Gpt2), "--out", old)).Code);
        return old;
    }
}
