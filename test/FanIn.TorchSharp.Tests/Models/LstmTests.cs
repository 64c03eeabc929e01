using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Models;

/// <summary>A table, a two-layer LSTM and a projection by name: every gate of every parameter against a table.</summary>
public sealed class LstmTests : IDisposable
{
    private const long Width = 24;
    private const long Hidden = 32;
    private const long Tokens = 50;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void ByKerasDefaultsForgetGatesAreOpen()
    {
        TestModule model = TestModels.Lstm(Width, Hidden);

        Plan plan = ModelTable.Check(
            model,
            "keras",
            name =>
                name == "embedding.weight" ? Expected.Uniform(0.05, 1, Width)
                : name is "lstm.bias_ih_l0#f" or "lstm.bias_ih_l1#f" ? Expected.Ones
                : name.Contains("bias", StringComparison.Ordinal) ? Expected.Zeros
                : name.StartsWith("lstm.weight_hh", StringComparison.Ordinal)
                    ? new("orthogonal", Hidden, Hidden, 1 / Math.Sqrt(Hidden))
                : Matrix(name, "xavier_uniform", (fanIn, fanOut) => Math.Sqrt(2.0 / (fanIn + fanOut)))
        );

        Assert.Equal(11, plan.Rows.Length);
        double[] biases = model.Values("lstm.bias_ih_l1");
        Assert.Equal(128, biases.Length);
        Assert.All(biases.Index(), b => Assert.Equal(b.Index is >= 32 and < 64 ? 1 : 0, b.Item));
        using var noGrad = no_grad();
        Assert.Equal([2, 8, Tokens], model.call(arange(16).reshape(2, 8)).shape);
    }

    [Fact]
    public void ByTorchsDefaultsAllHangsOnTheHiddenUnits() =>
        ModelTable.Check(
            TestModels.Lstm(Width, Hidden),
            "torch",
            name =>
                name == "embedding.weight" ? Expected.Normal(1, 1, Width)
                : name == "out.bias" ? Expected.Uniform(1 / Math.Sqrt(Hidden), null, null)
                : name == "out.weight" ? new("standard_uniform", Hidden, Tokens, 1 / Math.Sqrt(3 * Hidden))
                : name.Contains("bias", StringComparison.Ordinal) ? Expected.Uniform(1 / Math.Sqrt(Hidden), null, null)
                : Expected.Uniform(
                    1 / Math.Sqrt(Hidden),
                    name.StartsWith("lstm.weight_ih_l0", StringComparison.Ordinal) ? Width : Hidden,
                    Hidden
                )
        );

    [Fact]
    public void ByHeEachGateHasItsOwnFan() =>
        ModelTable.Check(
            TestModels.Lstm(Width, Hidden),
            "he_normal",
            name =>
                name == "embedding.weight" ? Expected.Normal(1, 1, Width)
                : name.Contains("bias", StringComparison.Ordinal) ? Expected.Zeros
                : Matrix(name, "he_normal", (fanIn, _) => Math.Sqrt(2.0 / fanIn))
        );

    private static Expected Matrix(string name, string rule, Func<long, long, double> std)
    {
        (long fanIn, long fanOut) = name.Split('#') switch
        {
            ["lstm.weight_ih_l0", "i" or "f" or "g" or "o"] => (Width, Hidden),
            ["lstm.weight_ih_l1" or "lstm.weight_hh_l0" or "lstm.weight_hh_l1", "i" or "f" or "g" or "o"] => (
                Hidden,
                Hidden
            ),
            ["out.weight"] => (Hidden, Tokens),
            _ => throw new ArgumentException($"no such parameter in the model: {name}", nameof(name)),
        };
        return new(rule, fanIn, fanOut, std(fanIn, fanOut));
    }
}
