using System.Text.Json;
using System.Xml.Linq;

namespace FanIn.Cli.Tests.Check;

/// <summary>The command as a whole.</summary>
public sealed class CheckTests : IDisposable
{
    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    [Theory]
    [InlineData("check", "check needs what to check", "--network mlp:50x256:relu --init he_normal")]
    [InlineData("check model.pt", "'model.pt' isn't an .onnx file", "--network N", "--assembly X.dll")]
    [InlineData("check config.json", "'config.json' isn't an .onnx file, nor a checkpoint", "its index or folder")]
    [InlineData("check no/such.onnx", "there is no file 'no/such.onnx'")]
    [InlineData(
        "check model.onnx --network mlp:3x8:relu --init zeros",
        "one of a file, --network and --assembly",
        "a file and --network"
    )]
    [InlineData("check --network mlp:3x8:relu", "--network needs the initializer", "--init he_normal")]
    [InlineData("check --network mpl:3x8:relu --init zeros", "did you mean 'mlp'?")]
    [InlineData("check --network mlp:3x8:rlu --init zeros", "did you mean 'relu'?")]
    [InlineData("check --network mlp:3x8:relu --init he_norml", "did you mean 'he_normal'?")]
    [InlineData("check --network mlp:3x8:relu --init zeros --recipe r.json", "leave out one of them")]
    [InlineData("check --network mlp:3x8:relu --recipe no/such.json", "there is no --recipe 'no/such.json'", "as JSON")]
    [InlineData("check --network mlp:3x8:relu --recipe .", "--recipe '.' is a folder")]
    [InlineData("check --network mlp:3x8:relu --init zeros --frob=3", "unknown option '--frob'; known are: --network")]
    [InlineData("check --network mlp:3x8:relu --init --frob", "unknown option '--frob'")]
    [InlineData("check --network mlp:3x8:relu --init --seeds 3", "--init needs a value: --init I")]
    [InlineData("check --network mlp:3x8:relu --init zeros --module X", "--module is a type in an assembly")]
    [InlineData("check --module X", "--module is a type in an assembly: give --assembly")]
    [InlineData("check --assembly no/such.dll --module X", "there is no --assembly 'no/such.dll'", "'dotnet build'")]
    [InlineData(
        "check --assembly {tests} --module X",
        "--assembly needs to know what the module reads",
        "--input-shape 3,224,224"
    )]
    [InlineData("check --assembly . --module X", "--assembly '.' is a folder", "'dotnet build'")]
    [InlineData(
        "check --network mlp:3x8:relu --init zeros --seeds 0",
        "--seeds must be a whole number from 1 to 1000, not '0'"
    )]
    [InlineData("check --network mlp:3x8:relu --init zeros --seed x", "--seed must be a whole number")]
    [InlineData("check --network mlp:3x8:relu --init zeros --examples 0", "--examples must be a whole number")]
    [InlineData("check --network mlp:3x8:relu --init zeros --examples 1", "--examples must be 2 or more")]
    [InlineData("check --network mlp:3x8:relu --init zeros --input-shape 3,x", "'x' where a whole number from 1")]
    [InlineData("check --network mlp:3x8:relu --init zeros --input-shape a=3", "--input-shape a= names an input")]
    [InlineData("check --network mlp:3x8:relu --init zeros --input-shape 3 4", "several shapes without a name")]
    [InlineData("check --network mlp:3x8:relu --init zeros --input-shape --seeds 3", "--input-shape needs a value")]
    [InlineData(
        "check --network mlp:3x8:relu --init zeros --batch no/such.npy",
        "there is no --batch 'no/such.npy'",
        "numpy.save"
    )]
    [InlineData("check --network mlp:3x8:relu --init zeros --expect int", "did you mean 'init'?")]
    [InlineData("check --network mlp:3x8:relu --init zeros --expect trained", "for weights as they are")]
    [InlineData("check --network mlp:3x8:relu --init zeros --fail-on eror", "did you mean 'error'?")]
    [InlineData("check --network mlp:3x8:relu --init zeros --jsn -", "did you mean '--json'?")]
    [InlineData("check --network mlp:3x8:relu --init zeros --sarif no/such/folder/x", "--sarif", "no folder")]
    [InlineData("check --network mlp:3x8:relu --init zeros --junit .", "--junit '.' is a folder")]
    [InlineData(
        "check --network mlp:3x8:relu --init zeros --json a --sarif a",
        "--json and --sarif name the same file"
    )]
    [InlineData("check --assembly {tests} --seeds 3", "--seeds is the number of draws of --init")]
    [InlineData("check no/such.safetensors", "there is no file 'no/such.safetensors'")]
    [InlineData("check model.onnx --config config.json", "there is no file 'model.onnx'")]
    [InlineData(
        "check --network mlp:3x8:relu --init zeros --config config.json",
        "--config is the config of a checkpoint's model"
    )]
    public async Task WhatIsWrongIsSaidInASentence(string commandLine, params string[] says)
    {
        string[] args =
        [
            .. commandLine.Split(' ').Select(arg => arg == "{tests}" ? typeof(CheckTests).Assembly.Location : arg),
        ];

        Answer answer = await Fanin.RunAsync(args);

        answer.IsRefusal(says);
    }

    [Fact]
    public async Task ABrokenRecipeIsNamedWithItsFile()
    {
        string path = _fanin.Write("mine.json", "{\"rules\":[{\"role\":\"weight\",\"init\":\"he_norml\"}]}");

        Answer answer = await Fanin.RunAsync("check", "--network", "mlp:3x8:relu", "--recipe", path);

        answer.IsRefusal("mine.json", "did you mean 'he_normal'?");
    }

    [Fact]
    public async Task AFileThatIsNoModelIsRefused()
    {
        string path = _fanin.Write("text.onnx", "This is no model.");

        Answer answer = await Fanin.RunAsync("check", path);

        answer.IsRefusal("text.onnx");
    }

    [Theory]
    [InlineData("he_normal", ExitCode.Done, "healthy")]
    [InlineData("xavier_normal", ExitCode.Fault, "vanishing")]
    [InlineData("normal(std=0.3)", ExitCode.Fault, "exploding")]
    [InlineData("zeros", ExitCode.Fault, "symmetric")]
    public async Task TheVerdictIsTheExitCode(string init, int code, string verdict)
    {
        string json = Path.Combine(_fanin.Folder, "check.json");

        Answer answer = await Fanin.RunAsync("check", "--network", "mlp:50x256:relu", "--init", init, "--json", json);

        Assert.Equal("", answer.Error);
        Assert.Equal(code, answer.Code);
        Assert.StartsWith(verdict, answer.Output, StringComparison.Ordinal);
        JsonElement check = Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        Assert.Equal(verdict, check.GetProperty("verdict").GetString());
        // 50 hidden layers and the output.
        Assert.Equal(51, check.GetProperty("layers").GetArrayLength());
    }

    [Theory]
    [InlineData("he_normal", "init", ExitCode.Done, "healthy")]
    [InlineData("xavier_normal", "init", ExitCode.Fault, "vanishing")]
    [InlineData("he_normal", "trained", ExitCode.Fault, "untrained")]
    public async Task AnOnnxFileIsCheckedAsItIs(string init, string expect, int code, string verdict)
    {
        string model = _fanin.Write("model.onnx", TinyOnnx.Mlp(30, 64, init));

        Answer answer = await Fanin.RunAsync("check", model, "--expect", expect, "--json", "-");

        JsonElement check = Parse(answer.Output);
        Assert.Equal((code, verdict), (answer.Code, check.GetProperty("verdict").GetString()));
        Assert.NotNull(check.GetProperty("gradients").GetString());
        Assert.Equal(30, check.GetProperty("layers").GetArrayLength());
        Assert.All(
            check.GetProperty("layers").EnumerateArray(),
            layer =>
            {
                Assert.Equal(JsonValueKind.Null, layer.GetProperty("measuredGradientRms").ValueKind);
                Assert.Equal(JsonValueKind.Number, layer.GetProperty("measuredRms").ValueKind);
            }
        );
    }

    [Fact]
    public async Task EveryFormIsWrittenAndStandardOutputHoldsTheDocumentAlone()
    {
        string[] files = ["check.html", "check.sarif", "check.xml", "mended.json"];
        string[] paths = [.. files.Select(name => Path.Combine(_fanin.Folder, name))];

        Answer answer = await Fanin.RunAsync(
            "check",
            "--network",
            "mlp:30x64:relu",
            "--init",
            "xavier_normal",
            "--seeds",
            "2",
            "--json",
            "-",
            "--report",
            paths[0],
            "--sarif",
            paths[1],
            "--junit",
            paths[2],
            "--fix",
            paths[3]
        );

        Assert.Equal(ExitCode.Fault, answer.Code);
        Assert.Equal("vanishing", Parse(answer.Output).GetProperty("verdict").GetString());
        Assert.StartsWith("vanishing", answer.Error, StringComparison.Ordinal);
        Assert.Equal(
            files,
            Directory.EnumerateFiles(_fanin.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.StartsWith("<!doctype html>", await Text(paths[0]), StringComparison.Ordinal);
        Assert.Equal("2.1.0", Parse(await Text(paths[1])).GetProperty("version").GetString());
        Assert.NotEmpty(XElement.Parse(await Text(paths[2])).Descendants("failure"));
        Answer again = await Fanin.RunAsync(
            "check",
            "--network",
            "mlp:30x64:relu",
            "--recipe",
            paths[3],
            "--seeds",
            "2"
        );
        Assert.StartsWith("healthy", again.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, again.Code);
    }

    [Fact]
    public async Task NothingIsMendedWhereNothingIsWrong()
    {
        string path = Path.Combine(_fanin.Folder, "mended.json");

        Answer answer = await Fanin.RunAsync(
            "check",
            "--network",
            "mlp:5x64:relu",
            "--init",
            "he_normal",
            "--fix",
            path
        );

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Contains("There is nothing to mend", answer.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task AnInterruptionLeavesNothing()
    {
        using var interruption = new CancellationTokenSource();
        await interruption.CancelAsync();

        Answer answer = await Fanin.RunAsync(
            [
                "check",
                "--network",
                "mlp:50x256:relu",
                "--init",
                "he_normal",
                "--json",
                Path.Combine(_fanin.Folder, "x.json"),
            ],
            terminalWidth: null,
            interruption.Token
        );

        Assert.Equal(ExitCode.Retry, answer.Code);
        Assert.Equal("fanin: interrupted\n", answer.Error);
        Assert.Empty(Directory.EnumerateFiles(_fanin.Folder));
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private static Task<string> Text(string path) => File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
}
