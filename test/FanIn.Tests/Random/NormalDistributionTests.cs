namespace FanIn.Tests;

/// <summary>Expected values from mpmath with 60 digits.</summary>
public sealed class NormalDistributionTests
{
    [Theory]
    [InlineData(0.0, 0.5)]
    [InlineData(0.1, 0.539827837277029)]
    [InlineData(-0.1, 0.460172162722971)]
    [InlineData(1.0, 0.8413447460685429)]
    [InlineData(-1.0, 0.15865525393145705)]
    [InlineData(2.0, 0.9772498680518208)]
    [InlineData(-2.0, 0.02275013194817921)]
    [InlineData(3.5, 0.9997673709209645)]
    [InlineData(-4.999, 2.8814201414641365e-07)]
    [InlineData(-5.001, 2.851685632231761e-07)]
    [InlineData(-6.0, 9.86587645037698e-10)]
    [InlineData(-10.0, 7.619853024160525e-24)]
    [InlineData(-20.0, 2.7536241186062337e-89)]
    [InlineData(-37.0, 5.725571222524577e-300)]
    public void PhiIsExactToAnUlp(double x, double expected) =>
        Assert.InRange(Math.Abs(NormalDistribution.Phi(x) - expected), 0, Reference.Ulp(expected));

    [Theory]
    [InlineData(0.0, 0.3989422804014327)]
    [InlineData(0.5, 0.35206532676429947)]
    [InlineData(-1.0, 0.24197072451914334)]
    [InlineData(2.0, 0.05399096651318805)]
    [InlineData(7.25, 1.538537950561275e-12)]
    [InlineData(20.0, 5.520948362159764e-88)]
    [InlineData(37.0, 2.1200065515246056e-298)]
    public void DensityIsExactToAnUlp(double x, double expected) =>
        Assert.InRange(Math.Abs(NormalDistribution.Density(x) - expected), 0, Reference.Ulp(expected));

    [Theory]
    [InlineData(0.5000000009313226, 2.3344794983332983e-09)]
    [InlineData(0.3, -0.5244005127080408)]
    [InlineData(0.7, 0.5244005127080407)]
    [InlineData(0.025, -1.9599639845400543)]
    [InlineData(0.975, 1.9599639845400538)]
    [InlineData(0.999999, 4.753424308817087)]
    [InlineData(1e-10, -6.361340902404057)]
    [InlineData(1e-100, -21.273453560965326)]
    [InlineData(1e-300, -37.0470962993612)]
    [InlineData(5e-310, -37.620333660508706)]
    public void QuantileIsExactToAnUlp(double p, double expected) =>
        Assert.InRange(Math.Abs(NormalDistribution.Quantile(p) - expected), 0, Reference.Ulp(expected));

    [Fact]
    public void EndsAreExact()
    {
        Assert.Equal(0.0, NormalDistribution.Phi(double.NegativeInfinity));
        Assert.Equal(1.0, NormalDistribution.Phi(double.PositiveInfinity));
        Assert.Equal(0.0, NormalDistribution.Density(double.PositiveInfinity));
        Assert.Equal(double.NegativeInfinity, NormalDistribution.Quantile(0));
        Assert.Equal(double.PositiveInfinity, NormalDistribution.Quantile(1));
        Assert.Equal(0.0, NormalDistribution.Quantile(0.5));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void QuantileWantsAProbability(double p) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalDistribution.Quantile(p));
}
