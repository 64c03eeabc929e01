using System.Text.Json;

namespace FanIn.Cli.Tests;

public sealed class SampleTests : IDisposable
{
    private readonly Fanin _fanin = new();

    private string FilePath => Path.Combine(_fanin.Folder, "w.npy");

    public void Dispose() => _fanin.Dispose();

    [Theory]
    [InlineData("sample.txt", "he_normal --shape 256,784 --seed 42 --name fc1.weight")]
    [InlineData("sample-orthogonal.txt", "orthogonal(gain=sqrt(2)) --shape 3,3,16,32 --layout keras")]
    [InlineData("sample-constant.txt", "constant(0.1) --shape 10")]
    [InlineData("sample-empty.txt", "he_normal --shape 0,3")]
    public async Task ShowsWhatWasDrawn(string golden, string arguments)
    {
        Answer answer = await Fanin.RunAsync(["sample", .. arguments.Split(' ')]);

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Equal("", answer.Error);
        Golden.Check(golden, answer.Output);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    public async Task KeepsWithinTheTerminal(int width)
    {
        string[] commands =
        [
            "he_normal --shape 640,784",
            "truncated_normal(mean=1e6,std=1,a=-1,b=3) --shape 100",
            "normal(std=1e-30) --shape 64,64",
            "orthogonal --shape 3,2 --dtype float64",
            "zeros --shape 3",
        ];
        foreach (string command in commands)
        {
            Answer answer = await Fanin.RunAsync(
                ["sample", .. command.Split(' ')],
                width,
                TestContext.Current.CancellationToken
            );

            Assert.Equal(ExitCode.Done, answer.Code);
            Assert.All(answer.Output.Split('\n'), line => Assert.InRange(line.Length, 0, width));
        }
    }

    [Fact]
    public async Task JsonOnStandardOutputIsAlone()
    {
        Answer answer = await Fanin.RunAsync(
            "sample xavier_uniform --shape 8,4,3,3 --layout torch_transposed --stride 2,2 --seed -1 --name up.weight --json -".Split(
                ' '
            )
        );

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Contains("expected", answer.Error, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(answer.Output);
        JsonElement root = document.RootElement;
        Assert.Equal(
            [
                "init",
                "shape",
                "layout",
                "groups",
                "stride",
                "dtype",
                "rng",
                "seed",
                "key",
                "fanIn",
                "fanOut",
                "std",
                "low",
                "high",
                "count",
                "statistics",
                "histogram",
                "file",
            ],
            root.EnumerateObject().Select(p => p.Name)
        );
        Assert.Equal("torch_transposed", root.GetProperty("layout").GetString());
        Assert.Equal(ulong.MaxValue, root.GetProperty("seed").GetUInt64());
        // 8 inputs x 9 taps / 4, 4 outputs x 9 taps.
        Assert.Equal((18, 36), (root.GetProperty("fanIn").GetDouble(), root.GetProperty("fanOut").GetDouble()));
        Assert.Equal(Math.Sqrt(6.0 / 54), root.GetProperty("high").GetDouble(), 1e-12);
        JsonElement statistics = root.GetProperty("statistics");
        Assert.InRange(Math.Abs(statistics.GetProperty("mean").GetProperty("standardErrors").GetDouble()), 0, 4);
        Assert.InRange(Math.Abs(statistics.GetProperty("std").GetProperty("standardErrors").GetDouble()), 0, 4);
        Assert.Equal(-1.2, statistics.GetProperty("excessKurtosis").GetProperty("expected").GetDouble());
        JsonElement[] bins = [.. root.GetProperty("histogram").EnumerateArray()];
        Assert.Equal(22, bins.Length);
        Assert.Equal(288, bins.Sum(bin => bin.GetProperty("count").GetInt64()));
        Assert.Equal(288, bins.Sum(bin => bin.GetProperty("expected").GetDouble()), 1e-9);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("file").ValueKind);
    }

    [Theory]
    [InlineData("orthogonal --shape 64,3,3,3")]
    [InlineData("orthogonal(gain=3) --shape 3,5,16,8 --layout keras")]
    [InlineData("orthogonal --shape 3,3,8,32 --layout keras --groups 4")]
    [InlineData("orthogonal --shape 16,8,3 --layout torch_transposed")]
    [InlineData("orthogonal --shape 16,8,3 --layout torch_transposed --groups 2")]
    [InlineData("orthogonal --shape 3,8,16 --layout keras_transposed")]
    [InlineData("orthogonal --shape 40,7 --layout embedding")]
    [InlineData("orthogonal --shape 16,8,3 --layout torch_transposed --groups 2 --rng torch")]
    [InlineData("orthogonal --shape 3,8,16 --layout keras --rng torch")]
    public async Task AnOrthogonalMatrixIsFoundOrthogonalInEveryLayout(string arguments)
    {
        Answer answer = await Fanin.RunAsync(["sample", .. arguments.Split(' '), "--json", "-"]);

        using var document = JsonDocument.Parse(answer.Output);
        JsonElement statistics = document.RootElement.GetProperty("statistics");
        Assert.InRange(statistics.GetProperty("orthogonalityResidual").GetDouble(), 0, 2e-6);
        Assert.Equal(JsonValueKind.Null, statistics.GetProperty("std").GetProperty("standardErrors").ValueKind);
    }

    [Theory]
    [InlineData("torch", 4_294_967_301)]
    [InlineData("numpy", 12)]
    [InlineData("numpy-legacy", 12)]
    [InlineData("jax", 12)]
    [InlineData("keras-tf", 12)]
    public async Task AnotherFrameworksGeneratorDrawsItsValues(string rng, long seed)
    {
        FrameworkRandom generator = rng switch
        {
            "torch" => new TorchRandom(seed),
            "numpy" => new NumPyGenerator(seed),
            "jax" => new JaxRandom(JaxKey.FromSeed(seed)),
            "keras-tf" => new KerasRandom(seed),
            _ => new NumPyRandomState(seed),
        };
        float[] expected = new float[50 * 30];
        Initializer.XavierNormal().Fill(expected, TensorDescription.Dense(50, 30), generator);

        Answer answer = await Fanin.RunAsync(
            $"sample xavier_normal --shape 50,30 --rng {rng} --seed {seed} --json - --out {FilePath}".Split(' ')
        );

        byte[] bytes = await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken);
        Assert.Equal(expected, NpyReader.Read(bytes).As<float>());
        using var document = JsonDocument.Parse(answer.Output);
        Assert.Equal(rng, document.RootElement.GetProperty("rng").GetString());
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("key").ValueKind);
    }

    [Fact]
    public async Task AnExistingFileIsReplacedAndNothingElseIsLeft()
    {
        _fanin.Write("w.npy", "mine");
        string json = Path.Combine(_fanin.Folder, "w.json");

        Answer answer = await Fanin.RunAsync(["sample", "ones", "--shape", "2", "--out", FilePath, "--json", json]);

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.EndsWith($"Values: {FilePath}\n", answer.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(
            [json, FilePath],
            Directory.EnumerateFileSystemEntries(_fanin.Folder).Order(StringComparer.Ordinal)
        );
        byte[] bytes = await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken);
        Assert.Equal([1, 1], NpyReader.Read(bytes).As<float>());
        using var document = JsonDocument.Parse(
            await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken)
        );
        Assert.Equal(FilePath, document.RootElement.GetProperty("file").GetString());
    }

    [Fact]
    public async Task AnInterruptedRunLeavesNothing()
    {
        using var interruption = new CancellationTokenSource();
        await interruption.CancelAsync();

        Answer answer = await Fanin.RunAsync(
            ["sample", "normal", "--shape", "1000000", "--out", FilePath],
            terminalWidth: null,
            interruption.Token
        );

        Assert.Equal(ExitCode.Retry, answer.Code);
        Assert.Equal("fanin: interrupted", Assert.Single(answer.ErrorLines));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_fanin.Folder));
    }

    [Fact]
    public async Task AFullDiskIsWorthRetrying()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full, where every write finds the disk full");

        Answer answer = await Fanin.RunAsync(["sample", "normal", "--shape", "100000", "--out", "/dev/full"]);

        Assert.Equal(ExitCode.Retry, answer.Code);
        Assert.StartsWith("fanin: No space left", Assert.Single(answer.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("he_normal", "needs the tensor's sizes", "--shape 256,784")]
    [InlineData("--shape 3,4", "needs an initializer")]
    [InlineData("he_norml --shape 3,4", "did you mean 'he_normal'?")]
    [InlineData("kaiming_normal_ --shape 3,4", "'he_normal'")]
    [InlineData("he_normal more --shape 3,4", "takes one INIT, but got 'more' too")]
    [InlineData("he_normal --shpe 3,4", "did you mean '--shape'?")]
    [InlineData("--shpe 3", "did you mean '--shape'?")]
    [InlineData("he_normal --shape 3,x", "--shape '3,x' has 'x'")]
    [InlineData("he_normal --shape -3,4", "'-3'")]
    [InlineData("he_normal --shape 10", "connections", "[10]", "--layout", "normal(std=0.02)")]
    [InlineData("orthogonal --shape 3,4 --layout none", "connections")]
    [InlineData("he_normal --shape 10 --layout torch", "layout torch has at least 2 axes", "[10] has 1")]
    [InlineData("he_normal --shape 3,4,5 --layout embedding", "layout embedding has 2 axes")]
    [InlineData("he_normal --shape 3,4 --layout kears", "did you mean 'keras'?")]
    [InlineData("he_normal --shape 4,4 --groups 3", "3 groups don't divide 12 inputs and 4 outputs")]
    [InlineData("he_normal --shape 4,4 --groups 0", "--groups must be a whole number from 1")]
    [InlineData("normal --shape 4 --groups 2", "layout none has no groups")]
    [InlineData("he_normal --shape 4,4,3 --stride 2", "not in layout torch")]
    [InlineData("he_normal --shape 4,4,3 --stride 2,2 --layout torch_transposed", "needs 1 strides, not 2")]
    [InlineData("he_normal --shape 4,4,3 --stride 0 --layout torch_transposed", "--stride '0'", "from 1")]
    [InlineData("he_normal --shape 3,4 --dtype float23", "unknown element type 'float23'; did you mean 'float32'?")]
    [InlineData("he_normal --shape 3,4 --dtype bf16", "bfloat16")]
    [InlineData("he_normal --shape 3,4 --seed 1.5", "--seed must be a whole number")]
    [InlineData("he_normal --shape 3,4 --rng trch", "unknown generator 'trch'")]
    [InlineData("he_normal --shape 3,4 --rng torch --name fc1", "leave out --name or --rng torch")]
    [InlineData("truncated_normal --shape 3,4 --rng numpy", "no truncated normal")]
    [InlineData("normal --shape 3 --rng numpy-legacy --seed -1", "--rng numpy-legacy", "0 .. 4294967295")]
    [InlineData("he_normal --shape 3,4 --out no/such/w.npy", "there is no folder")]
    [InlineData("he_normal --shape 3,4 --out .", "'.' is a folder")]
    [InlineData("he_normal --shape 3,4 --out w --json ./w", "--out and --json both name 'w'")]
    [InlineData("he_normal --shape 3,4 --out -", "--out needs the name of a file")]
    [InlineData("he_normal --shape 3,4 --out w.safetensors", "'w.safetensors' must end in .npy", "'w.safetensors.npy'")]
    [InlineData("he_normal --shape 3,4 --name a\uFFFDb", "--name is no valid UTF-8 text")]
    [InlineData("normal --shape 3 --rng numpy --seed -1", "--rng numpy: seed is -1", "0 or more")]
    [InlineData("normal --shape 3 --rng jax --dtype float16", "not float16")]
    [InlineData("lsuv --shape 3,4", "fitted to the data")]
    [InlineData("dirac --shape 8,8", "is for convolutions, and [8, 8] torch has no kernel")]
    [InlineData("conv_orthogonal --shape 8,8,3", "has no closed form")]
    [InlineData("sparse --shape 8,8 --rng torch", "draws from FanIn's streams alone")]
    [InlineData("normal(std=1e300) --shape 3", "finite in float32")]
    [InlineData("he_normal --shape 1000000,1000000", "1,000,000,000,000 elements", "at most 2,147,483,591")]
    [InlineData("he_normal --shape 4294967296,4294967296", "more than 2^63")]
    public async Task IsRefusedInASentence(string arguments, params string[] says)
    {
        Answer answer = await Fanin.RunAsync(["sample", .. arguments.Split(' ')]);

        answer.IsRefusal(says);
    }
}
