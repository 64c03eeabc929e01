using System.Diagnostics;
using System.Runtime.InteropServices;
using FanIn.Checkpoints;

namespace FanIn.Cli.Tests;

/// <summary>Some tensors of a checkpoint new: which, and that their values don't hang on which others are.</summary>
public sealed class MatchTests : IDisposable
{
    private const string Gpt2 =
        """{"model_type": "gpt2", "n_embd": 64, "n_layer": 4, "n_head": 4, "vocab_size": 900, "n_positions": 32}""";

    private const string Table = "transformer.wte.weight";
    private const string Head = "lm_head.weight";
    private const string Mask = "transformer.h.0.attn.bias";

    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    private string Old => Path.Combine(_fanin.Folder, "old");

    /// <summary>A value depends on the seed, the key and the tensor's own description: 4 layers stay 4, [in, out] stays so.</summary>
    [Theory]
    [InlineData("he_normal", "*.h.0.mlp.c_proj.weight", 0.0883883)]
    [InlineData("he_normal", "*.c_proj.weight", 0.0883883)]
    [InlineData("gpt2", "*.h.0.*", 0.0070711)]
    [InlineData("gpt2", "*.h.0.mlp.c_proj.weight", 0.0070711)]
    public async Task ValuesDontDependOnWhatElseMatches(string recipe, string match, double std)
    {
        await SaveOldAsync(withConfig: false);
        const string Name = "transformer.h.0.mlp.c_proj.weight";
        float[] some = await NewAsync(match, Name, recipe);
        Assert.InRange(Math.Sqrt(some.Average(x => x * x)) / std, 0.97, 1.03);
        Assert.Equal(await NewAsync("*", Name, recipe), some);
    }

    /// <summary>A rule that suits what matches needn't suit the rest.</summary>
    [Fact]
    public async Task RulesAreMeantForWhatMatches()
    {
        await SaveOldAsync(withConfig: true);
        string rules = _fanin.Write("rules.json", """{"rules": [{"name": "*.weight", "init": "he_normal"}]}""");
        float[] values = await NewAsync("*.c_fc.weight", "transformer.h.1.mlp.c_fc.weight", rules);
        Assert.InRange(Math.Sqrt(values.Average(x => x * x)) / Math.Sqrt(2.0 / 64), 0.97, 1.03);
    }

    /// <summary>A tied head that is stored all the same, a mask and a counter don't cost the config its say.</summary>
    [Fact]
    public async Task TheConfigHoldsForTheTensorsThatItHas()
    {
        await SaveOldAsync(
            withConfig: true,
            (Head, SafetensorsType.F32, [900, 64]),
            (Mask, SafetensorsType.U8, [1, 1, 32, 32]),
            ("transformer.h.0.attn.masked_bias", SafetensorsType.F32, []),
            ("norm.running_mean", SafetensorsType.F32, [3])
        );
        Answer answer = await RunAsync("*");
        Assert.Equal(0, answer.Code);
        string notice = Assert.Single(answer.ErrorLines);
        Assert.StartsWith("fanin: copied, though --match fits: ", notice);
        Assert.Contains($"'{Mask}' (U8: no weight)", notice);
        Assert.Contains("'transformer.h.0.attn.masked_bias' (no parameter of GPT2LMHeadModel)", notice);
        Assert.Contains("'norm.running_mean' (counted, not drawn)", notice);
        using (Checkpoint copy = Checkpoint.Open(_fanin.Out))
        using (Checkpoint old = Checkpoint.Open(Old))
        {
            float[] table = copy.Read<float>(Table);
            Assert.Equal(table, copy.Read<float>(Head));
            Assert.Equal(old.Read<byte>(Mask), copy.Read<byte>(Mask));
            float[] expected = new float[900 * 64];
            Initializer.Normal(0, 0.02).Fill(expected, TensorDescription.Embedding(900, 64), 9, Table);
            Assert.Equal(expected, table);
            float[] residual = copy.Read<float>("transformer.h.1.mlp.c_proj.weight");
            Assert.InRange(Math.Sqrt(residual.Average(x => x * x)) / (0.02 / Math.Sqrt(8)), 0.97, 1.03);
        }
        Assert.Equal(0, (await Fanin.RunAsync("verify", _fanin.Out)).Code);
    }

    [Fact]
    public async Task WhatCantBeGivenValuesIsNamed()
    {
        await SaveOldAsync(
            withConfig: true,
            (Head, SafetensorsType.F32, [900, 64]),
            ("value_head.weight", SafetensorsType.F32, [1, 64]),
            ("quantized.weight", SafetensorsType.I8, [64, 64])
        );
        (await RunAsync("value*|*.wpe.*")).IsRefusal(
            "'value_head.weight' is no parameter of the config's GPT2LMHeadModel: give a recipe, or leave it out"
        );
        (await RunAsync("quant*|*.wpe.*")).IsRefusal("'quantized.weight' is I8: it is no weight; leave it out");
        (await RunAsync("*.wte.*")).IsRefusal(
            $"'{Table}' and '{Head}' are one tensor of GPT2LMHeadModel, stored twice: choose both or none"
        );
        Answer answer = await RunAsync("value*|*.wpe.*", "--recipe", "he_normal");
        Assert.Equal(
            (0, "fanin: told by its name, not by config.json: 'value_head.weight'\n"),
            (answer.Code, answer.Error)
        );
    }

    /// <summary>Nothing new is no copy that anybody wants.</summary>
    [Fact]
    public async Task WhatOnlyRemainsIsRefused()
    {
        await SaveOldAsync(withConfig: true, (Mask, SafetensorsType.U8, [1, 1, 32, 32]));
        (await RunAsync("*.attn.bias")).IsRefusal(
            $"nothing that --match '*.attn.bias' fits gets new values: '{Mask}' (U8: no weight)"
        );
        string rules = _fanin.Write("rules.json", """{"rules": [{"name": "*.wpe.*", "keep": true}]}""");
        (await RunAsync("*.wpe.*", "--recipe", rules)).IsRefusal(
            "nothing that --match '*.wpe.*' fits gets new values: 'transformer.wpe.weight' (its rule keeps it)"
        );
    }

    /// <summary>The files of the first GPT-2 leave out the module's name, and hold the masks.</summary>
    [Fact]
    public async Task AConfigHoldsForShorterNamesToo()
    {
        await SaveOldAsync(withConfig: true, rename: name => name["transformer.".Length..]);
        float[] values = await NewAsync("*", "h.1.mlp.c_proj.weight");
        float[] expected = new float[256 * 64];
        Initializer
            .Normal(0, 0.02 / Math.Sqrt(8))
            .Fill(expected, TensorDescription.Dense(64, 256, WeightLayout.Keras), 9, "h.1.mlp.c_proj.weight");
        Assert.Equal(expected, values);
    }

    /// <summary>Who downloads a folder doesn't ask for a pipe; opening one waits for ever.</summary>
    [Fact]
    public async Task APipeForAConfigIsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes with names are a matter of Unix");
        await SaveOldAsync(withConfig: false);
        string pipe = Path.Combine(Old, "config.json");
        await MakePipeAsync(pipe);
        (await RunAsync("*", "--recipe", "he_normal")).IsRefusal($"'{pipe}' is empty, or no file but a pipe or device");
        (await Fanin.RunAsync("plan", Old)).IsRefusal($"'{pipe}' is empty, or no file but a pipe or device");
    }

    [Fact]
    public async Task AConfigOfAnySizeIsntRead()
    {
        await SaveOldAsync(withConfig: false);
        string config = Path.Combine(Old, "config.json");
        using (FileStream stream = File.Create(config))
        {
            stream.Write("{"u8);
            stream.SetLength(1L << 32);
        }
        (await RunAsync("*", "--recipe", "he_normal")).IsRefusal(
            $"'{config}' has more than 67,108,864 bytes; no config or list of shapes is as large"
        );
        string shapes = _fanin.Write("shapes.json", """{"fc.weight": {"shape": [8, 4], "dtype": "bfloat16"}}""");
        (
            await Fanin.RunAsync("init", config, "--shapes", shapes, "--recipe", "he_normal", "--out", _fanin.Out)
        ).IsRefusal($"'{config}' has more than 67,108,864 bytes");
    }

    private static async Task MakePipeAsync(string path)
    {
        using Process make = Process.Start("mkfifo", [path]);
        await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, make.ExitCode);
    }

    private Task<Answer> RunAsync(string match, params string[] options) =>
        Fanin.RunAsync(["init", Old, "--out", _fanin.Out, "--seed", "9", "--match", match, .. options]);

    private async Task<float[]> NewAsync(string match, string name, string? recipe = null)
    {
        if (Directory.Exists(_fanin.Out))
        {
            Directory.Delete(_fanin.Out, recursive: true);
        }
        Answer answer = await RunAsync(match, recipe is null ? [] : ["--recipe", recipe]);
        Assert.Equal((0, ""), (answer.Code, answer.Error));
        using Checkpoint copy = Checkpoint.Open(_fanin.Out);
        return copy.Read<float>(name);
    }

    private Task SaveOldAsync(bool withConfig, params (string Name, SafetensorsType Type, long[] Shape)[] others) =>
        SaveOldAsync(withConfig, name => name, others);

    /// <summary>GPT-2 as init writes it, and tensors of zeros beside it.</summary>
    private async Task SaveOldAsync(
        bool withConfig,
        Func<string, string> rename,
        params (string Name, SafetensorsType Type, long[] Shape)[] others
    )
    {
        string first = Path.Combine(_fanin.Folder, "first");
        Answer answer = await Fanin.RunAsync("init", _fanin.Write("config.json", Gpt2), "--out", first);
        Assert.Equal(0, answer.Code);
        Directory.CreateDirectory(Old);
        if (withConfig)
        {
            File.WriteAllText(Path.Combine(Old, "config.json"), Gpt2);
        }
        using Checkpoint written = Checkpoint.Open(first);
        var header = SafetensorsHeader.Create(
            written
                .Tensors.Select(tensor => new SafetensorsTensor(
                    rename(tensor.Name),
                    tensor.Type,
                    tensor.Shape.AsSpan()
                ))
                .Concat(others.Select(other => new SafetensorsTensor(other.Name, other.Type, other.Shape))),
            SafetensorsHeader.PyTorchMetadata
        );
        using SafetensorsWriter writer = SafetensorsWriter.Create(Path.Combine(Old, "model.safetensors"), header);
        var source = written.Tensors.ToDictionary(tensor => rename(tensor.Name), StringComparer.Ordinal);
        foreach (SafetensorsTensor tensor in header.Tensors)
        {
            writer.WriteBytes(
                tensor.Name,
                source.TryGetValue(tensor.Name, out SafetensorsTensor? from)
                    ? MemoryMarshal.AsBytes<float>(written.Read<float>(from.Name))
                    : new byte[tensor.ByteCount]
            );
        }
        writer.Complete();
    }
}
