using System.Collections.Immutable;

namespace FanIn.Tests;

public sealed class SignalGraphTests
{
    private static readonly SignalOperation.Source Input = new(1, 0, 0, 100, 1, 8);

    [Fact]
    public void ReluWithHeKeepsTheSizeAndItsCorrelationIsTheArcCosineKernels()
    {
        SignalPrediction prediction = Chain(50, 1000, "relu", 2.0).Predict(1.0);
        // Cho and Saul's kernel, started at 0, iterated to 50 digits.
        double[] published = [0, 0.318309886183791, 0.493731090200372, 0.604825720112945];
        for (int l = 0; l < published.Length; l++)
        {
            Assert.Equal(Math.Sqrt(2), prediction.Layers[l].Rms, 1e-12);
            Assert.Equal(published[l], prediction.Layers[l].Correlation!.Value, 2e-4);
        }
        Assert.Equal(1 - 0.987861944937345, 1 - prediction.Layers[50].Correlation!.Value, 4e-4);
        Assert.True(prediction.IsChain);
        Assert.Equal(2.0, prediction.WeightVariance!.Value, 1e-12);
        Assert.Equal(5 * 50 / 1000.0, prediction.Fluctuation!.Value, 1e-9);
        Assert.Equal(2 * 0.9, prediction.LogitVariance!.Value, 1e-9);
    }

    /// <summary>Hanin and Nica: E M^2 / (E M)^2 is prod (1 + 5/n) for one example; with orthogonal weights 3 instead of 5.</summary>
    [Theory]
    [InlineData(false, "relu", 5.0)]
    [InlineData(true, "relu", 3.0)]
    [InlineData(false, "identity", 2.0)]
    [InlineData(true, "identity", 0.0)]
    public void OneExampleFluctuatesAsHaninSays(bool isOrthogonal, string activation, double coefficient)
    {
        double gain = activation == "relu" ? 2 : 1;
        SignalGraph graph = SignalGraph.Chain(
            Input with
            {
                Examples = 1,
            },
            40,
            100,
            100,
            Activation.Parse(activation),
            tensor => new(gain / tensor.Fan!.Value.In, isOrthogonal)
        );
        LayerPrediction last = graph.Predict(1.0).Layers[^1];
        LayerPrediction first = graph.Predict(1.0).Layers[0];
        double ofOutput = isOrthogonal ? 0.0 : 2.0;
        Assert.Equal(((40 * coefficient) + ofOutput) / 100, last.LogVariance, 1e-4);
        Assert.Equal(-last.LogVariance / 2, last.LogShift, 1e-4);
        Assert.Equal(40 * coefficient / 100, first.GradientLogVariance, 1e-4);
    }

    [Fact]
    public void WhatComesFromOneNodeCountsOnce()
    {
        // x + x, and x + 2x, are 2x and 3x forward and backward; x and W x are uncorrelated.
        SignalOperation.Weighted dense = Dense(100, 100, 1.0);
        SignalPrediction twice = Predict(
            ("fc", dense, [0]),
            ("sum", new SignalOperation.Sum([]), [1, 1]),
            ("out", dense, [2])
        );
        Assert.Equal(2.0, twice.Layers[1].Rms, 1e-12);
        Assert.Equal(2.0, twice.Layers[0].GradientRms!.Value, 1e-12);
        SignalPrediction thrice = Predict(
            ("fc", dense, [0]),
            ("double", new SignalOperation.Multiply(2), [1]),
            ("sum", new SignalOperation.Sum([]), [1, 2]),
            ("out", dense, [3])
        );
        Assert.Equal(3.0, thrice.Layers[1].Rms, 1e-12);
        Assert.Equal(3.0, thrice.Layers[0].GradientRms!.Value, 1e-12);
        SignalPrediction skip = Predict(
            ("fc", dense, [0]),
            ("branch", dense, [1]),
            ("sum", new SignalOperation.Sum([1, 0.5]), [1, 2]),
            ("out", dense, [3])
        );
        Assert.Equal(Math.Sqrt(1.25), skip.Layers[2].Rms, 1e-12);
        Assert.Equal(Math.Sqrt(1.25), skip.Layers[0].GradientRms!.Value, 1e-12);
    }

    [Fact]
    public void ASumWithItsOwnActivationIsSteins()
    {
        // E (u + relu(u))^2 = 1 + 1/2 + 2 E u relu(u) = 2.5.
        SignalPrediction prediction = Predict(
            ("fc", Dense(100, 100, 1.0), [0]),
            ("relu", new SignalOperation.Activate(Activation.Parse("relu")), [1]),
            ("sum", new SignalOperation.Sum([]), [1, 2]),
            ("out", Dense(100, 100, 1.0), [3])
        );
        Assert.Equal(Math.Sqrt(2.5), prediction.Layers[1].Rms, 1e-9);
    }

    /// <summary>Yang et al. 2019: gradients of a chain with batch norm grow by pi / (pi - 1) a layer, linear ones by (B-2)/(B-3).</summary>
    [Theory]
    [InlineData("relu", 100000, 1.466942)]
    [InlineData("identity", 32, 30.0 / 29.0)]
    public void BatchNormMakesGradientsGrow(string activation, long batch, double growth)
    {
        var nodes = ImmutableArray.CreateBuilder<SignalNode>();
        nodes.Add(new("input", Input with { Examples = batch, Units = 1 << 20 }, []));
        for (int l = 0; l < 12; l++)
        {
            nodes.Add(new($"fc{l}", Dense(1 << 20, 1 << 20, 1.0), [nodes.Count - 1]));
            nodes.Add(
                new($"bn{l}", new SignalOperation.Normalize(NormalizationKind.Batch) { Epsilon = 0 }, [nodes.Count - 1])
            );
            nodes.Add(new($"act{l}", new SignalOperation.Activate(Activation.Parse(activation)), [nodes.Count - 1]));
        }
        SignalPrediction prediction = new SignalGraph(nodes.ToImmutable()).Predict(1.0);
        double ratio =
            Math.Pow(prediction.Layers[4].GradientRms!.Value, 2) / Math.Pow(prediction.Layers[5].GradientRms!.Value, 2);
        Assert.Equal(growth, ratio, 2e-3);
    }

    [Fact]
    public void LayerNormAndRmsNormSetTheSize()
    {
        foreach (NormalizationKind kind in Enum.GetValues<NormalizationKind>())
        {
            SignalPrediction prediction = Predict(
                ("fc", Dense(100, 100, 9.0), [0]),
                ("norm", new SignalOperation.Normalize(kind) { Epsilon = 0 }, [1]),
                ("out", Dense(100, 100, 1.0), [2])
            );
            Assert.Equal(3.0, prediction.Layers[0].Rms, 1e-12);
            Assert.Equal(1.0, prediction.Layers[1].Rms, 1e-12);
            Assert.InRange(prediction.Layers[0].GradientRms!.Value, 0.3, 0.37);
        }
    }

    /// <summary>Uniform attention without a skip: all tokens the same after one layer.</summary>
    [Fact]
    public void UniformAttentionMakesTokensAlike()
    {
        var tokens = Input with { Positions = 64 };
        SignalOperation.Weighted dense = Dense(100, 100, 1.0) with { Positions = 64 };
        ImmutableArray<SignalNode> nodes =
        [
            new("input", tokens, []),
            new("v", dense, [0]),
            new("attention", new SignalOperation.Attend(4, 0.0, false), [0, 0, 1]),
            new("o", dense, [2]),
        ];
        SignalPrediction prediction = new SignalGraph(nodes).Predict(1.0);
        Assert.Equal(1 / 8.0, prediction.Layers[1].Rms, 1e-12);
        Assert.Equal(1 / 8.0, prediction.Layers[0].GradientRms!.Value, 1e-12);
    }

    /// <summary>E max of 4 normals is 1.0293753730, E max^2 1.5513288954 (order statistics' tables).</summary>
    [Fact]
    public void TheLargestOfNormals()
    {
        (double mean, double square, double windows) = MaxPoolMoments(4);
        Assert.Equal(1.5513288954, square, 1e-3);
        Assert.Equal(1.0293753730 * 1.0293753730, windows, 1e-3);
        Assert.True(mean > 0);
    }

    [Fact]
    public void WithoutAGradientNoneIsPredicted() =>
        Assert.All(Chain(3, 10, "tanh", 1).Predict().Layers, layer => Assert.Null(layer.GradientRms));

    [Fact]
    public void ASourceCutsGradientsAndAMeasuredOneTakesThemUp()
    {
        SignalOperation.Weighted dense = Dense(100, 100, 1.0);
        ImmutableArray<SignalNode> nodes =
        [
            new("input", Input, []),
            new("a", dense, [0]),
            new("b", dense, [1]),
            new("unknown", Input, []),
            new("c", dense, [3]),
        ];
        SignalPrediction cut = new SignalGraph(nodes).Predict(2.0);
        Assert.Null(cut.Layers[0].GradientRms);
        Assert.Equal(2.0, cut.Layers[2].GradientRms);
        SignalPrediction taken = new SignalGraph(
            nodes.SetItem(2, nodes[2] with { MeasuredGradientRms = 0.25 })
        ).Predict(2.0);
        Assert.Equal(0.25, taken.Layers[1].GradientRms);
        Assert.Equal(0.25, taken.Layers[0].GradientRms!.Value, 1e-12);
    }

    /// <summary>Two independent examples shut a unit of a rectifier with 1/4, many that are the same with 1/2.</summary>
    [Fact]
    public void DeadUnits()
    {
        SignalOperation.Source two = Input with { Examples = 2 };
        Assert.Equal(0.25, Chain(1, 10, "relu", 2, two).Predict().Layers[0].DeadShare!.Value, 1e-9);
        SignalOperation.Source same = Input with { Examples = 64, Correlation = 1 };
        Assert.Equal(0.5, Chain(1, 10, "relu", 2, same).Predict().Layers[0].DeadShare!.Value, 1e-9);
        Assert.Null(Chain(1, 10, "tanh", 2).Predict().Layers[0].DeadShare);
    }

    /// <summary>tanh' is a twentieth where tanh^2 = 0.95: at 2.178; of N(0, 4) that is 1.089 deviations.</summary>
    [Fact]
    public void SaturatedUnits()
    {
        double expected = 2 * NormalTail(Math.Atanh(Math.Sqrt(0.95)) / 2);
        Assert.Equal(expected, Chain(1, 10, "tanh", 4).Predict().Layers[0].SaturatedShare!.Value, 1e-6);
    }

    public static TheoryData<SignalGraph, string> BadGraphs
    {
        get
        {
            SignalNode input = new("input", Input, []);
            SignalOperation.Weighted dense = Dense(10, 100, 1.0);
            return new()
            {
                { new([]), "at least one node, not none" },
                { new([input, null!]), "Node 1 of the signal graph is null" },
                { new([input, new("a", null!, [0])]), "'a'): it has no operation" },
                { new([input, new("a", dense, [1])]), "its input is node 1; inputs come before the node, so 0 to 0" },
                { new([input, new("a", dense, [-1])]), "its input is node -1" },
                { new([input, new("a", dense, [])]), "Weighted takes 1 inputs, not 0" },
                { new([input, new("a", new SignalOperation.Attend(1, 1, false), [0])]), "takes 3 inputs, not 1" },
                { new([new("input", Input with { MeanSquare = double.NaN }, [])]), "its MeanSquare is NaN" },
                { new([new("input", Input with { MeanSquare = -1 }, [])]), "its MeanSquare is -1" },
                { new([new("input", Input with { Correlation = 2 }, [])]), "a cosine lies in [-1, 1]" },
                { new([new("input", Input with { Units = 0 }, [])]), "its Units is 0; there is at least 1" },
                { new([input, new("a", Dense(10, 64, 1.0), [0])]), "has 64 inputs, but what it takes has 100 units" },
                { new([input, new("a", dense with { CoveredShare = 2 }, [0])]), "a share lies in [0, 1]" },
                {
                    new([input, new("a", dense with { BiasSecondMoment = double.PositiveInfinity }, [0])]),
                    "its BiasSecondMoment is"
                },
                {
                    new([input, new("a", new SignalOperation.Activate(Activation.Parse("swiglu")), [0])]),
                    "that is a Gate"
                },
                { new([input, new("a", new SignalOperation.Sum([1, 2, 3]), [0])]), "3 weights for 1 inputs" },
                {
                    new([input, new("a", dense, [0]), new("s", new SignalOperation.Sum([]), [0, 1])]),
                    "it adds 100 and 10 units"
                },
                { new([input, new("a", new SignalOperation.Drop(1), [0])]), "its Rate is 1" },
                { new([input, new("a", new SignalOperation.MaxPool(0), [0])]), "its Window is 0" },
                { new([input, new("a", new SignalOperation.Attend(7, 1, false), [0, 0, 0])]), "7 heads don't divide" },
                { new([input with { MeasuredGradientRms = double.NaN }]), "its MeasuredGradientRms is NaN" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(BadGraphs), DisableDiscoveryEnumeration = true)]
    public void BadGraphsAreTold(SignalGraph graph, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<ArgumentException>(() => graph.Predict()).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void ABadGradientIsTold() =>
        Assert.Contains(
            "outputGradientRms is -1",
            Assert.Throws<ArgumentOutOfRangeException>(() => Chain(1, 10, "relu", 2).Predict(-1)).Message,
            StringComparison.Ordinal
        );

    /// <summary>Weights of 0, and sizes beyond all measure, are no errors.</summary>
    [Theory]
    [InlineData(0.0)]
    [InlineData(1e-30)]
    [InlineData(1e30)]
    public void ExtremesStayNumbers(double weightVariance)
    {
        foreach (string activation in (string[])["relu", "tanh", "gelu", "sigmoid", "squared_relu"])
        {
            foreach (LayerPrediction layer in Chain(20, 64, activation, weightVariance).Predict(1.0).Layers)
            {
                Assert.True(double.IsFinite(layer.Rms), $"{activation} {layer}");
                Assert.True(double.IsFinite(layer.GradientRms!.Value), $"{activation} {layer}");
                Assert.False(
                    double.IsNaN(layer.Band.Low) || double.IsNaN(layer.GradientBand!.Value.High),
                    $"{activation} {layer}"
                );
            }
        }
    }

    private static (double Mean, double Square, double Windows) MaxPoolMoments(long window)
    {
        // Behind it a dense layer shows E x^2, and behind the mean over all positions E x x'.
        var image = Input with
        {
            Positions = 1 << 20,
        };
        ImmutableArray<SignalNode> nodes =
        [
            new("input", image, []),
            new("max", new SignalOperation.MaxPool(window), [0]),
            new("fc", Dense(10, 100, 1.0) with { Positions = 1 << 18 }, [1]),
            new("mean", new SignalOperation.MeanPool(1 << 18), [1]),
            new("out", Dense(10, 100, 1.0), [3]),
        ];
        SignalPrediction prediction = new SignalGraph(nodes).Predict();
        double square = Math.Pow(prediction.Layers[0].Rms, 2);
        double windows = Math.Pow(prediction.Layers[1].Rms, 2);
        return (Math.Sqrt(windows), square, windows);
    }

    private static double NormalTail(double x)
    {
        // Simpson's rule.
        double sum = 0;
        const int Steps = 20000;
        for (int i = 0; i <= Steps; i++)
        {
            double z = x + (i * (12.0 - x) / Steps);
            double weight =
                i is 0 or Steps ? 1
                : i % 2 == 1 ? 4
                : 2;
            sum += weight * Math.Exp(-z * z / 2);
        }
        return sum * (12.0 - x) / Steps / 3 / Math.Sqrt(2 * Math.PI);
    }

    private static SignalOperation.Weighted Dense(long outputs, long inputs, double gain) =>
        new(TensorDescription.Dense(outputs, inputs), new WeightLaw(gain / inputs), 0.0);

    private static SignalPrediction Predict(params (string Name, SignalOperation Operation, int[] Inputs)[] steps) =>
        new SignalGraph([
            new("input", Input, []),
            .. steps.Select(step => new SignalNode(step.Name, step.Operation, [.. step.Inputs])),
        ]).Predict(1.0);

    private static SignalGraph Chain(
        int depth,
        long width,
        string activation,
        double weightVariance,
        SignalOperation.Source? input = null
    ) =>
        SignalGraph.Chain(
            input ?? Input,
            depth,
            width,
            10,
            Activation.Parse(activation),
            tensor => new(weightVariance / tensor.Fan!.Value.In)
        );
}
