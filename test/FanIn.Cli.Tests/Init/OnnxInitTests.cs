using System.Runtime.InteropServices;
using System.Text.Json;
using FanIn.Cli.Init;
using FanIn.Cli.Plan;
using FanIn.Cli.Tests.Check;

namespace FanIn.Cli.Tests;

public sealed class OnnxInitTests : IDisposable
{
    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    /// <summary>Three layers of 16 units, all zeros.</summary>
    private string Model => _fanin.Write("mlp.onnx", TinyOnnx.Mlp(3, 16, "zeros"));

    /// <summary>The file that TinyOnnx writes with the same values.</summary>
    private static byte[] Expected(byte[] old, Seed seed, params int[] layers)
    {
        byte[] expected = [.. old];
        foreach (int layer in layers)
        {
            float[] values = new float[16 * 16];
            Initializer.Parse("he_normal").Fill(values, TensorDescription.Dense(16, 16), seed, $"fc{layer}.weight");
            int name = old.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes($"fc{layer}.weight"));
            // Behind the name come the field's number and its length in two bytes.
            MemoryMarshal.AsBytes<float>(values).CopyTo(expected.AsSpan(name + "fc0.weight".Length + 3));
        }
        return expected;
    }

    [Fact]
    public async Task ChosenParametersOfAnOnnxFileAreNew()
    {
        string model = Model;
        byte[] old = File.ReadAllBytes(model);
        string[] command = ["init", model, "--match", "fc0.*|fc2.*", "--recipe", "he_normal", "--seed", "4"];
        Answer answer = await Fanin.RunAsync([.. command, "--out", _fanin.Out]);
        Assert.Equal((0, ""), (answer.Code, answer.Error));
        string copy = Path.Combine(_fanin.Out, "mlp.onnx");
        Assert.Matches(
            $"^{System.Text.RegularExpressions.Regex.Escape(copy)}: 2 parameters new, (3.* KB), seed 4; \\1 written in .*\n$",
            answer.Output
        );
        Assert.Equal([copy], Directory.GetFiles(_fanin.Out));
        Assert.Equal(Expected(old, 4, 0, 2), File.ReadAllBytes(copy));
        Assert.Equal(old, File.ReadAllBytes(model));

        // A file by its own name, and the same command again.
        string file = Path.Combine(_fanin.Folder, "fresh.onnx");
        foreach (long written in (long[])[old.Length, 0])
        {
            Answer named = await Fanin.RunAsync([.. command, "--out", file, "--json", "-"]);
            Assert.Equal(0, named.Code);
            using JsonDocument json = JsonDocument.Parse(named.Output);
            Assert.Equal(file, json.RootElement.GetProperty("model").GetString());
            Assert.Equal(written, json.RootElement.GetProperty("written").GetInt64());
            Assert.Equal(
                ["fc0.weight", "fc2.weight"],
                json.RootElement.GetProperty("new").EnumerateArray().Select(name => name.GetString())
            );
            Assert.Equal(File.ReadAllBytes(copy), File.ReadAllBytes(file));
        }
        (await Fanin.RunAsync([.. command[..^1], "5", "--out", file])).IsRefusal(
            $"'{file}' is there and differs from what would be written, first at byte "
        );
    }

    [Fact]
    public async Task WhatIsWrongIsSaid()
    {
        string model = Model;
        string file = Path.Combine(_fanin.Folder, "fresh.onnx");
        await Refused("--match 'fc9*' fits none of the 3 parameters, such as 'fc0.weight'", "--match", "fc9*");
        await Refused("says nothing of how its weights were drawn: give --recipe", "--match", "*");
        await Refused("is fitted to data that pass through the network", "--match", "*", "--recipe", "lsuv");
        await Refused("--dtype doesn't go with --match", "--match", "*", "--dtype", "float16");
        await Refused("--threads doesn't go with an ONNX file", "--match", "*", "--threads", "2");
        await Refused("--rank doesn't go with an ONNX file", "--match", "*", "--rank", "0", "--world", "2");
        await Refused("--no-direct doesn't go with an ONNX file", "--match", "*", "--no-direct");
        await Refused("without --match init writes safetensors files into a folder", "--recipe", "he_normal");
        Assert.False(File.Exists(file));
        (await Fanin.RunAsync("init", model, "--out", model, "--match", "*", "--recipe", "he_normal")).IsRefusal(
            "is the model itself; name another file"
        );
        (await Fanin.RunAsync("verify", model)).IsRefusal("is an ONNX file, which has no plan beside it");
        string text = _fanin.Write("text.txt", "x");
        (await Fanin.RunAsync("init", model, "--out", text, "--match", "*", "--recipe", "he_normal")).IsRefusal(
            $"--out '{text}' is a file; name a folder"
        );
        string broken = _fanin.Write("broken.onnx", File.ReadAllBytes(model)[..200]);
        (await Fanin.RunAsync("init", broken, "--out", file, "--match", "*", "--recipe", "he_normal")).IsRefusal(
            "broken.onnx' is no whole ONNX file"
        );
        (await Fanin.RunAsync("plan", broken)).IsRefusal("broken.onnx' is no whole ONNX file");

        async Task Refused(string says, params string[] options) =>
            (await Fanin.RunAsync(["init", model, "--out", file, .. options])).IsRefusal(says);
    }

    /// <summary>A recipe file needs rules only for what is new.</summary>
    [Fact]
    public async Task RulesAreNeededOnlyForWhatMatches()
    {
        string rules = _fanin.Write("rules.json", """{"rules": [{"name": "fc1.weight", "init": "he_normal"}]}""");
        Answer answer = await Fanin.RunAsync(
            "init",
            Model,
            "--out",
            _fanin.Out,
            "--match",
            "fc1.weight",
            "--recipe",
            rules
        );
        Assert.Equal((0, ""), (answer.Code, answer.Error));
        Assert.Equal(
            Expected(TinyOnnx.Mlp(3, 16, "zeros"), 0, 1),
            File.ReadAllBytes(Path.Combine(_fanin.Out, "mlp.onnx"))
        );
    }

    /// <summary>A launcher may start it many times: one of them writes.</summary>
    [Fact]
    public void OneRankWritesIt()
    {
        string model = Model;
        foreach (string rank in (string[])["1", "0"])
        {
            using var output = new StringWriter();
            using var error = new StringWriter();
            InitRequest request = InitRequest.Read(
                new(
                    new PlanOptions(model, Recipe: "he_normal", Json: Path.Combine(_fanin.Folder, $"{rank}.json")),
                    _fanin.Out,
                    Match: "*"
                ),
                name =>
                    name switch
                    {
                        "OMPI_COMM_WORLD_RANK" => rank,
                        "OMPI_COMM_WORLD_SIZE" => "2",
                        _ => null,
                    }
            );
            int code = new OnnxCopyRun(request, new Terminal(output, error, false, false)).Execute(
                TestContext.Current.CancellationToken
            );
            Assert.Equal(0, code);
            Assert.Equal(rank == "0", File.Exists(Path.Combine(_fanin.Out, "mlp.onnx")));
            Assert.Equal(rank == "1", error.ToString().Contains("an ONNX file is rank 0's alone"));
            using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_fanin.Folder, $"{rank}.json")));
            Assert.Equal(Path.Combine(_fanin.Out, "mlp.onnx"), json.RootElement.GetProperty("model").GetString());
            Assert.Equal(rank == "1", json.RootElement.GetProperty("written").GetInt64() == 0);
            Assert.Equal(rank == "1" ? 0 : 3, json.RootElement.GetProperty("new").GetArrayLength());
        }
    }
}
