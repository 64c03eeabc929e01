using System.Security.Cryptography;
using System.Text.Json;
using FanIn.Checkpoints;

namespace FanIn.Cli.Tests;

/// <summary>plan, init and verify of a TorchSharp module in a user's assembly.</summary>
public sealed class ModuleSourceTests : IDisposable
{
    private static readonly string s_assembly = Path.Combine(AppContext.BaseDirectory, "FanIn.UserModules.dll");

    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    [Fact]
    public async Task ThePlanHasItsParametersInTheOrderOfTheState()
    {
        Answer answer = await Plan("Stateful", "--json", "-");

        Assert.Equal(ExitCode.Done, answer.Code);
        using var document = JsonDocument.Parse(answer.Output);
        // Frozen and counted ones aren't drawn, whatever the recipe.
        Assert.Equal(
            [
                ("_in.weight", "he_normal", 8, 16),
                ("_in.bias", "zeros", 0, 0),
                ("_norm.weight", "ones", 0, 0),
                ("_norm.bias", "zeros", 0, 0),
                ("_out.weight", "he_normal", 16, 3),
                ("_out.bias", "zeros", 0, 0),
            ],
            document
                .RootElement.GetProperty("parameters")
                .EnumerateArray()
                .Select(row =>
                    (
                        row.GetProperty("name").GetString()!,
                        row.GetProperty("init").GetString()!,
                        Fan(row, "fanIn"),
                        Fan(row, "fanOut")
                    )
                )
        );
        Assert.Equal(
            ["mask bool", "scale float32", "table float32"],
            Buffers().Where(buffer => buffer.TryGetProperty("sha256", out _)).Select(Named)
        );
        Assert.Equal(
            ["_norm.num_batches_tracked int64", "_norm.running_mean float32", "_norm.running_var float32"],
            Buffers().Where(buffer => buffer.TryGetProperty("value", out _)).Select(Named)
        );

        IEnumerable<JsonElement> Buffers() =>
            document
                .RootElement.GetProperty("buffers")
                .EnumerateArray()
                .OrderBy(buffer => buffer.GetProperty("name").GetString(), StringComparer.Ordinal);

        static int Fan(JsonElement row, string name) =>
            row.TryGetProperty(name, out JsonElement fan) && fan.ValueKind == JsonValueKind.Number ? fan.GetInt32() : 0;

        static string Named(JsonElement buffer) =>
            $"{buffer.GetProperty("name").GetString()} {buffer.GetProperty("dtype").GetString()}";
    }

    [Fact]
    public async Task ItIsShownAsOtherModelsAre()
    {
        Answer answer = await Plan("Stateful");
        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Golden.Check("plan-module.txt", answer.Output);
    }

    /// <summary>The file has the names that the module's own state has, and what the module's own API draws.</summary>
    [Fact]
    public async Task TheFileIsWhatTheModuleWouldSave()
    {
        Answer answer = await Init("Stateful", "--seed", "7");
        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));

        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(_fanin.Out, "model.safetensors"));
        Assert.Equal(
            [
                "BOOL mask [3]",
                "F32 _in.bias [16]",
                "F32 _in.weight [16, 8]",
                "F32 _norm.bias [16]",
                "F32 _norm.running_mean [16]",
                "F32 _norm.running_var [16]",
                "F32 _norm.weight [16]",
                "F32 _out.bias [3]",
                "F32 _out.weight [3, 16]",
                "F32 scale [3]",
                "F32 table [6]",
                "I64 _norm.num_batches_tracked []",
            ],
            file.Header.Tensors.Select(tensor => tensor.ToString()).Order(StringComparer.Ordinal)
        );
        Assert.Equal([0f, 0.25f, 0.5f, 0.75f, 1f, 1.25f], file.Read<float>("table"));
        Assert.Equal([2.5f, 2.5f, 2.5f], file.Read<float>("scale"));
        Assert.Equal([true, false, true], file.Read<bool>("mask"));
        Assert.Equal(Enumerable.Repeat(1f, 16), file.Read<float>("_norm.running_var"));
        Assert.Equal([0L], file.Read<long>("_norm.num_batches_tracked"));
        float[] expected = new float[128];
        var shape = TensorDescription.FromShape([16, 8], WeightLayout.Torch);
        Initializer.Parse("he_normal").Fill(expected, shape, 7, "_in.weight");
        Assert.Equal(expected, file.Read<float>("_in.weight"));
    }

    [Fact]
    public async Task AnotherTypeIsThatOfBuffersToo()
    {
        await Init("Stateful", "--dtype", "bfloat16");
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(_fanin.Out, "model.safetensors"));
        Assert.Equal(
            ["BF16", "BF16", "BOOL", "I64"],
            ((string[])["table", "_in.weight", "mask", "_norm.num_batches_tracked"]).Select(name =>
                file.Header[name].Type.Name()
            )
        );
        Assert.Equal([0f, 0.25f, 0.5f, 0.75f, 1f, 1.25f], file.Read<BFloat16>("table").Select(value => (float)value));
    }

    [Fact]
    public async Task VerifyComparesWhatIsKeptByItsHash()
    {
        await Init("Stateful");
        string path = Path.Combine(_fanin.Out, "model.safetensors");
        Answer sound = await Fanin.RunAsync("verify", _fanin.Out);
        Assert.Equal(ExitCode.Done, sound.Code);
        // 128 + 16 + 16 + 16 + 48 + 3 drawn, 6 + 3 + 3 kept, 16 + 16 + 1 counted.
        Assert.Contains("272 elements compared", sound.Output, StringComparison.Ordinal);

        long at;
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            at = file.Header.PositionOf(file.Header["table"]);
        }
        byte[] bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[at + 9] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        Answer changed = await Fanin.RunAsync("verify", _fanin.Out, "--sample", "2");
        Assert.Equal(ExitCode.Fault, changed.Code);
        Assert.Contains("has other values in 'table'", changed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RanksWriteTheSameBytes()
    {
        await Init("Stateful");
        string alone = Hash();
        Directory.Delete(_fanin.Out, recursive: true);
        foreach (string rank in (string[])["2", "0", "1"])
        {
            Answer answer = await Init("Stateful", "--rank", rank, "--world", "3");
            Assert.Equal(ExitCode.Done, answer.Code);
        }
        Assert.Equal(alone, Hash());

        string Hash() =>
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_fanin.Out, "model.safetensors"))));
    }

    [Theory]
    [InlineData("Stateful.Drawing --recipe he_normal", "other values in 'table' each time it is made")]
    [InlineData("Plain", "--assembly needs --recipe", "--recipe torch")]
    [InlineData("Plian --recipe he_normal", "did you mean 'Plain'?")]
    [InlineData("Plain --recipe lsuv", "lsuv", "fitted to data")]
    [InlineData("Plain config.json --recipe he_normal", "a model is described once: leave out --assembly, or SOURCE")]
    [InlineData("Plain --shapes s.json --recipe he_normal", "leave out --assembly, or --shapes")]
    public async Task WhatMakesNoPlanIsSaid(string arguments, params string[] says)
    {
        string[] args = arguments.Split(' ');
        foreach (string verb in (string[])["plan", "init"])
        {
            string[] output = verb == "init" ? ["--out", _fanin.Out] : [];
            (await Fanin.RunAsync([verb, "--assembly", s_assembly, "--module", .. args, .. output])).IsRefusal(says);
            Assert.False(Directory.Exists(_fanin.Out));
        }
    }

    [Theory]
    [InlineData("plan --module X --recipe he_normal", "--module is a type in an assembly: give --assembly")]
    [InlineData("plan --assembly no.dll --recipe he_normal", "there is no --assembly 'no.dll'", "'dotnet build'")]
    [InlineData("plan --assembly . --recipe he_normal", "--assembly '.' is a folder")]
    [InlineData(
        "init --assembly {tests} --module Plain --recipe he_normal --out o --match *",
        "--assembly doesn't go with --match"
    )]
    public async Task WrongUsageIsSaid(string arguments, params string[] says) =>
        (
            await Fanin.RunAsync([
                .. arguments.Split(' ').Select(arg => arg.Replace("{tests}", s_assembly, StringComparison.Ordinal)),
            ])
        ).IsRefusal(says);

    private static Task<Answer> Plan(string module, params string[] more) =>
        Fanin.RunAsync(["plan", "--assembly", s_assembly, "--module", module, "--recipe", "he_normal", .. more]);

    private Task<Answer> Init(string module, params string[] more) =>
        Fanin.RunAsync([
            "init",
            "--assembly",
            s_assembly,
            "--module",
            module,
            "--recipe",
            "he_normal",
            "--out",
            _fanin.Out,
            .. more,
        ]);
}
