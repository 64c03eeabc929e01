namespace FanIn.Tests.Signal.Findings;

public sealed class ExpectedLossTests
{
    /// <summary>Monte Carlo of 2e5 draws: within 4 standard errors, of s / sqrt(2e5), and the table's last digit.</summary>
    [Theory]
    [InlineData(10, 0.1, 2.3072)]
    [InlineData(10, 0.5, 2.4149)]
    [InlineData(10, 1, 2.7284)]
    [InlineData(10, 2, 3.775)]
    [InlineData(10, 5, 7.97)]
    [InlineData(10, 10, 15.49)]
    [InlineData(27, 10, 20.1)]
    [InlineData(1000, 1, 7.400)]
    [InlineData(1000, 2, 8.905)]
    [InlineData(1000, 5, 16.9)]
    [InlineData(50257, 0.5543, 10.978)]
    public void AgreesWithSimulations(int classes, double deviation, double loss)
    {
        double digit = loss is 16.9 or 20.1 ? 0.05 : 0.005;
        double tolerance = Math.Min(digit, deviation / 10) + (4 * deviation / Math.Sqrt(2e5));
        Assert.Equal(loss, ExpectedLoss.Of(classes, deviation * deviation), tolerance);
    }

    /// <summary>E ln(1 + e^d) of two classes is an integral over one normal d of variance 2 s^2.</summary>
    [Theory]
    [InlineData(0.3)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(25)]
    public void OfTwoClassesItIsAnIntegralOverOneDifference(double deviation)
    {
        double sum = 0;
        const double Step = 1e-3;
        for (double z = -12; z <= 12; z += Step)
        {
            double d = z * deviation * Math.Sqrt(2);
            sum +=
                Step
                * Math.Exp(-z * z / 2)
                / Math.Sqrt(2 * Math.PI)
                * (Math.Max(d, 0) + Math.Log(1 + Math.Exp(-Math.Abs(d))));
        }
        Assert.Equal(sum, ExpectedLoss.Of(2, deviation * deviation), 1e-6 * Math.Max(1, sum));
    }

    [Fact]
    public void WithoutLogitsItIsLnC()
    {
        Assert.Equal(Math.Log(10), ExpectedLoss.Of(10, 0), 1e-14);
        Assert.Equal(Math.Log(1000), ExpectedLoss.Of(1000, 1e-12), 1e-7);
        Assert.Equal(0, ExpectedLoss.Of(1, 0));
    }

    [Fact]
    public void OfLargeLogitsItGrowsInProportion() =>
        Assert.Equal(ExpectedLoss.Of(10, 900) * 2, ExpectedLoss.Of(10, 3600), 1e-9);
}
