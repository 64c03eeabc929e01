using System.Text.Json;
using FanIn.Cli.Sample;

namespace FanIn.Cli.Tests;

public sealed class SampleTests : IDisposable
{
    /// <summary>What frameworks' users call a layout, and its word.</summary>
    public static readonly TheoryData<string, string> LayoutsOfFrameworks = new()
    {
        { "jax", "keras" },
        { "flax", "keras" },
        { "tf", "keras" },
        { "tensorflow", "keras" },
        { "onnx_matmul", "keras" },
        { "pytorch", "torch" },
        { "onnx_conv", "torch" },
        { "onnx_conv_transpose", "torch_transposed" },
    };

    private readonly Fanin _fanin = new();

    private string FilePath => Path.Combine(_fanin.Folder, "w.npy");

    public void Dispose() => _fanin.Dispose();

    [Theory]
    [InlineData("sample.txt", "he_normal --shape 256,784 --seed 42 --name fc1.weight")]
    [InlineData("sample-orthogonal.txt", "orthogonal(gain=sqrt(2)) --shape 3,3,16,32 --layout keras")]
    [InlineData("sample-constant.txt", "constant(0.1) --shape 10")]
    [InlineData("sample-empty.txt", "he_normal --shape 0,3")]
    [InlineData("sample-icnr.txt", "icnr --shape 64,32,3,3")]
    [InlineData("sample-conv.txt", "conv_orthogonal --shape 32,16,3,3")]
    [InlineData("sample-no-law.txt", "mimetic_value --shape 16,16 --name attn#v")]
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
            "mimetic_value --shape 16,16 --name attn#v",
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
    [InlineData("orthogonal --shape 3,3,8,2 --layout keras_depthwise")]
    [InlineData("orthogonal --shape 16,3,3,8 --layout mlx --groups 2")]
    [InlineData("orthogonal --shape 8,5,16 --layout jax")]
    [InlineData("orthogonal --shape 8,16 --layout onnx_matmul")]
    [InlineData("delta_orthogonal(gain=2) --shape 16,8,3,3")]
    [InlineData("delta_orthogonal --shape 3,3,8,2 --layout keras_depthwise")]
    [InlineData("conv_orthogonal(gain=3) --shape 16,8,3,2")]
    [InlineData("conv_orthogonal --shape 16,4,3,3 --groups 2")]
    [InlineData("conv_orthogonal --shape 3,2,4,16 --layout keras --groups 2")]
    [InlineData("conv_orthogonal --shape 3,2,16,8 --layout keras_transposed")]
    [InlineData("conv_orthogonal --shape 8,8,3,2 --layout torch_transposed --groups 2")]
    [InlineData("conv_orthogonal --shape 16,3,2,4 --layout mlx --groups 2")]
    [InlineData("conv_orthogonal --shape 3,3,8,2 --layout keras_depthwise")]
    public async Task AnOrthogonalMatrixIsFoundOrthogonalInEveryLayout(string arguments)
    {
        Answer answer = await Fanin.RunAsync(["sample", .. arguments.Split(' '), "--json", "-"]);

        using var document = JsonDocument.Parse(answer.Output);
        JsonElement statistics = document.RootElement.GetProperty("statistics");
        Assert.InRange(statistics.GetProperty("orthogonalityResidual").GetDouble(), 0, 2e-6);
        Assert.Equal(JsonValueKind.Null, statistics.GetProperty("std").GetProperty("standardErrors").ValueKind);
    }

    /// <summary>[0.8, 0.6] in two taps: its square is 1, but its product with itself shifted by one tap 0.48.</summary>
    [Theory]
    [InlineData("conv_orthogonal --shape 1,1,2", 0.48)]
    [InlineData("conv_orthogonal --shape 2,1,1 --layout mlx", 0)]
    [InlineData("conv_orthogonal --shape 1,1,2 --layout keras", 0)]
    [InlineData("orthogonal --shape 1,1,2", 0)]
    [InlineData("orthogonal --shape 2,1", 0)]
    [InlineData("orthogonal(gain=2) --shape 2,1", 0.75)]
    public void WhatDoesNotKeepLengthsIsFound(string arguments, double residual)
    {
        string[] words = arguments.Split(' ');
        SampleRequest request = SampleRequest.Read(
            new(Init: words[0], Shape: words[2], Layout: words.ElementAtOrDefault(4))
        );
        var planted = Initializer.Custom("planted", (values, _, _) => ((float[])[0.8f, 0.6f]).CopyTo(values));
        SampleValues values = SampleValues.Draw(request with { Initializer = planted });

        Orthogonality? found = Orthogonality.Of(request, values, TestContext.Current.CancellationToken);

        Assert.Equal(residual, found!.Value.Residual!.Value, 1e-6);
    }

    /// <summary>Over 400 seeds the mean square of standard errors is 1, give or take 0.07; of four equal filters taken for four draws it would be 4.</summary>
    [Theory]
    [InlineData("icnr --shape 8,4,3,3")]
    [InlineData("icnr(scale=3,order=depth_to_space) --shape 9,4,3,3")]
    [InlineData("sparse(sparsity=0.5,count=bernoulli) --shape 16,18")]
    [InlineData("he_uniform --shape 16,18")]
    public void StandardErrorsCountEachDrawOnce(string arguments)
    {
        string[] words = arguments.Split(' ');
        SampleRequest request = SampleRequest.Read(new(Init: words[0], Shape: words[2]));
        (double mean, double std) = (0, 0);
        const int Seeds = 400;
        for (int seed = 0; seed < Seeds; seed++)
        {
            SampleRequest drawn = request with { Seed = seed };
            var statistics = SampleStatistics.Of(SampleValues.Draw(drawn), TestContext.Current.CancellationToken);
            var result = new SampleResult(drawn, statistics, null, null);
            mean += result.MeanErrors * result.MeanErrors / Seeds;
            std += result.StdErrors * result.StdErrors / Seeds;
        }

        Assert.InRange(mean, 0.7, 1.3);
        Assert.InRange(std, 0.7, 1.3);
    }

    [Theory]
    [InlineData("identity --shape 8,8")]
    [InlineData("sinusoidal --shape 8,8 --layout embedding")]
    [InlineData("forget_gate --shape 32")]
    [InlineData("chrono(max_time=100) --shape 32")]
    [InlineData("nguyen_widrow --shape 8,8")]
    [InlineData("sparse --shape 8,8")]
    [InlineData("delta_orthogonal --shape 8,8,3")]
    [InlineData("conv_orthogonal --shape 8,8,3")]
    [InlineData("mimetic_key(heads=2) --shape 8,8 --name attn#k")]
    public async Task WhatIsNoDrawOfItsOwnHasNoStandardErrors(string arguments)
    {
        Answer answer = await Fanin.RunAsync(["sample", .. arguments.Split(' '), "--json", "-"]);

        using var document = JsonDocument.Parse(answer.Output);
        JsonElement statistics = document.RootElement.GetProperty("statistics");
        Assert.Equal(JsonValueKind.Null, statistics.GetProperty("mean").GetProperty("standardErrors").ValueKind);
        Assert.Equal(JsonValueKind.Null, statistics.GetProperty("std").GetProperty("standardErrors").ValueKind);
        Assert.DoesNotContain("errors", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mimetic_query(heads=2) --shape 16,8", null)]
    [InlineData("mimetic_output --shape 16,16", null)]
    [InlineData("conv_orthogonal --shape 16,8,3", 0.14433756729740646)]
    public async Task WithoutALawNothingIsExpected(string arguments, double? std)
    {
        string[] words = arguments.Split(' ');
        Answer answer = await Fanin.RunAsync([
            "sample",
            .. words,
            "--name",
            "attn#q",
            "--seed",
            "7",
            "--json",
            "-",
            "--out",
            FilePath,
        ]);

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Equal(std is not null, answer.Error.Contains("expected", StringComparison.Ordinal));
        using var document = JsonDocument.Parse(answer.Output);
        JsonElement root = document.RootElement;
        Assert.Equal(
            (JsonValueKind.Null, JsonValueKind.Null),
            (root.GetProperty("low").ValueKind, root.GetProperty("high").ValueKind)
        );
        JsonElement statistics = root.GetProperty("statistics");
        foreach (
            JsonProperty statistic in statistics.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Object)
        )
        {
            JsonElement expected = statistic.Value.GetProperty("expected");
            Assert.Equal(
                statistic.Name == "std" ? std : null,
                expected.ValueKind == JsonValueKind.Null ? null : expected.GetDouble()
            );
        }
        byte[] bytes = await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken);
        float[] values = NpyReader.Read(bytes).As<float>();
        float[] drawn = new float[values.Length];
        SampleRequest request = SampleRequest.Read(new(Init: words[0], Shape: words[2]));
        request.Initializer.Fill(drawn, request.Tensor, 7, "attn#q");
        Assert.Equal(drawn, values);
        Assert.Equal(values.Min(), statistics.GetProperty("min").GetProperty("value").GetDouble());
        JsonElement[] bins = [.. root.GetProperty("histogram").EnumerateArray()];
        Assert.All(bins, bin => Assert.Equal(JsonValueKind.Null, bin.GetProperty("expected").ValueKind));
        Assert.All(
            bins[1..^1],
            bin =>
                Assert.Equal(
                    values.Count(x =>
                        x >= bin.GetProperty("low").GetDouble() && x < bin.GetProperty("high").GetDouble()
                    ),
                    bin.GetProperty("count").GetInt32()
                )
        );
        Assert.Equal(values.Length, bins.Sum(bin => bin.GetProperty("count").GetInt32()));
    }

    [Theory]
    [MemberData(nameof(LayoutsOfFrameworks))]
    public async Task ALayoutIsKnownByItsFrameworkToo(string called, string layout)
    {
        Answer answer = await Fanin.RunAsync($"sample he_normal --shape 3,4,8 --layout {called} --json -".Split(' '));
        Answer same = await Fanin.RunAsync($"sample he_normal --shape 3,4,8 --layout {layout} --json -".Split(' '));

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Equal(same, answer);
        Assert.Contains($"\"layout\": \"{layout}\"", answer.Output, StringComparison.Ordinal);
    }

    /// <summary>A depthwise kernel's unit has its taps, MLX's what PyTorch's has.</summary>
    [Theory]
    [InlineData("--shape 3,3,8,2 --layout keras_depthwise", 9, 18)]
    [InlineData("--shape 16,3,3,8 --layout mlx", 72, 144)]
    [InlineData("--shape 16,3,3,8 --layout mlx --groups 2", 72, 72)]
    public async Task EveryLayoutHasItsFan(string arguments, double fanIn, double fanOut)
    {
        Answer answer = await Fanin.RunAsync(["sample", "he_normal", .. arguments.Split(' '), "--json", "-"]);

        using var document = JsonDocument.Parse(answer.Output);
        Assert.Equal(fanIn, document.RootElement.GetProperty("fanIn").GetDouble());
        Assert.Equal(fanOut, document.RootElement.GetProperty("fanOut").GetDouble());
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
    [InlineData("conv_orthogonal --shape 4,8,3", "conv_orthogonal", "[4, 8, 3]")]
    [InlineData("mimetic_query(heads=3) --shape 4,4 --name a#q", "needs 3 heads")]
    [InlineData("sparse --shape 8,8 --rng torch", "draws from FanIn's streams alone")]
    [InlineData("mimetic_query(heads=2) --shape 4,4", "--name weight", "'attn#q'")]
    [InlineData("normal(std=1e300) --shape 3", "finite in float32")]
    [InlineData("he_normal --shape 1000000,1000000", "1,000,000,000,000 elements", "at most 2,147,483,591")]
    [InlineData("he_normal --shape 4294967296,4294967296", "more than 2^63")]
    public async Task IsRefusedInASentence(string arguments, params string[] says)
    {
        Answer answer = await Fanin.RunAsync(["sample", .. arguments.Split(' ')]);

        answer.IsRefusal(says);
    }
}
