using System.Text.Json;

namespace FanIn.Cli.Tests.Check;

/// <summary><c>check</c> of a checkpoint: what a person reads, what programs read, what is refused.</summary>
public sealed class CheckCheckpointTests : IDisposable
{
    private const string Gpt2 =
        """{"model_type": "gpt2", "n_embd": 64, "n_layer": 6, "n_head": 4, "vocab_size": 900, "n_positions": 32}""";

    /// <summary>GPT-2's, but for the factor of the depth, as some versions of transformers have it.</summary>
    private const string Unscaled = """
        {"rules": [
          {"role": "weight", "init": "normal(std=0.02)"},
          {"role": "embedding", "init": "normal(std=0.02)"},
          {"role": "bias", "init": "zeros"},
          {"role": "norm_scale", "init": "ones"},
          {"role": "norm_shift", "init": "zeros"}
        ]}
        """;

    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    [Fact]
    public async Task AFreshCheckpointIsHealthy()
    {
        string config = _fanin.Write("config.json", Gpt2);
        Assert.Equal(0, (await Fanin.RunAsync("init", config, "--out", _fanin.Out)).Code);
        Answer answer = await Fanin.RunAsync("check", _fanin.Out);
        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Assert.StartsWith($"healthy: {_fanin.Out}\n  Every tensor is as its rule says.\n", answer.Output);
    }

    /// <summary>A config that nobody named is no obstacle; one that was named is.</summary>
    [Fact]
    public async Task BesideAConfigOfAnotherFamilyTheTensorsAreChecked()
    {
        string config = _fanin.Write("config.json", Gpt2);
        Assert.Equal(0, (await Fanin.RunAsync("init", config, "--out", _fanin.Out)).Code);
        string other = Path.Combine(_fanin.Out, "config.json");
        await File.WriteAllTextAsync(other, """{"model_type": "falcon"}""", TestContext.Current.CancellationToken);

        Answer answer = await Fanin.RunAsync("check", _fanin.Out, "--expect", "init");
        Answer byRecipe = await Fanin.RunAsync("check", _fanin.Out, "--recipe", "gpt2");
        Answer named = await Fanin.RunAsync("check", _fanin.Out, "--config", other);

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.StartsWith(
            $"fanin: the config beside the checkpoint isn't used; {other}: unknown model_type 'falcon'",
            answer.Error
        );
        Assert.StartsWith($"healthy: {_fanin.Out}", answer.Output);
        Assert.Equal(ExitCode.Done, byRecipe.Code);
        Assert.Equal(ExitCode.Usage, named.Code);
    }

    [Theory]
    [InlineData("check", "model.safetensors")]
    [InlineData("verify", "fanin.plan.json")]
    [InlineData("plan", "config.json")]
    public async Task AResultDoesntOverwriteTheModel(string verb, string name)
    {
        string config = _fanin.Write("config.json", Gpt2);
        Assert.Equal(0, (await Fanin.RunAsync("init", config, "--out", _fanin.Out)).Code);
        string path = Path.Combine(_fanin.Out, name);
        byte[] before = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

        Answer answer = await Fanin.RunAsync(verb, _fanin.Out, "--json", path);

        Assert.Equal(ExitCode.Usage, answer.Code);
        Assert.Equal($"fanin: --json '{path}' would overwrite a file of a model; name another\n", answer.Error);
        Assert.Equal(before, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WhatIsWrongIsShownFirst()
    {
        string folder = await WriteUnscaled();
        Answer answer = await Fanin.RunAsync("check", folder);
        Assert.Equal((ExitCode.Fault, ""), (answer.Code, answer.Error));
        Golden.Check("check-checkpoint.txt", answer.Output.Replace(folder, "gpt2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task JsonHasEveryTensor()
    {
        string folder = await WriteUnscaled();
        Answer answer = await Fanin.RunAsync("check", Path.Combine(folder, "model.safetensors"), "--json", "-");
        using JsonDocument json = JsonDocument.Parse(answer.Output);
        JsonElement root = json.RootElement;
        Assert.Equal("unscaled-depth", root.GetProperty("verdict").GetString());
        Assert.Equal("init", root.GetProperty("expectation").GetString());
        Assert.Equal(12, root.GetProperty("findings").GetArrayLength());
        Assert.Equal(0, root.GetProperty("layers").GetArrayLength());
        JsonElement[] tensors = [.. root.GetProperty("tensors").EnumerateArray()];
        Assert.Equal(4 + (6 * 12), tensors.Length);
        JsonElement spoiled = tensors.Single(t =>
            t.GetProperty("name").GetString() == "transformer.h.3.mlp.c_proj.weight"
        );
        Assert.Equal("random", spoiled.GetProperty("state").GetString());
        Assert.Equal("F32", spoiled.GetProperty("dtype").GetString());
        Assert.Equal("model.safetensors", spoiled.GetProperty("file").GetString());
        Assert.Equal([256, 64], spoiled.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()));
        Assert.Equal(0.02 / Math.Sqrt(12), spoiled.GetProperty("expectedStd").GetDouble(), 1e-12);
        Assert.Equal(0.02, spoiled.GetProperty("std").GetDouble(), 5e-4);
        Assert.All(
            tensors.Where(t => !t.GetProperty("name").GetString()!.EndsWith("c_proj.weight", StringComparison.Ordinal)),
            t => Assert.Equal("as-planned", t.GetProperty("state").GetString())
        );
    }

    /// <summary>The recipe that is written mends what was found, and the weights that it was found in are its own by then.</summary>
    [Fact]
    public async Task TheMendedRecipeMends()
    {
        string folder = await WriteUnscaled();
        string mended = Path.Combine(folder, "mended.json");
        Answer answer = await Fanin.RunAsync("check", folder, "--fix", mended);
        Assert.Equal(ExitCode.Fault, answer.Code);
        string again = Path.Combine(folder, "again");
        Answer init = await Fanin.RunAsync(
            "init",
            Path.Combine(folder, "config.json"),
            "--recipe",
            mended,
            "--out",
            again
        );
        Assert.Equal(("", ExitCode.Done), (init.Error, init.Code));
        Assert.Equal(ExitCode.Done, (await Fanin.RunAsync("check", again)).Code);
        Assert.Equal(ExitCode.Done, (await Fanin.RunAsync("check", folder, "--recipe", _recipe!)).Code);
    }

    [Fact]
    public async Task NoConfigIsNeeded()
    {
        string folder = await WriteUnscaled();
        File.Delete(Path.Combine(folder, "config.json"));
        Answer answer = await Fanin.RunAsync("check", folder);
        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Contains("without a config there is no rule", answer.Output);
    }

    [Theory]
    [InlineData("--init", "he_normal", "--init draws weights anew", "--recipe FILE")]
    [InlineData("--seeds", "3", "--seeds is for a network that is run")]
    [InlineData("--batch", "x.npy", "--batch is for a network that is run")]
    [InlineData("--input-shape", "3", "--input-shape is for a network that is run")]
    [InlineData("--config", "no/such.json", "there is no --config 'no/such.json'")]
    [InlineData("--config", "{model}", "isn't a config")]
    [InlineData("--module", "X", "--module is a type in an assembly")]
    public async Task WhatDoesntFitIsSaid(string option, string value, params string[] says)
    {
        string folder = await WriteUnscaled();
        string model = Path.Combine(folder, "model.safetensors");
        Answer answer = await Fanin.RunAsync("check", model, option, value == "{model}" ? model : value);
        answer.IsRefusal(says);
    }

    [Fact]
    public async Task APickleIsRefused()
    {
        string path = _fanin.Write("model.pt", "PK");
        (await Fanin.RunAsync("check", path)).IsRefusal("pickle");
    }

    /// <summary>A config of any name is a checkpoint's config; a downloaded folder's pipe is none.</summary>
    [Fact]
    public async Task TheConfigComesAlong()
    {
        string config = _fanin.Write("gpt2.json", Gpt2);
        Assert.Equal(0, (await Fanin.RunAsync("init", config, "--out", _fanin.Out)).Code);
        string copy = Path.Combine(_fanin.Out, "config.json");
        Assert.Equal(Gpt2, File.ReadAllText(copy));
        if (OperatingSystem.IsLinux())
        {
            File.Delete(copy);
            using var made = System.Diagnostics.Process.Start("mkfifo", [copy]);
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
            (await Fanin.RunAsync("check", _fanin.Out)).IsRefusal("config.json' is empty, or no file but a pipe");
            (await Fanin.RunAsync("plan", _fanin.Out)).IsRefusal("config.json' is empty, or no file but a pipe");
        }
    }

    [Fact]
    public async Task ARecipeMayBeNamed()
    {
        string config = _fanin.Write("config.json", Gpt2);
        Assert.Equal(0, (await Fanin.RunAsync("init", config, "--recipe", "torch", "--out", _fanin.Out)).Code);
        Assert.Equal(ExitCode.Done, (await Fanin.RunAsync("check", _fanin.Out, "--recipe", "torch")).Code);
        Assert.Equal(ExitCode.Fault, (await Fanin.RunAsync("check", _fanin.Out)).Code);
        (await Fanin.RunAsync("check", _fanin.Out, "--recipe", "trch")).IsRefusal("did you mean 'torch'?");
    }

    private string? _recipe;

    private async Task<string> WriteUnscaled()
    {
        string config = _fanin.Write("config.json", Gpt2);
        _recipe = _fanin.Write("unscaled.json", Unscaled);
        Answer init = await Fanin.RunAsync("init", config, "--recipe", _recipe, "--out", _fanin.Out, "--seed", "3");
        Assert.Equal(("", ExitCode.Done), (init.Error, init.Code));
        return _fanin.Out;
    }
}
