namespace FanIn.Tests.Signal.Findings;

public sealed class GrowthRuleTests
{
    /// <summary>A factor a layer over 10 hidden layers, of the signal: 9 steps.</summary>
    [Theory]
    [InlineData(1, null)]
    [InlineData(0.89, null)] // 0.35 in all: variances are within 10
    [InlineData(0.87, FindingSeverity.Warning)] // 0.286
    [InlineData(0.601, FindingSeverity.Warning)] // 0.0102
    [InlineData(0.599, FindingSeverity.Error)] // 0.0099
    [InlineData(1.13, null)] // 3.0
    [InlineData(1.14, FindingSeverity.Warning)] // 3.25
    [InlineData(1.66, FindingSeverity.Warning)] // 95.7
    [InlineData(1.67, FindingSeverity.Error)] // 101
    public void TheSignal(double factor, FindingSeverity? severity)
    {
        ModelObservation observation = Observed.Chain(rms: i => Math.Pow(factor, i)).WithLayers(NoInput);
        foreach (SignalPrediction? prediction in (SignalPrediction?[])[null, Observed.Prediction(observation)])
        {
            SignalReport report = observation.Judge(prediction);
            FindingKind kind = factor > 1 ? FindingKind.Exploding : FindingKind.Vanishing;
            Assert.Equal(severity, report.Find(kind)?.Severity);
            Assert.Equal(severity is null, report.IsHealthy);
            Assert.Equal(severity is null ? "healthy" : FindingKinds.Text(kind), report.Verdict);
        }
    }

    /// <summary>Backward: the first layer's gradient is factor^9 times the last hidden layer's.</summary>
    [Theory]
    [InlineData(0.89, null)]
    [InlineData(0.87, FindingSeverity.Warning)]
    [InlineData(0.599, FindingSeverity.Error)]
    [InlineData(1.13, null)]
    [InlineData(1.14, FindingSeverity.Warning)]
    [InlineData(1.67, FindingSeverity.Error)]
    public void TheGradient(double factor, FindingSeverity? severity)
    {
        SignalReport report = Observed.Chain(gradient: i => 1e-3 * Math.Pow(factor, 9 - i)).Judge();
        Assert.Equal(severity, report.Find(factor > 1 ? FindingKind.Exploding : FindingKind.Vanishing)?.Severity);
    }

    [Fact]
    public void ASlowChangeOverManyLayersIsNone()
    {
        // A tenth over 49 steps, 0.954 each: tanh at its critical point.
        Assert.True(Observed.Chain(50, rms: i => Math.Pow(0.954, i)).WithLayers(NoInput).Judge().IsHealthy);
        // SELU: 29.587 in the square over 49 steps.
        Assert.True(Observed.Chain(50, gradient: i => 1e-6 * Math.Pow(1.0351, 49 - i)).Judge().IsHealthy);
    }

    [Fact]
    public void WhatFiniteWidthDoesIsNoFault()
    {
        ModelObservation observation = Observed.Chain(rms: i => Math.Pow(0.8, i)).WithLayers(NoInput);
        SignalPrediction exact = Observed.Prediction(observation);
        Assert.Equal("vanishing", observation.Judge(exact).Verdict);
        Assert.True(observation.Judge(Widening(exact, 5.0)).IsHealthy);
        // The band doesn't excuse what is predicted itself to shrink.
        SignalPrediction shrinking = exact with
        {
            Layers = [.. exact.Layers.Select((l, i) => l with { Rms = Math.Pow(0.8, i), LogVariance = i })],
        };
        Assert.Equal("vanishing", observation.Judge(shrinking).Verdict);
    }

    [Fact]
    public void TheLayerAtFaultIsNamed()
    {
        SignalReport report = Observed.Chain(rms: i => i < 5 ? 1 : 1e-3).WithLayers(NoInput).Judge();
        SignalFinding finding = report.Find(FindingKind.Vanishing)!;
        Assert.Equal("fc6", finding.Layer);
        Assert.Equal("fc6.weight", finding.FixPattern);
        Assert.Equal("he_normal for 'fc6.weight'", finding.Fix);
        // A gradient that is lost between fc5 and fc4's outputs is lost by fc5's weights.
        SignalFinding backward = Observed
            .Chain(gradient: i => i < 4 ? 1e-6 : 1e-3)
            .Judge()
            .Find(FindingKind.Vanishing)!;
        Assert.Equal("fc5", backward.Layer);
    }

    [Fact]
    public void NormalizedLayersAreNotJudgedForward() =>
        Assert.True(
            Observed
                .Chain(rms: i => Math.Pow(0.5, i))
                .WithLayers(l => NoInput(l) with { IsNormalized = l.Name != "output" })
                .Judge()
                .IsHealthy
        );

    [Fact]
    public void LayersBehindAGateHaveNoGradientByDesign()
    {
        ModelObservation shut = Observed.Chain(gradient: i => i % 2 == 1 ? 0 : 1e-3);
        Assert.Equal("vanishing", Observed.Chain(gradient: i => i < 5 ? 0 : 1e-3).Judge().Verdict);
        var gate = new ParameterObservation(
            new("block.scale", TensorDescription.Plain(1), ParameterRole.Other),
            Observed.Normal(0, 1)
        )
        {
            Gradient = Observed.Normal(0.1, 1),
            ReceivesGradient = true,
        };
        Assert.True((shut with { Parameters = shut.Parameters.Add(gate) }).Judge().IsHealthy);
    }

    [Fact]
    public void OneLayerBeforeASkipIsJudgedByItself()
    {
        ModelObservation observation = Observed.Chain();
        SignalReport report = observation.WithLayer(3, l => l with { Input = Observed.Normal(0.0099) }).Judge();
        Assert.Equal(FindingKind.Exploding, report.Cause!.Kind);
        Assert.Equal("fc4", report.Cause.Layer);
        Assert.True(observation.WithLayer(3, l => l with { Input = Observed.Normal(0.0101) }).Judge().IsHealthy);
        Assert.Equal(
            "vanishing",
            observation.WithLayer(3, l => l with { Input = Observed.Normal(101) }).Judge().Verdict
        );
    }

    private static LayerObservation NoInput(LayerObservation layer) => layer with { Input = null };

    private static SignalPrediction Widening(SignalPrediction prediction, double variance) =>
        prediction with
        {
            Layers = [.. prediction.Layers.Select((l, i) => l with { LogVariance = i == 9 ? variance : 0 })],
        };
}
