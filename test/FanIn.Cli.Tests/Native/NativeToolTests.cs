using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FanIn.Cli.Tests;

/// <summary>
/// The native tool on a disk that has neither .NET nor libtorch: the same words and the same bytes as the tool that runs on
/// .NET. Slow, since it is published first.
/// </summary>
public sealed partial class NativeToolTests(NativeTool tool) : IClassFixture<NativeTool>
{
    private const long MostBytes = 25_000_000;
    private const int Runs = 20;

    /// <summary>Thirty times what it takes: a machine may be busy.</summary>
    private const double MostMilliseconds = 1000;

    private const string Gpt2 =
        """{"model_type": "gpt2", "n_embd": 64, "n_layer": 2, "n_head": 4, "vocab_size": 1000, "n_positions": 32}""";

    private const string Shapes = """
        {"fc.weight": [64, 32], "fc.bias": {"shape": [64], "dtype": "float64"}, "head.weight": {"shape": [8, 64], "dtype": "float16"}}
        """;

    [Fact(Explicit = true)]
    public void ItIsSmallAndNeedsNothingButTheSystem()
    {
        long bytes = new FileInfo(tool.Path).Length;
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} bytes");
        Assert.InRange(bytes, 1, MostBytes);
        Assert.All(tool.Libraries(), library => Assert.Contains(Path.GetFileName(library), NativeTool.SystemLibraries));
        Assert.Equal(
            ["fanin", .. tool.Libraries().Select(library => library[1..]).Order(StringComparer.Ordinal)],
            Directory
                .EnumerateFiles(tool.Disk, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(tool.Disk, path))
                .Where(path => !path.StartsWith("work/", StringComparison.Ordinal) && path != "dev/urandom")
                .OrderBy(path => path != "fanin")
                .ThenBy(path => path, StringComparer.Ordinal)
        );
    }

    [Theory(Explicit = true)]
    [InlineData("--version")]
    [InlineData("gain relu")]
    public void ItStartsAtOnce(string arguments)
    {
        string[] args = arguments.Split(' ');
        var times = new double[Runs];
        for (int i = 0; i < Runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Assert.Equal(0, NativeTool.Run(tool.Path, args, Path.GetTempPath(), isBare: true).Code);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        Array.Sort(times);
        double median = (times[(Runs / 2) - 1] + times[Runs / 2]) / 2;
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"fanin {arguments}: median {median:0.0} ms, fastest {times[0]:0.0} ms, of {Runs} runs"
            )
        );
        Assert.InRange(median, 0, MostMilliseconds);
    }

    /// <summary>Words and exit codes; files are compared where they are written.</summary>
    [Theory(Explicit = true)]
    [InlineData("--version")]
    [InlineData("gain")]
    [InlineData("gain leaky_relu(0.2) --json -")]
    [InlineData("gain no_such")]
    [InlineData("critical tanh --bias-variance 0.1")]
    [InlineData("critical gelu --json -")]
    [InlineData("sample he_normal --shape 256,784 --seed 3")]
    [InlineData("sample orthogonal --shape 40,30 --dtype float64 --json -")]
    [InlineData("sample normal --shape 1000 --rng numpy")]
    [InlineData("plan config.json")]
    [InlineData("plan config.json --recipe he_normal --dtype bfloat16 --max-shard-size 100KB --json -")]
    [InlineData("plan --shapes shapes.json --recipe xavier_uniform --all")]
    [InlineData("plan model.pt")]
    [InlineData("init config.json")]
    [InlineData("verify nowhere")]
    public void ItSaysTheSame(string arguments)
    {
        WriteSources(tool.Work);
        using var ordinary = new Fanin();
        WriteSources(ordinary.Folder);
        string[] args = arguments.Split(' ');
        Assert.Equal(OnDotnet(ordinary.Folder, args), tool.OnItsDisk(args));
    }

    /// <summary>Values by every element type and kind of draw, on every path of the processor that the tool was built for.</summary>
    [Theory(Explicit = true)]
    [InlineData("init config.json --out out --seed 42")]
    [InlineData("init config.json --out out --seed 42 --max-shard-size 100KB --dtype bfloat16 --provenance")]
    [InlineData("init config.json --out out --recipe truncated_normal(std=0.02) --dtype float64 --layout aligned")]
    [InlineData("init --shapes shapes.json --out out --recipe orthogonal --threads 3")]
    [InlineData("sample he_uniform --shape 300,200 --dtype float16 --out out/values.npy")]
    [InlineData("sample truncated_normal --shape 100000 --rng jax --out out/values.npy")]
    [InlineData("sample xavier_normal --shape 8,4,3,3 --rng torch --out out/values.npy")]
    [InlineData("plan config.json --max-shard-size 100KB --json out/plan.json")]
    public void ItWritesTheSameBytes(string arguments)
    {
        string[] args = arguments.Split(' ');
        WriteSources(tool.Work);
        using var ordinary = new Fanin();
        WriteSources(ordinary.Folder);
        string theirs = Path.Combine(tool.Work, "out");
        try
        {
            if (args[0] != "init")
            {
                Directory.CreateDirectory(ordinary.Out);
                Directory.CreateDirectory(theirs);
            }
            Answer expected = OnDotnet(ordinary.Folder, args);
            Answer answer = tool.OnItsDisk(args);
            Assert.Equal(0, answer.Code);
            Assert.Equal(WithoutTimes(expected), WithoutTimes(answer));
            Assert.NotEmpty(Files(theirs));
            Assert.Equal(Files(ordinary.Out), Files(theirs));
            if (args[0] == "init")
            {
                // Each finds the other's files in order, and what was done to them.
                Assert.Equal(0, OnDotnet(tool.Work, "verify", "out").Code);
                Assert.Equal(
                    0,
                    tool.OnItsDisk(
                        "init",
                        "out",
                        "--out",
                        "out/copy",
                        "--match",
                        "*weight",
                        "--recipe",
                        "he_normal"
                    ).Code
                );
                Assert.Equal(0, tool.OnItsDisk("verify", "out/copy").Code);
                Assert.Equal(OnDotnet(ordinary.Folder, "check", "out"), tool.OnItsDisk("check", "out"));
                Assert.Equal(
                    OnDotnet(ordinary.Folder, "check", "out", "--recipe", "he_normal", "--json", "-"),
                    tool.OnItsDisk("check", "out", "--recipe", "he_normal", "--json", "-")
                );
                Change(Directory.GetFiles(theirs, "*.safetensors").Order(StringComparer.Ordinal).First());
                Change(Directory.GetFiles(ordinary.Out, "*.safetensors").Order(StringComparer.Ordinal).First());
                Answer fault = tool.OnItsDisk("verify", "out");
                Assert.Equal(1, fault.Code);
                Assert.Equal(WithoutTimes(OnDotnet(ordinary.Folder, "verify", "out")), WithoutTimes(fault));
            }
        }
        finally
        {
            Directory.Delete(theirs, recursive: true);
        }
    }

    [Theory(Explicit = true)]
    [InlineData("compare", "compare needs an engine")]
    [InlineData("check model.onnx", "is run by an engine")]
    [InlineData("check --network mlp:3x8:relu --init he_normal", "is run by an engine")]
    [InlineData("check model.safetensors --report check.html", "--report draws pictures")]
    [InlineData("plan model.onnx --recipe he_normal", "'model.onnx' is an ONNX file")]
    [InlineData("plan --assembly model.dll --recipe he_normal", "--assembly needs an engine")]
    [InlineData("init --assembly model.dll --recipe he_normal --out out", "--assembly needs an engine")]
    public void WhatNeedsAnEngineIsSaidToBeElsewhere(string arguments, string says)
    {
        File.WriteAllBytes(Path.Combine(tool.Work, "model.onnx"), Check.TinyOnnx.Mlp(2, 8, "he_normal"));
        File.WriteAllText(Path.Combine(tool.Work, "model.dll"), "no assembly");
        File.WriteAllText(Path.Combine(tool.Work, "model.safetensors"), "no checkpoint");
        tool.OnItsDisk(arguments.Split(' ')).IsRefusal(says, "FanIn.Cli");
    }

    private static void WriteSources(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), Gpt2);
        File.WriteAllText(Path.Combine(folder, "shapes.json"), Shapes);
        File.WriteAllText(Path.Combine(folder, "model.pt"), "PK\u0003\u0004");
    }

    private static Answer OnDotnet(string folder, params string[] args)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        (int code, string output, string error) = NativeTool.Run(
            host,
            ["exec", Path.Combine(AppContext.BaseDirectory, "FanIn.Cli.dll"), .. args],
            folder
        );
        return new(code, output, error);
    }

    private static (string Name, byte[] Content)[] Contents(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(path => (Path.GetRelativePath(folder, path), File.ReadAllBytes(path))),
        ];

    private static string[] Files(string folder) =>
        [
            .. Contents(folder)
                .Select(file =>
                    $"{file.Name} {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file.Content))}"
                ),
        ];

    /// <summary>Turns a bit of the last value.</summary>
    private static void Change(string path)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length - 1;
        int last = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(last ^ 1));
    }

    private static Answer WithoutTimes(Answer answer) =>
        answer with
        {
            Output = Times().Replace(answer.Output, "in _"),
        };

    /// <summary>How long it took, and how fast that was.</summary>
    [GeneratedRegex(@"in [0-9.]+ (ms|s|seconds?|minutes?)( \([^)]*\))?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Times();
}
