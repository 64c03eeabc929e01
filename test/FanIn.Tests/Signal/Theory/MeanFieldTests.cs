namespace FanIn.Tests;

public sealed class MeanFieldTests
{
    [Fact]
    public void AtACriticalPointGradientsKeepTheirSize()
    {
        var tanh = Activation.Parse("tanh");
        MeanFieldPoint point = Assert.Single(MeanField.Of(tanh, 1.760954639606739, 0.05).FixedPoints);

        Assert.Equal(0.5700478816407641, point.Variance, 1e-9);
        Assert.Equal(SignalPhase.Critical, point.Phase);
        Assert.Equal(1, point.Correlation);
        Assert.True(point.IsStable);
        Assert.Equal(-1 / Math.Log(CriticalPoint.Of(tanh, 0.05)!.ChiPar), point.LengthDepth, 1e-6);
        Assert.Equal(double.PositiveInfinity, point.GradientDepth);
    }

    [Theory]
    [InlineData(1.2, SignalPhase.Ordered)]
    [InlineData(4, SignalPhase.Chaotic)]
    public void FixedPointsAreWhereIterationEnds(double weight, SignalPhase phase)
    {
        var field = MeanField.Of(Activation.Parse("tanh"), weight, 0.05);
        MeanFieldPoint point = Assert.Single(field.FixedPoints);
        double q = 1;
        for (int layer = 0; layer < 200; layer++)
        {
            q = field.NextVariance(q);
        }
        double c = 0.3;
        for (int layer = 0; layer < 150; layer++)
        {
            c = field.NextCorrelation(q, c);
        }

        Assert.Equal(phase, point.Phase);
        Assert.Equal(q, point.Variance, 1e-10);
        Assert.Equal(c, point.Correlation!.Value, 1e-6);
        Assert.Equal(phase == SignalPhase.Chaotic, point.Correlation < 0.99);
        // The rate of the last approach.
        double off = point.Correlation.Value - 1e-4;
        double rate = (point.Correlation.Value - field.NextCorrelation(q, off)) / 1e-4;
        Assert.Equal(point.CorrelationSlope!.Value, rate, 1e-3);
    }

    [Fact]
    public void DropoutLeavesNoCriticalPoint()
    {
        var field = MeanField.Of(Activation.Parse("tanh"), 1.6, 0.05, 0.9);
        MeanFieldPoint point = Assert.Single(field.FixedPoints);

        Assert.InRange(point.Correlation!.Value, 0.1, 0.95);
        Assert.Equal(point.Correlation.Value, field.NextCorrelation(point.Variance, point.Correlation.Value), 1e-9);
    }

    [Fact]
    public void ReluKeepsEveryVarianceAtTwoOnly()
    {
        var relu = Activation.Parse("relu");

        Assert.True(MeanField.Of(relu, 2).KeepsEveryVariance);
        MeanFieldPoint fading = Assert.Single(MeanField.Of(relu, 1, 0.5).FixedPoints);
        Assert.Equal(1, fading.Variance, 1e-10);
        Assert.Equal(0.5, fading.ChiPerp, 1e-12);
        Assert.Empty(MeanField.Of(relu, 2, 0.5).FixedPoints);
    }

    [Fact]
    public void BadInputIsRefusedInASentence() =>
        Assert.Contains(
            "keepProbability is 0; it must be above 0 and at most 1",
            Assert.Throws<ArgumentOutOfRangeException>(() => MeanField.Of(Activation.Parse("relu"), 2, 0, 0)).Message,
            StringComparison.Ordinal
        );
}
