using CsCheck;

namespace FanIn.Tests.Signal.Findings;

public sealed class SignalJudgementTests
{
    [Fact]
    public void AHealthyChainHasNoFindings()
    {
        SignalReport report = Observed.Chain().Judge();
        Assert.Empty(report.Findings);
        Assert.Equal("healthy", report.Verdict);
        Assert.Equal(11, report.Layers.Length);
        Assert.Equal(1, report.Layers[0].MeasuredRms);
        Assert.Equal(1e-3, report.Layers[0].MeasuredGradientRms);
        Assert.Null(report.Layers[0].Spread);
    }

    [Fact]
    public void FiguresAreMediansOverTheSetsOfWeights()
    {
        ModelObservation[] seeds = [.. new[] { 3.0, 1, 2 }.Select(r => Observed.Chain(3, rms: _ => r))];
        SignalReport report = SignalJudgement.Of(seeds, Observed.Prediction(seeds[0]));
        Assert.Equal(2, report.Layers[1].MeasuredRms);
        Assert.Equal((1, 3), report.Layers[1].Spread);
        Assert.Equal(1, report.Layers[1].Prediction!.Rms);
        Assert.Same(seeds[0], report.Observation);
        Assert.Equal(2.5, SignalJudgement.Of([seeds[0], seeds[2]]).Layers[0].MeasuredRms);
    }

    [Fact]
    public void WithoutAnObservationThereIsNothingToJudge() =>
        Assert.Equal(
            "There is no observation to judge. (Parameter 'observations')",
            Assert.Throws<ArgumentException>(() => SignalJudgement.Of([])).Message
        );

    [Fact]
    public void TheVerdictIsTheMostUpstreamCauseAndTheWorstComesFirst()
    {
        ModelObservation observation = Observed
            .Chain(rms: i => Math.Pow(0.5, i))
            .WithParameter("fc3.weight", p => p with { DistinctUnits = 40, GradientDistinctUnits = null })
            .WithLayer(4, l => l with { SaturatedShare = 0.99 });
        SignalReport report = observation.Judge();
        Assert.Equal("symmetric", report.Verdict);
        Assert.Equal(
            [FindingKind.Vanishing, FindingKind.Saturated, FindingKind.Symmetric],
            report.Findings.Select(f => f.Kind).Distinct()
        );
        Assert.Equal("symmetric", SignalJudgement.Of([observation], null).Verdict);
        Assert.NotEqual("vanishing", SignalJudgement.Of([observation], null, SignalExpectation.Trained).Verdict);
    }

    [Fact]
    public void NothingOfInitializationIsHeldAgainstATrainedModel()
    {
        ModelObservation trained = Observed
            .Chain(rms: i => Math.Pow(0.5, i), gradient: i => Math.Pow(10, -i))
            .WithParameters(p =>
                p with
                {
                    Values = p.Values with { FourthMoment = 5 },
                    DistinctUnits = 1,
                    Fingerprint = "a",
                }
            )
            .WithLayers(l => l with { SaturatedShare = 1, DeadShare = 1, Correlation = 1 });
        trained = trained with { Loss = new(50, 10, 900), Input = Observed.Normal(100) };
        SignalReport report = SignalJudgement.Of([trained], null, SignalExpectation.Trained);
        Assert.True(report.IsHealthy, report.Cause?.Message);
        Assert.NotEqual("healthy", trained.Judge().Verdict);
    }

    [Fact]
    public void WhatTheEngineSawIsKept()
    {
        var softmax = new SignalFinding(
            FindingKind.SoftmaxTwice,
            FindingSeverity.Warning,
            "output",
            "a softmax before the loss"
        );
        ModelObservation observation = Observed.Chain() with { Structure = [softmax], WithoutGradients = "ONNX" };
        SignalReport report = SignalJudgement.Of([observation, observation]);
        Assert.Equal(softmax, Assert.Single(report.Findings));
        Assert.Equal("softmax-twice", report.Verdict);
        Assert.Equal("ONNX", report.WithoutGradients);
    }

    private static readonly double[] s_special =
    [
        0,
        1,
        -1,
        double.NaN,
        double.PositiveInfinity,
        double.NegativeInfinity,
        1e-300,
        1e300,
    ];

    private static readonly string[] s_names = ["relu", "tanh", "gelu", "selu", "sigmoid", "swiglu"];

    private static readonly Gen<double> s_figure = Gen.OneOf(
        Gen.Double,
        Gen.Double[0, 2],
        Gen.Int[0, 7].Select(i => s_special[i])
    );

    private static readonly Gen<TensorStatistics> s_statistics = Gen.Select(
        Gen.Long[0, 2000],
        Gen.Long[0, 3],
        s_figure,
        s_figure,
        s_figure,
        s_figure,
        (count, nonFinite, mean, rms, largest, fourth) =>
            new TensorStatistics(
                count,
                nonFinite,
                mean,
                rms,
                largest,
                fourth,
                Math.Min(count, nonFinite * 500),
                count / 2
            )
    );

    /// <summary>Whatever an engine may hand over: figures that aren't numbers, empty tensors, other layers in other seeds.</summary>
    [Fact]
    public void NoFiguresMakeItFail() =>
        Gen.Select(
                Gen.Int[0, 6],
                s_statistics.Array[8],
                s_figure.Array[12],
                Gen.Int[0, 5].Select(i => s_names[i]),
                Gen.Bool.Array[4]
            )
            .Sample(
                (hidden, statistics, figures, name, flags) =>
                {
                    Activation activation = Activation.Parse(name);
                    int next = 0;
                    TensorStatistics Any() => statistics[next++ % statistics.Length];
                    double Figure() => figures[next++ % figures.Length];
                    ModelObservation Make(int layers) =>
                        Observed
                            .Chain(layers, activation: activation)
                            .WithLayers(l =>
                                l with
                                {
                                    Output = Any(),
                                    Input = flags[0] ? Any() : null,
                                    Gradient = flags[1] ? Any() : null,
                                    IsNormalized = flags[2],
                                    DeadShare = Figure(),
                                    SaturatedShare = Figure(),
                                    Correlation = Figure(),
                                    TokenCorrelation = Figure(),
                                    AttentionEntropy = Figure(),
                                    StableRank = Figure(),
                                }
                            )
                            .WithParameters(p =>
                                p with
                                {
                                    Values = Any(),
                                    MistakenFans = [new(Figure(), Figure())],
                                }
                            ) with
                        {
                            Input = Any(),
                            Loss = new(Figure(), next % 4, Figure())
                            {
                                ClassFrequencies = [.. Enumerable.Range(0, next % 4).Select(_ => Figure())],
                                MeanProbabilities = [.. Enumerable.Range(0, next % 4).Select(_ => Figure())],
                            },
                        };
                    ModelObservation first = Make(hidden);
                    var prediction = new SignalPrediction([
                        .. first.Layers.Select(l => new LayerPrediction(l.Name, Figure())
                        {
                            LogVariance = Figure(),
                            LogShift = Figure(),
                            GradientRms = Figure(),
                            Correlation = Figure(),
                            DeadShare = Figure(),
                        }),
                    ])
                    {
                        IsChain = flags[3],
                        Activation = activation,
                        WeightVariance = Figure(),
                        BiasVariance = Figure(),
                        Fluctuation = Figure(),
                        LogitVariance = Figure(),
                    };
                    foreach (SignalExpectation expectation in Enum.GetValues<SignalExpectation>())
                    {
                        SignalReport report = SignalJudgement.Of([first, Make(hidden / 2)], prediction, expectation);
                        Assert.Equal(
                            report.Findings.OrderByDescending(f => f.Severity).ThenBy(f => f.Kind).Select(f => f.Kind),
                            report.Findings.Select(f => f.Kind)
                        );
                        Assert.All(report.Findings, f => Assert.False(string.IsNullOrWhiteSpace(f.Message)));
                        ModelDescription model = new(first.Parameters.Select(p => p.Description));
                        Recipe mended = report.Fix(model, Recipe.Of(Initializer.XavierNormal()));
                        Assert.Equal(model.Parameters.Length, mended.Apply(model).Rows.Length);
                    }
                },
                iter: 60
            );
}
