namespace FanIn.Tests;

public sealed class JacobianSpectrumTests
{
    /// <summary>mu_2 / mu_1^2 - 1 of tanh at its critical points, computed elsewhere.</summary>
    [Theory]
    [InlineData(0.01, 1.019710760741267, 7.2732374e-4)]
    [InlineData(0.0625, 1.115380624362802, 0.019190151927597)]
    [InlineData(0.1, 1.177569096164601, 0.039709122523847)]
    [InlineData(0.5, 1.687975120577535, 0.299244126552)]
    [InlineData(1, 2.15330264890279, 0.58347994136746)]
    public void OrthogonalTanhIsNearlyIsometricWhereTheSignalIsSmall(double q, double weight, double spread)
    {
        var orthogonal = JacobianSpectrum.Of(Activation.Parse("tanh"), 16, weight, q, isOrthogonal: true);
        var normal = JacobianSpectrum.Of(Activation.Parse("tanh"), 16, weight, q, isOrthogonal: false);

        Assert.Equal(1, orthogonal.Mean, 1e-11);
        Assert.Equal(16 * spread, orthogonal.RelativeVariance, 1e-9);
        Assert.Equal(16 * (spread + 1), normal.RelativeVariance, 1e-9);
    }

    [Theory]
    [InlineData("relu", 2, true, 10)]
    [InlineData("relu", 2, false, 20)]
    [InlineData("identity", 1, true, 0)]
    [InlineData("identity", 1, false, 10)]
    public void PiecewiseLinearOnes(string spelling, double weight, bool isOrthogonal, double variance)
    {
        var spectrum = JacobianSpectrum.Of(Activation.Parse(spelling), 10, weight, 3, isOrthogonal);

        Assert.Equal(1, spectrum.Mean, 1e-12);
        Assert.Equal(variance, spectrum.Variance, 1e-11);
    }
}
