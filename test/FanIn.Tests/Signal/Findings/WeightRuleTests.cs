namespace FanIn.Tests.Signal.Findings;

/// <summary>The rules that look at weights alone.</summary>
public sealed class WeightRuleTests
{
    private const string Weight = "fc3.weight";

    [Theory]
    [InlineData(100, null)]
    [InlineData(99, FindingSeverity.Warning)]
    [InlineData(1, FindingSeverity.Error)]
    public void EqualUnits(int distinct, FindingSeverity? severity)
    {
        SignalReport report = Observed
            .Chain()
            .WithParameter(Weight, p => p with { DistinctUnits = distinct, GradientDistinctUnits = null })
            .Judge();
        Assert.Equal(severity, report.Find(FindingKind.Symmetric)?.Severity);
        Assert.Equal(severity is null ? null : "fc3", report.Find(FindingKind.Symmetric)?.Layer);
    }

    [Fact]
    public void EqualUnitsWithDifferentGradientsPartButBeginAsOne()
    {
        SignalFinding? finding = Observed
            .Chain()
            .WithParameter(Weight, p => p with { DistinctUnits = 50, GradientDistinctUnits = 100 })
            .Judge()
            .Find(FindingKind.Symmetric);
        Assert.Equal(FindingSeverity.Warning, finding!.Severity);
        Assert.Contains("100 gradients differ", finding.Message, StringComparison.Ordinal);
    }

    /// <summary>Two rows of a Fourier basis are zero; they aren't random units that happen to be alike.</summary>
    [Theory]
    [InlineData(30.0, false)]
    [InlineData(1.1, true)]
    public void APatternIsNotSymmetricButNotRandom(double neighbours, bool isSymmetric)
    {
        SignalReport report = Observed
            .Chain()
            .WithParameter(Weight, p => p with { DistinctUnits = 99, NeighbourCorrelation = neighbours })
            .Judge();
        Assert.Equal(isSymmetric, report.Find(FindingKind.Symmetric) is not null);
        Assert.Equal(!isSymmetric, report.Find(FindingKind.NotRandom) is not null);
        Assert.NotNull(
            Observed
                .Chain()
                .WithParameter(Weight, p => p with { DistinctUnits = 1, NeighbourCorrelation = neighbours })
                .Judge()
                .Find(FindingKind.Symmetric)
        );
    }

    [Fact]
    public void PairsAmongUnitsOfFewInputsAreChance()
    {
        ParameterObservation Of(int inputs, int distinct, ParameterObservation p) =>
            p with
            {
                Description = p.Description with { Tensor = TensorDescription.Dense(100, inputs) },
                DistinctUnits = distinct,
                GradientDistinctUnits = null,
            };
        Assert.True(Observed.Chain().WithParameter(Weight, p => Of(7, 99, p)).Judge().IsHealthy);
        Assert.Equal("symmetric", Observed.Chain().WithParameter(Weight, p => Of(8, 99, p)).Judge().Verdict);
        Assert.Equal("symmetric", Observed.Chain().WithParameter(Weight, p => Of(7, 1, p)).Judge().Verdict);
    }

    [Fact]
    public void ZerosThatGetAGradientAreMeant()
    {
        ParameterObservation Zero(ParameterObservation p, double gradient) =>
            p with
            {
                Values = Observed.Normal(0, p.Values.Count),
                DistinctUnits = 1,
                Gradient = Observed.Normal(gradient, p.Values.Count),
            };
        Assert.True(Observed.Chain().WithParameter("output.weight", p => Zero(p, 1e-3)).Judge().IsHealthy);
        Assert.True(Observed.Chain().WithParameter(Weight, p => Zero(p, 1e-3)).Judge().IsHealthy);
        Assert.Equal("symmetric", Observed.Chain().WithParameter(Weight, p => Zero(p, 0)).Judge().Verdict);
    }

    [Fact]
    public void WithoutGradientsZerosAreMeantWhereTheSignalHasAnotherWay()
    {
        ModelObservation zero = Observed
            .Chain()
            .WithParameter(
                Weight,
                p =>
                    p with
                    {
                        Values = Observed.Normal(0, p.Values.Count),
                        DistinctUnits = 1,
                        Gradient = null,
                        ReceivesGradient = null,
                    }
            );
        Assert.True(zero.Judge().IsHealthy);
        Assert.Equal("symmetric", zero.WithLayer(3, l => l with { Input = Observed.Normal(0) }).Judge().Verdict);
    }

    [Fact]
    public void ADepthwiseConvolutionOfEqualUnitsIsConstantRatherThanSymmetric()
    {
        SignalReport report = Observed
            .Chain()
            .WithParameter(
                Weight,
                p =>
                    p with
                    {
                        Description = p.Description with { Tensor = TensorDescription.Depthwise(100, 1, [3, 3]) },
                        Values = new(900, 0, 0.1, 0.1, 0.1, 1, 0, 0),
                        DistinctUnits = 1,
                    }
            )
            .Judge();
        Assert.Null(report.Find(FindingKind.Symmetric));
        Assert.Equal("constant", report.Verdict);
        Assert.Equal("fc3", report.Cause!.Layer);
    }

    [Fact]
    public void ATableOfEqualRows()
    {
        ModelObservation chain = Observed.Chain();
        var table = new ParameterObservation(
            new("embedding.weight", TensorDescription.Embedding(30, 8), ParameterRole.Embedding),
            new(240, 0, 0.5, 0.5, 0.5, 1, 0, 0)
        );
        SignalReport report = (chain with { Parameters = chain.Parameters.Add(table) }).Judge();
        Assert.Equal("constant", report.Verdict);
        Assert.Equal(FindingSeverity.Error, report.Cause!.Severity);
        Assert.Equal(Initializer.Normal(), report.Cause.FixInitializer);
    }

    [Fact]
    public void EqualTensors()
    {
        ModelObservation observation = Observed.Chain().WithParameter(Weight, p => p with { Fingerprint = "fc2" });
        SignalReport report = observation.Judge();
        Assert.Equal("identical", report.Verdict);
        Assert.Equal("fc3", report.Cause!.Layer);
        // Constants, identities: one size and zeros.
        var diagonal = new TensorStatistics(10_000, 0, 0.01, 0.1, 1, 100, 9_900, 0);
        Assert.Null(
            observation
                .WithParameter(Weight, p => p with { Values = diagonal })
                .WithParameter("fc2.weight", p => p with { Values = diagonal })
                .Judge()
                .Find(FindingKind.IdenticalTensors)
        );
    }

    /// <summary>
    /// A transposed convolution 64 -> 32, 4x4, stride 2: the true fan-in is 64 * 16 / 4 = 256, the fan-out 512. PyTorch
    /// takes 512 and 1024.
    /// </summary>
    [Theory]
    [InlineData(2.0 / 256, null)] // he_normal
    [InlineData(1.0 / 256, null)] // lecun_normal, and he_normal of the wrong fans
    [InlineData(2.0 / 768, null)] // xavier_normal
    [InlineData(1.0 / 768, null)] // standard_uniform, and xavier_normal of the wrong fans
    [InlineData(2.0 / 1024, FindingSeverity.Note)] // he_normal(mode=fan_out): 0.71
    [InlineData(1.0 / 1536, FindingSeverity.Note)] // standard_uniform: 0.71
    [InlineData(0.05, null)] // no rule at all
    public void WrongFans(double variance, FindingSeverity? severity)
    {
        TensorDescription tensor = TensorDescription.TransposedConvolution(32, 64, [4, 4], [2, 2]);
        Assert.Equal(new Fan(256, 512), tensor.Fan);
        SignalFinding? finding = Observed
            .Chain()
            .WithParameter(
                Weight,
                p =>
                    p with
                    {
                        Description = p.Description with { Tensor = tensor },
                        Values = Observed.Normal(Math.Sqrt(variance), tensor.Count),
                        MistakenFans = [new(512, 1024)],
                        DistinctUnits = 32,
                    }
            )
            .Judge()
            .Find(FindingKind.WrongFan);
        Assert.Equal(severity, finding?.Severity);
    }

    /// <summary>
    /// 32 -> 128 channels: 128 connections into a unit and 2048 out of one, of which PyTorch makes 2048 and 512. Its fan-out
    /// is nobody's; its fan-in is the true fan-out, so that he_normal by it can't be told from he_normal(mode=fan_out).
    /// </summary>
    [Fact]
    public void WrongFansOfATransposedConvolution()
    {
        SignalFinding Of(double variance)
        {
            TensorDescription tensor = TensorDescription.TransposedConvolution(128, 32, [4, 4], [2, 2]);
            Assert.Equal(new Fan(128, 2048), tensor.Fan);
            return Assert.Single(
                Observed
                    .Chain()
                    .WithParameter(
                        Weight,
                        p =>
                            p with
                            {
                                Description = p.Description with { Tensor = tensor },
                                Values = Observed.Normal(Math.Sqrt(variance), tensor.Count),
                                MistakenFans = [new(2048, 512)],
                                DistinctUnits = 128,
                            }
                    )
                    .Judge()
                    .Findings
            );
        }

        SignalFinding wrong = Of(2.0 / 512);
        Assert.Equal((FindingKind.WrongFan, FindingSeverity.Warning, "fc3"), (wrong.Kind, wrong.Severity, wrong.Layer));
        Assert.Equal(
            "The weights of 'fc3.weight' have the standard deviation 0.0625 that he_normal(mode=fan_out) gives a fan-in of 2048 and a fan-out of 512, but the layer's fans are 128 and 2048: 2 times what they should be (TheDeepChecker allows a factor of 2).",
            wrong.Message
        );
        Assert.Equal(
            Rule.For(Weight, Initializer.Parse("he_normal(mode=fan_out)")) with
            {
                MayMatchNothing = true,
                MayBeOverruled = true,
            },
            Assert.Single(wrong.FixRules)
        );
        SignalFinding either = Of(2.0 / 2048);
        Assert.Equal((FindingKind.WrongFan, FindingSeverity.Note, "fc3"), (either.Kind, either.Severity, either.Layer));
        Assert.Equal(
            "The weights of 'fc3.weight' have the standard deviation 0.0312 that he_normal gives a fan-in of 2048 and a fan-out of 512, but the layer's fans are 128 and 2048: 0.25 times what they should be (unless he_normal(mode=fan_out) by the layer's own fans is what was meant, which is the same).",
            either.Message
        );
    }

    /// <summary>Grouped 64 -> 64 in 8 groups, 3x3: fan-in and fan-out are 72, PyTorch's fan-out is 576.</summary>
    [Fact]
    public void WrongFansOfGroups()
    {
        TensorDescription tensor = TensorDescription.Convolution(64, 64, [3, 3], 8);
        SignalReport Of(double variance, bool isNormalized = false) =>
            Observed
                .Chain()
                .WithLayer(2, l => l with { IsNormalized = isNormalized })
                .WithParameter(
                    Weight,
                    p =>
                        p with
                        {
                            Description = p.Description with { Tensor = tensor },
                            Values = Observed.Normal(Math.Sqrt(variance), tensor.Count),
                            MistakenFans = [new(72, 576)],
                            DistinctUnits = 64,
                        }
                )
                .Judge();
        Assert.True(Of(2.0 / 72).IsHealthy);
        SignalFinding finding = Of(2.0 / 576).Find(FindingKind.WrongFan)!;
        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.Equal("fc3", finding.Layer);
        Assert.Equal("he_normal(mode=fan_out)", finding.FixInitializer!.ToString());
        Assert.Equal(FindingSeverity.Note, Of(2.0 / 576, isNormalized: true).Find(FindingKind.WrongFan)!.Severity);
    }

    [Fact]
    public void NonFiniteWeights()
    {
        SignalReport report = Observed
            .Chain()
            .WithParameter(Weight, p => p with { Values = p.Values with { NonFinite = 3 } })
            .Judge();
        Assert.Equal("non-finite", report.Verdict);
        Assert.Equal(Weight, report.Cause!.Layer);
        Assert.Equal(
            "3 of 10000 values of 'fc3.weight' are NaN or infinite (SageMaker Debugger, ExplodingTensor, allows none).",
            report.Cause.Message
        );
    }

    [Fact]
    public void FreshWeightsInATrainedModel()
    {
        ModelObservation fresh = Observed.Chain();
        SignalReport all = SignalJudgement.Of([fresh], null, SignalExpectation.Trained);
        Assert.Equal("untrained", all.Verdict);
        Assert.Equal("", all.Cause!.Layer);
        ModelObservation trained = fresh.WithParameters(p =>
            p with
            {
                Values = p.Values with { FourthMoment = 3.6, Rms = p.Values.Rms * 1.3, Mean = 0.01 },
            }
        );
        Assert.True(SignalJudgement.Of([trained], null, SignalExpectation.Trained).IsHealthy);
        ModelObservation small = trained.WithParameter(Weight, _ => fresh.Parameters[4]);
        SignalReport ofSmall = SignalJudgement.Of([small], null, SignalExpectation.Trained);
        Assert.True(ofSmall.IsHealthy);
        Assert.Equal(
            FindingSeverity.Note,
            Assert.Single(ofSmall.Findings, f => f.Kind == FindingKind.Untrained).Severity
        );
        ModelObservation one = trained.WithParameter(
            Weight,
            _ => fresh.Parameters[4] with { Values = fresh.Parameters[4].Values with { Count = 65_536 } }
        );
        SignalFinding finding = SignalJudgement.Of([one], null, SignalExpectation.Trained).Cause!;
        Assert.Equal(
            (FindingKind.Untrained, FindingSeverity.Warning, "fc3"),
            (finding.Kind, finding.Severity, finding.Layer)
        );
        Assert.Contains("he_normal", finding.Message, StringComparison.Ordinal);
    }

    /// <summary>4 standard errors of the second moment of 10000 normal values are 5.7%, of the kurtosis 0.196.</summary>
    [Theory]
    [InlineData(1.056, 3, true)]
    [InlineData(1.058, 3, false)]
    [InlineData(1, 3.19, true)]
    [InlineData(1, 3.20, false)]
    public void TheLawOfAFreshTensorIsExact(double variance, double kurtosis, bool isFresh)
    {
        double std = Math.Sqrt(2.0 / 100 * variance);
        ModelObservation observation = Observed
            .Chain()
            .WithParameter(Weight, p => p with { Values = p.Values with { Rms = std, FourthMoment = kurtosis } });
        SignalReport report = SignalJudgement.Of([observation], null, SignalExpectation.Trained);
        Assert.Equal(isFresh, report.Cause is { Layer: "" });
    }

    [Fact]
    public void FixedFiltersAreToldNeutrally()
    {
        ModelObservation filters = Observed
            .Chain()
            .WithParameter(Weight, p => p with { Values = new(10_000, 0, 0.001, 0.01, 0.03, 60, 9_000, 0) });
        foreach (SignalExpectation expectation in Enum.GetValues<SignalExpectation>())
        {
            SignalFinding finding = SignalJudgement.Of([filters], null, expectation).Find(FindingKind.NotRandom)!;
            Assert.Equal((FindingSeverity.Note, "fc3"), (finding.Severity, finding.Layer));
            Assert.Contains("not randomly initialized", finding.Message, StringComparison.Ordinal);
        }
        Assert.Null(Observed.Chain().Judge().Find(FindingKind.NotRandom));
    }
}
