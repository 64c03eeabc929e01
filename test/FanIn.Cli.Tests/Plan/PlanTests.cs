using System.Text.Json;
using FanIn.Checkpoints;
using FanIn.Cli.Tests.Check;

namespace FanIn.Cli.Tests;

public sealed class PlanTests : IDisposable
{
    private const string Gpt2 = """{"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}""";

    private const string Gemma = """
        {"model_type": "gemma", "hidden_size": 2048, "intermediate_size": 16384, "num_hidden_layers": 18,
         "num_attention_heads": 8, "num_key_value_heads": 1, "head_dim": 256, "vocab_size": 256000,
         "attention_bias": false, "torch_dtype": "bfloat16", "initializer_range": 0.02, "pad_token_id": 0}
        """;

    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    [Theory]
    [InlineData("plan-gpt2.txt", Gpt2)]
    [InlineData("plan-gemma.txt", Gemma)]
    public async Task ShowsALineForWhatAllLayersHave(string golden, string config)
    {
        Answer answer = await Fanin.RunAsync("plan", _fanin.Write("config.json", config));

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Equal("", answer.Error);
        Golden.Check(golden, answer.Output);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(80)]
    [InlineData(200)]
    public async Task ATerminalsLinesHaveRoomForTheirNumbers(int width)
    {
        Answer answer = await Fanin.RunAsync(
            ["plan", _fanin.Write("config.json", Gpt2), "--max-shard-size", "10MB"],
            width,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Contains("0.0040825", answer.Output, StringComparison.Ordinal);
        Assert.Contains("more: --all", answer.Output, StringComparison.Ordinal);
    }

    /// <summary>What a file is called says what it should be, and every fault has a sentence.</summary>
    [Theory]
    [InlineData("config.json", "", "the config isn't valid JSON")]
    [InlineData("config.json", "{}", "the config has no \"model_type\"")]
    [InlineData("shapes.json", "{}", "a list of shapes is a JSON object")]
    [InlineData("shapes.json", "{\"\\ud800.weight\": [4, 4]}", "isn't well-formed Unicode")]
    public async Task AFileThatSaysNothingIsRefused(string name, string text, string says) =>
        (await Fanin.RunAsync("plan", _fanin.Write(name, text), "--recipe", "he_normal")).IsRefusal(name, says);

    [Fact]
    public async Task JsonOnStandardOutputIsAlone()
    {
        Answer answer = await Fanin.RunAsync("plan", _fanin.Write("config.json", Gemma), "--json", "-");

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Contains("GemmaForCausalLM", answer.Error, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(answer.Output);
        JsonElement root = document.RootElement;
        Assert.Equal(5012344832, root.GetProperty("totalSize").GetInt64());
        Assert.Equal(
            [("model-00001-of-00002.safetensors", 4945242264), ("model-00002-of-00002.safetensors", 67121608)],
            root.GetProperty("files")
                .EnumerateArray()
                .Select(file => (file.GetProperty("name").GetString()!, file.GetProperty("bytes").GetInt64()))
        );
        JsonElement first = root.GetProperty("parameters")[0];
        Assert.Equal(
            ("model.embed_tokens.weight", "normal(std=0.02)", "model.embed_tokens.weight", 1, 2048, 0.02, "bfloat16"),
            (
                first.GetProperty("name").GetString(),
                first.GetProperty("init").GetString(),
                first.GetProperty("key").GetString(),
                first.GetProperty("fanIn").GetInt32(),
                first.GetProperty("fanOut").GetInt32(),
                first.GetProperty("std").GetDouble(),
                first.GetProperty("dtype").GetString()
            )
        );
        string path = Path.Combine(_fanin.Folder, "plan.json");
        Answer again = await Fanin.RunAsync("plan", _fanin.Folder, "--json", path);
        Assert.Equal(answer.Error, again.Output);
        Assert.Equal(answer.Output, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task OptionsChangeThePlan()
    {
        string config = _fanin.Write("config.json", Gpt2);
        JsonElement plan = await PlanAsync(
            config,
            "--recipe",
            "he_normal",
            "--dtype",
            "float16",
            "--max-shard-size",
            "50MB"
        );
        JsonElement inner = Parameter(plan, "transformer.h.0.mlp.c_fc.weight");
        Assert.Equal(
            ("he_normal", "float16", 768),
            (
                inner.GetProperty("init").GetString(),
                inner.GetProperty("dtype").GetString(),
                inner.GetProperty("fanIn").GetInt32()
            )
        );
        Assert.Equal(248_879_616, plan.GetProperty("totalSize").GetInt64());
        // The word table alone, and four files for 171.7 MB, cut at tensors of at most 4.7 MB.
        Assert.Equal(5, plan.GetProperty("files").GetArrayLength());
        Assert.Equal(
            "transformer.wte.weight",
            Assert
                .Single(
                    plan.GetProperty("parameters").EnumerateArray(),
                    p =>
                        p.GetProperty("file").GetString()
                        == plan.GetProperty("files")[0].GetProperty("name").GetString()
                )
                .GetProperty("name")
                .GetString()
        );
        // A slash in an initializer divides: it is no path.
        plan = await PlanAsync(config, "--recipe", "normal(std=1/sqrt(768))");
        Assert.Equal(
            1 / Math.Sqrt(768),
            Parameter(plan, "transformer.h.0.mlp.c_fc.weight").GetProperty("std").GetDouble(),
            1e-12
        );
        string rules = _fanin.Write(
            "rules.json",
            """{"rules": [{"name": "*.c_proj.weight", "init": "normal(std=0.02/sqrt(2*depth))"}, {"name": "*", "init": "zeros"}]}"""
        );
        plan = await PlanAsync(config, "--recipe", rules);
        Assert.Equal(
            0.02 / Math.Sqrt(24),
            Parameter(plan, "transformer.h.3.attn.c_proj.weight").GetProperty("std").GetDouble(),
            1e-12
        );
        Assert.Equal("zeros", Parameter(plan, "transformer.wte.weight").GetProperty("init").GetString());
    }

    [Fact]
    public async Task ShapesOrAnotherCheckpointServeInstead()
    {
        string shapes = _fanin.Write(
            "shapes.json",
            """{"model.layers.0.fc.weight": [8, 4], "model.layers.0.fc.bias": [8]}"""
        );
        foreach (
            string[] args in (string[][])
                [
                    ["--shapes", shapes],
                    [shapes],
                ]
        )
        {
            JsonElement plan = await PlanAsync([.. args, "--recipe", "he_normal"]);
            Assert.Equal(
                Math.Sqrt(0.5),
                Parameter(plan, "model.layers.0.fc.weight").GetProperty("std").GetDouble(),
                1e-12
            );
            Assert.Equal(160, plan.GetProperty("totalSize").GetInt64());
        }
        string config = _fanin.Write("unknown/config.json", """{"model_type": "rwkv", "torch_dtype": "bfloat16"}""");
        JsonElement beside = await PlanAsync(config, "--shapes", shapes, "--recipe", "he_normal");
        Assert.Equal(80, beside.GetProperty("totalSize").GetInt64());

        byte[] header = SafetensorsHeader
            .Create([new("fc.weight", SafetensorsType.F16, 8, 4)], SafetensorsHeader.PyTorchMetadata)
            .Bytes.ToArray();
        string file = _fanin.Write("other.safetensors", [.. header, .. new byte[64]]);
        foreach (
            string[] args in (string[][])
                [
                    ["--shapes", file],
                    [file],
                ]
        )
        {
            JsonElement plan = await PlanAsync([.. args, "--recipe", "lecun_normal"]);
            Assert.Equal(0.5, Parameter(plan, "fc.weight").GetProperty("std").GetDouble());
            Assert.Equal("float16", Parameter(plan, "fc.weight").GetProperty("dtype").GetString());
        }
        string onnx = _fanin.Write("mlp.onnx", TinyOnnx.Mlp(2, 16, "zeros"));
        JsonElement graph = await PlanAsync(onnx, "--recipe", "he_normal");
        Assert.Equal(Math.Sqrt(2.0 / 16), Parameter(graph, "fc0.weight").GetProperty("std").GetDouble(), 1e-12);
    }

    [Theory]
    [InlineData("", "plan needs a SOURCE")]
    [InlineData("no.json", "SOURCE 'no.json' isn't there")]
    [InlineData("{config} --shapes no.json", "--shapes 'no.json' isn't there")]
    [InlineData("{unknown}", "unknown model_type 'rwkv'", "--shapes FILE --recipe R")]
    [InlineData("{near}", "did you mean 'llama'?", "--shapes")]
    [InlineData("{broken}", "broken.json: hidden_size must be a whole number")]
    [InlineData("{shapes}", "shapes say nothing about values", "--recipe")]
    [InlineData("--shapes {config}", "this is a config")]
    [InlineData("{text}", "text.json", "isn't valid JSON")]
    [InlineData("{pt}", "is a pickle, which can run any code")]
    [InlineData("{zip}", "is a pickle, which can run any code")]
    [InlineData("{config} --dtype float8", "--dtype: unknown element type 'float8'")]
    [InlineData("{config} --max-shard-size 5XB", "--max-shard-size: '5XB' is no size")]
    [InlineData("{config} --max-shard-size 0", "--max-shard-size")]
    [InlineData("{config} --shard-rule hup", "did you mean 'hub'?")]
    [InlineData("{config} --recipe he_norml", "did you mean 'he_normal'?")]
    [InlineData("{config} --recipe no.json", "--recipe 'no.json' can't be read")]
    [InlineData("{config} --recipe {config}", "--recipe")]
    [InlineData("{config} --recipe lsuv", "is fitted to data")]
    [InlineData("{config} --json /no/such/folder/x.json", "can't be written")]
    [InlineData("{safetensors}", "safetensors")]
    [InlineData("{folder}", "has no model.safetensors", "no config.json either")]
    public async Task OneSentence(string arguments, params string[] says)
    {
        var files = new Dictionary<string, string>
        {
            ["{config}"] = _fanin.Write("config.json", Gpt2),
            ["{unknown}"] = _fanin.Write("unknown.json", """{"model_type": "rwkv"}"""),
            ["{near}"] = _fanin.Write("near.json", """{"model_type": "lama"}"""),
            ["{broken}"] = _fanin.Write("broken.json", """{"model_type": "llama", "hidden_size": -4}"""),
            ["{shapes}"] = _fanin.Write("shapes.json", """{"fc.weight": [8, 4]}"""),
            ["{text}"] = _fanin.Write("text.json", "model"),
            ["{pt}"] = _fanin.Write("model.pt", "x"),
            ["{zip}"] = _fanin.Write("weights", [(byte)'P', (byte)'K', 3, 4, 0]),
            ["{folder}"] = Directory.CreateDirectory(Path.Combine(_fanin.Folder, "folder")).FullName,
            ["{safetensors}"] = _fanin.Write("bad.safetensors", new byte[20]),
        };
        Answer answer = await Fanin.RunAsync([
            "plan",
            .. arguments
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(argument => files.GetValueOrDefault(argument, argument)),
        ]);
        answer.IsRefusal(says);
    }

    private async Task<JsonElement> PlanAsync(params string[] args)
    {
        Answer answer = await Fanin.RunAsync(["plan", .. args, "--json", "-"]);
        Assert.Equal(ExitCode.Done, answer.Code);
        using var document = JsonDocument.Parse(answer.Output);
        return document.RootElement.Clone();
    }

    private static JsonElement Parameter(JsonElement plan, string name) =>
        plan.GetProperty("parameters").EnumerateArray().Single(p => p.GetProperty("name").GetString() == name);
}
