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
        ModelObservation observation = Observed.Chain(gradient: i => 1e-3 * Math.Pow(factor, 9 - i));
        FindingKind kind = factor > 1 ? FindingKind.Exploding : FindingKind.Vanishing;
        Assert.Equal(severity, observation.Judge(Observed.Prediction(observation)).Find(kind)?.Severity);
        // Where layers aren't a chain a gradient within the factor 100 says nothing unless the signal goes the same way.
        Assert.Equal(severity == FindingSeverity.Error ? severity : null, observation.Judge().Find(kind)?.Severity);
    }

    [Fact]
    public void ASlowChangeOverManyLayersIsNone()
    {
        // A tenth over 49 steps, 0.954 each: tanh at its critical point.
        Assert.True(Observed.Chain(50, rms: i => Math.Pow(0.954, i)).WithLayers(NoInput).Judge().IsHealthy);
        // SELU: 29.587 in the square over 49 steps.
        ModelObservation selu = Observed.Chain(50, gradient: i => 1e-6 * Math.Pow(1.0351, 49 - i));
        Assert.True(selu.Judge(Observed.Prediction(selu)).IsHealthy);
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
        ModelObservation chain = Observed.Chain(rms: i => i < 5 ? 1 : 1e-3).WithLayers(NoInput);
        SignalReport report = chain.Judge(Observed.Prediction(chain));
        SignalFinding finding = report.Find(FindingKind.Vanishing)!;
        Assert.Equal("fc6", finding.Layer);
        Assert.Equal("fc6.weight", finding.FixPattern);
        Assert.Equal("he_normal for 'fc6.weight'", finding.Fix);
        // A gradient that is lost between fc5 and fc4's outputs is lost by fc5's weights.
        SignalFinding backward = Observed
            .Chain(gradient: i => i < 4 ? 1e-6 : 1e-3)
            .Judge(Observed.Prediction(chain))
            .Find(FindingKind.Vanishing)!;
        Assert.Equal("fc5", backward.Layer);
    }

    /// <summary>Whatever shares a cause is one finding, of the first of the layers that make it.</summary>
    [Fact]
    public void OneCauseIsOneFinding()
    {
        ModelObservation both = Observed
            .Chain(rms: i => Math.Pow(0.7, i), gradient: i => 1e-3 * Math.Pow(0.7, 9 - i))
            .WithLayers(NoInput);
        SignalFinding whole = Assert.Single(both.Judge(Observed.Prediction(both)).Findings, IsGrowth);
        Assert.Equal("fc2", whole.Layer);
        Assert.Contains("in 'fc2' to 'fc10'", whole.Message, StringComparison.Ordinal);
        Assert.Contains("the signal shrinks from", whole.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("and the gradient shrinks backward", whole.Message, StringComparison.Ordinal);
        // Weights of one scale share it where only some of their layers show it beyond the limits.
        ModelObservation late = Observed.Chain(rms: i => i < 4 ? 1 : Math.Pow(0.7, i - 3)).WithLayers(NoInput);
        Assert.Equal("fc2", Assert.Single(late.Judge(Observed.Prediction(late)).Findings, IsGrowth).Layer);
        // Weights of another scale don't.
        foreach (string name in (string[])["fc5", "fc6", "fc7", "fc8", "fc9", "fc10"])
        {
            late = late.WithParameter($"{name}.weight", p => p with { Values = Observed.Normal(0.07, p.Values.Count) });
        }
        SignalFinding some = Assert.Single(late.Judge(Observed.Prediction(late)).Findings, IsGrowth);
        Assert.Equal("fc5", some.Layer);
        Assert.Equal("fc5.weight|fc6.weight|fc7.weight|fc8.weight|fc9.weight|fc10.weight", some.FixPattern);

        static bool IsGrowth(SignalFinding finding) => finding.Kind is FindingKind.Vanishing or FindingKind.Exploding;
    }

    /// <summary>A chain of tanh at its critical point: q' = E tanh(sqrt(q) z)^2, and the gradient's factor with it.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(20)]
    public void ASaturatingActivationOnItsWayToItsLinearRangeIsNone(int depth)
    {
        var tanh = Activation.Parse("tanh");
        double[] variances = new double[depth];
        double[] gradients = new double[depth];
        double q = 1;
        for (int i = 0; i < depth; i++)
        {
            GaussianExpectation at = GaussianExpectation.Of(tanh, q);
            (variances[i], gradients[i]) = (q, at.DerivativeSecondMoment);
            q = at.SecondMoment;
        }
        ModelObservation observation = Observed
            .Chain(
                depth,
                rms: i => Math.Sqrt(variances[i]),
                gradient: i => 1e-3 * Math.Sqrt(gradients[i..].Aggregate(1.0, (a, b) => a * b)),
                activation: tanh
            )
            .WithLayers(NoInput);
        SignalPrediction prediction = Observed.Prediction(observation) with
        {
            Activation = tanh,
            Layers =
            [
                .. observation.Layers.Select(l => new LayerPrediction(l.Name, l.Output.Rms)
                {
                    GradientRms = l.Gradient!.Rms,
                }),
            ],
        };
        Assert.DoesNotContain(
            observation.Judge(prediction).Findings,
            f => f.Kind is FindingKind.Vanishing or FindingKind.Exploding
        );
    }

    /// <summary>Layers of different kinds, side by side: their sizes differ, and a line through them is no trend.</summary>
    [Fact]
    public void SizesOfDifferentKindsAreNoTrend()
    {
        double[] sizes = [1, 0.3, 2, 3.5, 1.2, 5, 4.2, 3, 9, 2.5];
        ModelObservation observation = Observed.Chain(rms: i => sizes[i]).WithLayers(NoInput);
        Assert.Null(observation.Judge().Find(FindingKind.Exploding));
    }

    /// <summary>Where next to no unit passes anything on, what is behind has its cause there.</summary>
    [Fact]
    public void WhatIsBehindDeadUnitsIsTheirs()
    {
        ModelObservation observation = Observed
            .Chain(rms: i => i < 4 ? 1 : 0, gradient: i => i < 4 ? 0 : 1e-3)
            .WithLayers(NoInput)
            .WithLayer(3, l => l with { DeadShare = 1 });
        SignalReport report = observation.Judge(Observed.Prediction(observation));
        Assert.Equal(("dead", "fc4"), (report.Verdict, report.Cause!.Layer));
        Assert.Null(report.Find(FindingKind.Vanishing));
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
