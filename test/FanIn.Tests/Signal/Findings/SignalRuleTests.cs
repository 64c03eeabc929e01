using System.Collections.Immutable;
using System.Globalization;

namespace FanIn.Tests.Signal.Findings;

/// <summary>The rules that look at layers' figures, the loss and the batch, just below and just above their thresholds.</summary>
public sealed class SignalRuleTests
{
    private static readonly Activation s_tanh = Activation.Parse("tanh");

    [Theory]
    [InlineData(0.5, null)]
    [InlineData(0.501, FindingSeverity.Warning)]
    [InlineData(0.901, FindingSeverity.Error)]
    public void Saturation(double share, FindingSeverity? severity)
    {
        SignalReport report = Observed
            .Chain(activation: s_tanh)
            .WithLayer(4, l => l with { SaturatedShare = share })
            .Judge();
        Assert.Equal(severity, report.Find(FindingKind.Saturated)?.Severity);
        Assert.Equal(severity is null ? null : "fc5", report.Cause?.Layer);
    }

    [Theory]
    [InlineData(0.5, null, null)]
    [InlineData(0.51, null, FindingSeverity.Warning)]
    [InlineData(0.95, null, FindingSeverity.Error)]
    // Predicted 0.45 of 100 units: 0.45 + 0.1 + 5 * 0.0497 = 0.799 at most.
    [InlineData(0.79, 0.45, FindingSeverity.Note)]
    [InlineData(0.81, 0.45, FindingSeverity.Warning)]
    [InlineData(0.49, 0.45, null)]
    // Predicted none: half of the layer, as ever.
    [InlineData(0.51, 0.0, FindingSeverity.Warning)]
    public void DeadUnits(double share, double? predicted, FindingSeverity? severity)
    {
        ModelObservation observation = Observed.Chain().WithLayer(4, l => l with { DeadShare = share });
        SignalPrediction prediction = Observed.Prediction(observation);
        prediction = prediction with { Layers = [.. prediction.Layers.Select(l => l with { DeadShare = predicted })] };
        Assert.Equal(severity, observation.Judge(prediction).Find(FindingKind.Dead)?.Severity);
    }

    [Theory]
    [InlineData(0.99, null, null)]
    [InlineData(0.991, null, FindingSeverity.Warning)]
    [InlineData(0.995, 0.99, FindingSeverity.Note)]
    [InlineData(0.9985, 0.99, FindingSeverity.Note)] // 0.0015 of 0.01
    [InlineData(0.9995, 0.99, FindingSeverity.Warning)] // 0.0005
    public void Correlation(double cosine, double? predicted, FindingSeverity? severity)
    {
        ModelObservation observation = Observed
            .Chain()
            .WithLayers(l => l with { Correlation = 0.1 })
            .WithLayer(4, l => l with { Correlation = 0.999 }) // doesn't last
            .WithLayers(l => IsFrom(7, l) ? l with { Correlation = cosine } : l);
        SignalPrediction prediction = Observed.Prediction(observation);
        prediction = prediction with
        {
            Layers = [.. prediction.Layers.Select(l => l with { Correlation = predicted })],
        };
        Assert.Equal(severity, observation.Judge(prediction).Find(FindingKind.Collapsing)?.Severity);
        // The output's is nobody's business, nor what was alike from the start.
        Assert.True(
            Observed.Chain().WithLayers(l => l with { Correlation = l.Name == "output" ? 1 : 0.2 }).Judge().IsHealthy
        );
        Assert.True(Observed.Chain().WithLayers(l => l with { Correlation = 0.995 }).Judge().IsHealthy);
    }

    /// <summary>Of the chain's layers fc1, fc2 ... those from an index on.</summary>
    private static bool IsFrom(int index, LayerObservation layer) =>
        layer.Name != "output" && int.Parse(layer.Name.AsSpan(2), CultureInfo.InvariantCulture) > index;

    [Theory]
    [InlineData(0.99, true)]
    [InlineData(0.991, false)]
    public void Tokens(double cosine, bool isHealthy)
    {
        SignalReport report = Observed
            .Chain()
            .WithLayers(l => l with { TokenCorrelation = 0.1 })
            .WithLayer(3, l => l with { TokenCorrelation = 0.999 }) // as attention's outputs are: it doesn't last
            .WithLayers(l => IsFrom(5, l) ? l with { TokenCorrelation = cosine, StableRank = 1.2 } : l)
            .Judge();
        Assert.Equal(isHealthy ? "healthy" : "collapsing", report.Verdict);
        Assert.Equal(isHealthy ? null : "fc6", report.Cause?.Layer);
    }

    [Theory]
    [InlineData(0.5, true)]
    [InlineData(0.49, false)]
    public void Attention(double entropy, bool isHealthy)
    {
        SignalReport report = Observed.Chain().WithLayer(2, l => l with { AttentionEntropy = entropy }).Judge();
        Assert.Equal(isHealthy ? "healthy" : "entropy-collapse", report.Verdict);
        Assert.Equal(isHealthy ? null : "fc3", report.Cause?.Layer);
    }

    [Theory]
    [InlineData(1.0, null)]
    [InlineData(1.01, FindingSeverity.Note)]
    [InlineData(3.0, FindingSeverity.Note)]
    [InlineData(3.01, FindingSeverity.Warning)]
    public void Fluctuation(double beta, FindingSeverity? severity)
    {
        ModelObservation observation = Observed.Chain();
        SignalReport report = observation.Judge(Observed.Prediction(observation) with { Fluctuation = beta });
        Assert.Equal(severity, report.Find(FindingKind.Fluctuation)?.Severity);
    }

    /// <summary>sqrt(pi / (pi - 1)) = 1.2112 a layer: 1000 is passed between 36 and 37 layers.</summary>
    [Theory]
    [InlineData(37, true)]
    [InlineData(38, false)]
    public void BatchNormalization(int layers, bool isHealthy)
    {
        double rate = Math.Sqrt(Math.PI / (Math.PI - 1));
        ModelObservation measured = Observed
            .Chain(layers, gradient: i => 1e-3 * Math.Pow(rate, layers - 1 - i))
            .WithLayers(l => l with { IsNormalized = l.Name != "output" });
        SignalReport report = measured.Judge();
        Assert.Equal(isHealthy ? "healthy" : "batch-norm-explosion", report.Verdict);
        Assert.Equal(isHealthy ? null : "fc1", report.Cause?.Layer);
        Assert.Null(report.Cause?.FixInitializer);
        // Without gradients the predicted ones count.
        ModelObservation forward = measured.WithLayers(l => l with { Gradient = null });
        SignalPrediction prediction = Observed.Prediction(forward);
        prediction = prediction with
        {
            IsChain = false,
            Layers = [.. prediction.Layers.Select((l, i) => l with { GradientRms = Math.Pow(rate, layers - 1 - i) })],
        };
        Assert.Equal(isHealthy ? "healthy" : "batch-norm-explosion", forward.Judge(prediction).Verdict);
    }

    [Theory]
    [InlineData(4094, false, null)]
    [InlineData(4095, false, FindingSeverity.Note)]
    [InlineData(4095, true, FindingSeverity.Warning)]
    [InlineData(65504, false, FindingSeverity.Note)]
    [InlineData(65505, false, FindingSeverity.Warning)]
    public void HalfPrecisionOverflow(double largest, bool isHalf, FindingSeverity? severity)
    {
        SignalReport report = Observed
            .Chain()
            .WithParameters(p =>
                p with
                {
                    Description = p.Description with
                    {
                        ElementType = isHalf ? ElementType.Float16 : ElementType.Float32,
                    },
                }
            )
            .WithLayer(4, l => l with { Output = l.Output with { Largest = largest } })
            .Judge();
        Assert.Equal(severity, report.Find(FindingKind.HalfPrecision)?.Severity);
    }

    [Theory]
    [InlineData(0.5, true, null)]
    [InlineData(0.51, true, FindingSeverity.Warning)]
    [InlineData(0.51, false, FindingSeverity.Note)]
    public void HalfPrecisionUnderflow(double share, bool isHalf, FindingSeverity? severity)
    {
        SignalReport report = Observed
            .Chain()
            .WithParameters(p =>
                p with
                {
                    Description = p.Description with
                    {
                        ElementType = isHalf ? ElementType.Float16 : ElementType.Float32,
                    },
                }
            )
            .WithLayer(
                4,
                l => l with { Gradient = l.Gradient! with { HalfUnderflows = (long)(share * l.Gradient.Count) } }
            )
            .Judge();
        Assert.Equal(severity, report.Find(FindingKind.HalfPrecision)?.Severity);
    }

    [Theory]
    [InlineData(2.5, 0.25, null)]
    [InlineData(3.6, 3, FindingSeverity.Note)]
    // 2 ln 10 = 4.605, and 5 sqrt(4.605 / 320) = 0.600 for the mean over 320 examples.
    [InlineData(5.20, 7, FindingSeverity.Note)]
    [InlineData(5.21, 7, FindingSeverity.Warning)]
    [InlineData(2.0, 0.25, null)] // below chance: a lucky batch
    public void FirstLoss(double loss, double variance, FindingSeverity? severity)
    {
        ModelObservation observation = Observed.Chain() with { Loss = new(loss, 10, variance) };
        SignalReport report = observation.Judge();
        Assert.Equal(severity, report.Find(FindingKind.LogitsTooLarge)?.Severity);
        // Of an output that nobody called logits it is no more than a note.
        SignalReport assumed = (observation with { Loss = observation.Loss with { IsAssumed = true } }).Judge();
        Assert.True(assumed.IsHealthy);
        Assert.Equal(severity is not null, assumed.Find(FindingKind.LogitsTooLarge) is not null);
        if (severity == FindingSeverity.Warning)
        {
            // The output's weights, made so much smaller that the logits' standard deviation is 1/2.
            double std = Math.Sqrt(2.0 / 100) * 0.5 / Math.Sqrt(variance);
            Assert.Equal(
                std,
                report.Cause!.FixInitializer!.StandardDeviation(TensorDescription.Dense(10, 100))!.Value,
                1e-6
            );
            Assert.Equal("output.weight", report.Cause.FixPattern);
        }
    }

    [Theory]
    [InlineData(0.9, 0.1, false)]
    [InlineData(0.9, 0.44, false)]
    [InlineData(0.9, 0.46, true)] // the model knows it, within a factor of 2
    [InlineData(0.3, 0.1, true)] // perplexity above half of the classes
    public void Labels(double frequency, double probability, bool isHealthy)
    {
        ModelObservation observation = Observed.Chain() with { Loss = Loss(frequency, probability) };
        SignalReport report = observation.Judge();
        Assert.Equal(isHealthy ? "healthy" : "label-imbalance", report.Verdict);
        if (!isHealthy)
        {
            Assert.Equal(("output", "output.bias"), (report.Cause!.Layer, report.Cause.FixPattern));
            Assert.Equal("class_prior", report.Cause.FixInitializer!.Name);
        }
        // 4 labels a class: chance.
        Assert.True(
            observation.WithLayer(10, l => l with { Output = Observed.Normal(0.5, 10 * 40) }).Judge().IsHealthy
        );
    }

    [Theory]
    [InlineData(0, 1, 4, null)]
    [InlineData(0, 0.32, 1.5, null)]
    [InlineData(0, 0.31, 1.5, FindingSeverity.Warning)]
    [InlineData(0, 3.16, 9, null)]
    [InlineData(0, 3.17, 9, FindingSeverity.Warning)]
    [InlineData(0.9, 0.949, 1.9, null)] // 0.3 of standard deviation
    [InlineData(1.2, 1.25, 1.9, FindingSeverity.Warning)]
    [InlineData(120, 140, 255, FindingSeverity.Warning)]
    [InlineData(0.13, 0.25, 1, FindingSeverity.Note)]
    [InlineData(0, 0.01, 0.04, FindingSeverity.Warning)]
    public void Inputs(double mean, double rms, double largest, FindingSeverity? severity)
    {
        ModelObservation observation = Observed.Chain();
        TensorStatistics input = new(1000, 0, mean, rms, largest, 3, 0, 0);
        observation = (observation with { Input = input }).WithLayer(0, l => l with { Input = null });
        Assert.Equal(severity, observation.Judge().Find(FindingKind.InputNotStandardized)?.Severity);
        // A network that standardizes for itself.
        Assert.Null(
            observation
                .WithLayer(0, l => l with { Input = Observed.Normal(1) })
                .Judge()
                .Find(FindingKind.InputNotStandardized)
        );
    }

    [Fact]
    public void ParametersWithoutGradientOrOptimizer()
    {
        ModelObservation observation = Observed
            .Chain()
            .WithParameter("fc2.weight", p => p with { ReceivesGradient = false, Gradient = null })
            .WithParameter("fc2.bias", p => p with { ReceivesGradient = false })
            .WithParameter("fc5.bias", p => p with { IsOptimized = false });
        SignalReport report = observation.Judge();
        Assert.Equal("no-gradient", report.Verdict);
        Assert.Equal(
            [(FindingKind.NoGradient, "fc2"), (FindingKind.NotOptimized, "fc5")],
            report.Findings.Select(f => (f.Kind, f.Layer))
        );
        // A layer that the engine saw not to run isn't accused twice, and frozen ones aren't at all.
        var unreached = new SignalFinding(FindingKind.Unreached, FindingSeverity.Warning, "fc2", "'fc2' never ran");
        Assert.Equal(
            [FindingKind.Unreached, FindingKind.NotOptimized],
            (observation with { Structure = [unreached] }).Judge().Findings.Select(f => f.Kind)
        );
        Assert.True(
            observation
                .WithParameters(p => p with { Description = p.Description with { IsTrainable = false } })
                .Judge()
                .IsHealthy
        );
    }

    /// <summary>gelu at 1 / E f^2: a fixed point at variance 1 with slope 1.144, whose tenth power is 3.8, the 18th 11.2.</summary>
    [Theory]
    [InlineData(10, FindingSeverity.Note)]
    [InlineData(18, FindingSeverity.Warning)]
    public void UnstableFixedPoints(int depth, FindingSeverity severity)
    {
        Activation gelu = Activation.Parse("gelu");
        ModelObservation observation = Observed.Chain(depth, activation: gelu);
        SignalPrediction prediction = Observed.Prediction(observation) with { Activation = gelu };
        SignalFinding? Of(double weights, double biases) =>
            observation
                .Judge(prediction with { WeightVariance = weights, BiasVariance = biases })
                .Find(FindingKind.ForwardUnstable);
        Assert.Equal(severity, Of(1 / 0.425221482570299, 0)!.Severity);
        Assert.Contains("1.14", Of(1 / 0.425221482570299, 0)!.Message, StringComparison.Ordinal);
        // He has no fixed point, the double-critical one isn't left, and tanh's and relu's are stable.
        Assert.Null(Of(2, 0));
        Assert.Null(Of(1.983058257437547, 0.1729223907560674));
        SignalPrediction other = Observed.Prediction(observation);
        Assert.Null(observation.Judge(other).Find(FindingKind.ForwardUnstable));
        Assert.Null(
            observation
                .Judge(other with { Activation = s_tanh, WeightVariance = 1.76, BiasVariance = 0.05 })
                .Find(FindingKind.ForwardUnstable)
        );
    }

    /// <summary>
    /// tanh at the fixed point q* = 0.25 of weight variance 1 / (1.2 E f'^2): chi is 1/1.2, xi 5.48, 6 xi 32.9. Where the
    /// signal only vanishes, chi says nothing of examples.
    /// </summary>
    [Theory]
    [InlineData(32, false)]
    [InlineData(33, true)]
    public void DepthScale(int depth, bool isTooDeep)
    {
        const double Fixed = 0.25;
        GaussianExpectation at = GaussianExpectation.Of(s_tanh, Fixed);
        double weights = 1 / (1.2 * at.DerivativeSecondMoment);
        ModelObservation observation = Observed.Chain(depth, activation: s_tanh);
        SignalPrediction prediction = Observed.Prediction(observation);
        prediction = prediction with
        {
            Activation = s_tanh,
            WeightVariance = weights,
            BiasVariance = Fixed - (weights * at.SecondMoment),
            Layers = [.. prediction.Layers.Select(l => l with { Rms = Math.Sqrt(Fixed) })],
        };
        Assert.Equal(isTooDeep, observation.Judge(prediction).Find(FindingKind.TooDeep) is not null);
        SignalPrediction vanishing = prediction with { WeightVariance = 0.81, BiasVariance = 0 };
        Assert.Null(observation.Judge(vanishing).Find(FindingKind.TooDeep));
        Assert.Null(observation.Judge(vanishing with { WeightVariance = 1 }).Find(FindingKind.TooDeep));
    }

    /// <summary>He's gain before tanh: q grows to a fixed point of 0.9, chi is 1.13; before gelu the signal halves.</summary>
    [Theory]
    [InlineData("relu", 2.0, 10, false)]
    [InlineData("relu", 1.0, 4, false)] // three layers that come after relu: 1/8 of the variance
    [InlineData("relu", 1.0, 5, true)] // 1/16
    [InlineData("relu", 1.0, 10, true)]
    [InlineData("gelu", 2.0, 4, false)]
    [InlineData("gelu", 2.0, 20, true)]
    [InlineData("tanh", 25.0 / 9, 5, false)]
    [InlineData("tanh", 25.0 / 9, 50, true)]
    [InlineData("tanh", 1.0, 50, false)]
    [InlineData("tanh", 1.3, 50, false)] // nobody's gain
    public void Gains(string activation, double scale, int depth, bool isWrong)
    {
        Activation f = Activation.Parse(activation);
        (double[] sizes, double[] gradients) = Propagated(f, scale, depth);
        ModelObservation Chain(Func<int, double>? rms, Func<int, double>? gradient) =>
            Observed.Chain(depth, rms, gradient, f).WithParameters(Scaled);
        ParameterObservation Scaled(ParameterObservation p) =>
            p.Description.Role == ParameterRole.Weight
                ? p with
                {
                    Values = Observed.Normal(Math.Sqrt(scale / 100), p.Values.Count),
                }
                : p;
        ModelObservation observation = Chain(
            i => sizes[Math.Min(i, depth - 1)],
            i => gradients[Math.Min(i, depth - 1)]
        );
        SignalPrediction prediction = Observed.Prediction(observation) with { Activation = f, WeightVariance = scale };
        SignalFinding? finding = observation.Judge(prediction).Find(FindingKind.WrongGain);
        Assert.Equal(isWrong, finding is not null);
        Assert.Equal(isWrong ? "fc2" : null, finding?.Layer);
        Assert.Null(observation.Judge(prediction with { IsChain = false }).Find(FindingKind.WrongGain));
        // As of weights that were fitted to the data: what was measured keeps its size.
        Assert.Null(Chain(null, null).Judge(prediction).Find(FindingKind.WrongGain));
    }

    /// <summary>RMS and gradient of each layer by the length map from variance 1 on, in the limit of infinite width.</summary>
    private static (double[] Sizes, double[] Gradients) Propagated(Activation f, double scale, int depth)
    {
        (double[] sizes, double[] gradients) = (new double[depth], new double[depth]);
        (sizes[0], gradients[^1]) = (1, 1);
        double[] factors = new double[depth];
        for (int i = 0; i < depth; i++)
        {
            GaussianExpectation at = GaussianExpectation.Of(f, sizes[i] * sizes[i]);
            factors[i] = Math.Sqrt(scale * at.DerivativeSecondMoment);
            if (i + 1 < depth)
            {
                sizes[i + 1] = Math.Sqrt(scale * at.SecondMoment);
            }
        }
        for (int i = depth - 2; i >= 0; i--)
        {
            gradients[i] = gradients[i + 1] * factors[i];
        }
        return (sizes, gradients);
    }

    private static LossObservation Loss(double frequency, double probability) =>
        new(2.42, 10, 0.25) { ClassFrequencies = Shares(frequency), MeanProbabilities = Shares(probability) };

    private static ImmutableArray<double> Shares(double first) => [first, .. Enumerable.Repeat((1 - first) / 9, 9)];
}
