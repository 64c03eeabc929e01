using System.Text.Json;
using System.Text.RegularExpressions;
using FanIn.Cli.Gain;

namespace FanIn.Cli.Tests;

public sealed class GainTests : IDisposable
{
    private static readonly string[] s_further = (
        "leaky_relu(0.1) leaky_relu(0.2) leaky_relu(0.25) leaky_relu(0.3) leaky_relu(0.5) elu(0.5) celu(2) celu(0.5)"
    ).Split(' ');

    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    [Theory]
    [InlineData("gain.txt", "gain")]
    [InlineData("gain-relu.txt", "gain leaky_relu(0.2)")]
    [InlineData("gain-nothing.txt", "gain hardshrink(50)")]
    public async Task ShowsTheGains(string golden, string arguments)
    {
        Answer answer = await Fanin.RunAsync(arguments.Split(' '));

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Equal("", answer.Error);
        Golden.Check(golden, answer.Output);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(72)]
    [InlineData(80)]
    [InlineData(120)]
    public async Task KeepsWithinTheTerminal(int width)
    {
        Answer answer = await Fanin.RunAsync(["gain"], width, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.All(answer.Output.Split('\n'), line => Assert.InRange(line.Length, 0, width));
        // A line each, with its name.
        Assert.All(
            GainRequest.Catalogue,
            activation => Assert.Matches($@"(^|\n){Regex.Escape($"{activation}")} .*\d +(\d|-)", answer.Output)
        );
        Assert.Equal(width >= 75, answer.Output.Contains("E f'^2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task JsonOnStandardOutputIsAloneAndHasTheWholeCatalogue()
    {
        Answer answer = await Fanin.RunAsync("gain", "--json", "-");

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Contains("forward", answer.Error, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(answer.Output);
        Assert.Equal(["activations"], document.RootElement.EnumerateObject().Select(p => p.Name));
        JsonElement[] rows = [.. document.RootElement.GetProperty("activations").EnumerateArray()];
        Assert.Equal(
            Activation.Names.Select(name => Activation.Parse(name).ToString()).Concat(s_further).Order(),
            rows.Select(row => row.GetProperty("name").GetString()).Order()
        );
        foreach (JsonElement row in rows)
        {
            Assert.Equal(
                [
                    "name",
                    "mean",
                    "secondMoment",
                    "variance",
                    "derivativeSecondMoment",
                    "forwardGain",
                    "backwardGain",
                    "varianceGain",
                    "torchGain",
                ],
                row.EnumerateObject().Select(p => p.Name)
            );
            var activation = Activation.Parse(row.GetProperty("name").GetString()!);
            GaussianExpectation e = GaussianExpectation.Of(activation);
            Assert.Equal(e.Mean, row.GetProperty("mean").GetDouble());
            Assert.Equal(e.SecondMoment, row.GetProperty("secondMoment").GetDouble());
            Assert.Equal(e.Variance, row.GetProperty("variance").GetDouble());
            Assert.Equal(e.DerivativeSecondMoment, row.GetProperty("derivativeSecondMoment").GetDouble());
            Assert.Equal(e.ForwardGain, row.GetProperty("forwardGain").GetDouble());
            Assert.Equal(e.BackwardGain, row.GetProperty("backwardGain").GetDouble());
            Assert.Equal(e.VarianceGain, row.GetProperty("varianceGain").GetDouble());
            JsonElement torch = row.GetProperty("torchGain");
            Assert.Equal(activation.TorchGain, torch.ValueKind == JsonValueKind.Null ? null : torch.GetDouble());
        }
    }

    [Fact]
    public async Task WhatIsInfiniteIsNullInTheFile()
    {
        string path = Path.Combine(_fanin.Folder, "gains.json");

        Answer answer = await Fanin.RunAsync("gain", "hardshrink(50)", "--json", path);

        Assert.Equal(ExitCode.Done, answer.Code);
        using var document = JsonDocument.Parse(
            await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)
        );
        JsonElement row = document.RootElement.GetProperty("activations")[0];
        Assert.Equal(JsonValueKind.Null, row.GetProperty("forwardGain").ValueKind);
        Assert.Equal(JsonValueKind.Null, row.GetProperty("torchGain").ValueKind);
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(_fanin.Folder));
    }

    [Theory]
    [InlineData("rlu", "unknown activation 'rlu'; did you mean 'relu'?")]
    [InlineData("relu(0.2)", "'relu' takes no arguments")]
    [InlineData("leaky_relu(x)", "slope of activation 'leaky_relu': 'x' is not a number")]
    [InlineData("celu(0)", "alpha=0", "a finite number above 0")]
    [InlineData("leaky_relu(1e200)", "'leaky_relu(1e+200)'", "beyond the range of a double")]
    [InlineData("relu tanh", "'tanh'")]
    [InlineData("relu --jsn x", "did you mean '--json'?")]
    [InlineData("relu --json .", "'.' is a folder", "gains.json")]
    [InlineData("relu --json", "--json needs a value")]
    [InlineData("leaky_relu(0.2", "lacks its closing parenthesis")]
    [InlineData("leaky_relu(nan)", "'nan' is not a number")]
    [InlineData("GELU", "did you mean 'gelu'?")]
    [InlineData("-x", "unknown activation '-x'", "known are: identity, relu")]
    [InlineData("relu --json no/such/gains.json", "there is no folder")]
    public async Task IsRefusedInASentence(string arguments, params string[] says)
    {
        Answer answer = await Fanin.RunAsync(["gain", .. arguments.Split(' ')]);

        answer.IsRefusal(says);
    }
}
