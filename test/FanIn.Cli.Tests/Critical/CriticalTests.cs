using System.Text.Json;

namespace FanIn.Cli.Tests;

public sealed class CriticalTests : IDisposable
{
    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    [Theory]
    [InlineData("critical-relu.txt", "critical relu")]
    [InlineData("critical-tanh.txt", "critical tanh --bias-variance 0.05")]
    [InlineData("critical-gelu.txt", "critical gelu")]
    [InlineData("critical-softplus.txt", "critical softplus")]
    public async Task ShowsThePoint(string golden, string arguments)
    {
        Answer answer = await Fanin.RunAsync(arguments.Split(' '));

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Equal("", answer.Error);
        Golden.Check(golden, answer.Output);
    }

    [Theory]
    [InlineData("relu", "0", 2.0, null, "stable", 2.0, 0.0)]
    [InlineData("tanh", "0.05", 1.760954639606739, 0.5700478816407641, "stable", 1.0, 0.0)]
    [InlineData("tanh", "0", 1.0, 0.0, "marginal", 1.0, 0.0)]
    [InlineData("gelu", "0.1", null, null, "unstable", 1.983058257437547, 0.1729223907560674)]
    public async Task JsonOnStandardOutputIsAlone(
        string activation,
        string bias,
        double? weight,
        double? fixedPoint,
        string stability,
        double doubleWeight,
        double doubleBias
    )
    {
        Answer answer = await Fanin.RunAsync("critical", activation, "--bias-variance", bias, "--json", "-");

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Contains("chi_perp", answer.Error, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(answer.Output);
        JsonElement root = document.RootElement;
        Assert.Equal(
            "activation biasVariance exists weightVariance fixedPoint chiPerp chiPar stable stability doubleCritical".Split(
                ' '
            ),
            root.EnumerateObject().Select(p => p.Name)
        );
        Assert.True(root.GetProperty("exists").GetBoolean());
        Assert.Equal(
            weight ?? root.GetProperty("weightVariance").GetDouble(),
            root.GetProperty("weightVariance").GetDouble(),
            1e-8
        );
        if (weight is not null)
        {
            JsonElement q = root.GetProperty("fixedPoint");
            Assert.Equal(fixedPoint is null, q.ValueKind == JsonValueKind.Null);
            Assert.Equal(fixedPoint ?? 0, fixedPoint is null ? 0 : q.GetDouble(), 1e-8);
        }
        Assert.Equal(1, root.GetProperty("chiPerp").GetDouble(), 1e-9);
        Assert.Equal(stability, root.GetProperty("stability").GetString());
        Assert.Equal(stability == "stable", root.GetProperty("stable").GetBoolean());
        JsonElement both = root.GetProperty("doubleCritical");
        Assert.Equal(["weightVariance", "biasVariance", "fixedPoint"], both.EnumerateObject().Select(p => p.Name));
        Assert.Equal(doubleWeight, both.GetProperty("weightVariance").GetDouble(), 1e-8);
        Assert.Equal(doubleBias, both.GetProperty("biasVariance").GetDouble(), 1e-8);
    }

    [Fact]
    public async Task WithoutAPointTheFileSaysSo()
    {
        string path = Path.Combine(_fanin.Folder, "critical.json");

        Answer answer = await Fanin.RunAsync("critical", "softplus", "--json", path);

        Assert.Equal(ExitCode.Done, answer.Code);
        using var document = JsonDocument.Parse(
            await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)
        );
        Assert.False(document.RootElement.GetProperty("exists").GetBoolean());
        foreach (string name in "weightVariance fixedPoint chiPerp chiPar stable stability doubleCritical".Split(' '))
        {
            Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty(name).ValueKind);
        }
    }

    [Theory]
    [InlineData("rlu", "unknown activation 'rlu'; did you mean 'relu'?")]
    [InlineData("swiglu", "'swiglu' is gated", "activations of one input")]
    [InlineData("relu --bias-variance -1", "--bias-variance must be a finite number not below 0, not '-1'")]
    [InlineData("relu --bias-variance nan", "--bias-variance must be a finite number not below 0, not 'nan'")]
    [InlineData("relu --bias-variance x", "not 'x'")]
    [InlineData("relu --bias-variance 1e999", "not '1e999'")]
    [InlineData("leaky_relu(1e200)", "beyond the range of a double")]
    [InlineData("relu --json .", "'.' is a folder", "critical.json")]
    public async Task IsRefusedInASentence(string arguments, params string[] says)
    {
        Answer answer = await Fanin.RunAsync(["critical", .. arguments.Split(' ')]);

        answer.IsRefusal(says);
    }
}
