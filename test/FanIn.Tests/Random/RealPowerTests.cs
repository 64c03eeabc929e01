using System.Numerics;
using CsCheck;

namespace FanIn.Tests;

/// <summary>Powers against integers, roots and the platform's own function.</summary>
public sealed class RealPowerTests
{
    [Fact]
    public void HalvesAreSquareRoots() =>
        Gen.Double[1e-300, 1e300]
            .Sample(x =>
            {
                Assert.Equal(Math.Sqrt(x), RealPower.Of(x, 0.5));
                Assert.Equal(x, RealPower.Of(x, 1));
            });

    [Fact]
    public void WholePowersOfWholeNumbersAreExact()
    {
        for (int x = 1; x <= 40; x++)
        {
            for (int y = 0; y <= 9; y++)
            {
                Assert.Equal((double)BigInteger.Pow(x, y), RealPower.Of(x, y));
                Assert.Equal((double)BigInteger.Pow(-x, y), RealPower.Of(-x, y));
            }
        }
    }

    [Fact]
    public void AgreesWithThePlatformToItsError() =>
        Gen.Select(Gen.Double[1e-9, 1e9], Gen.Double[-8, 8])
            .Sample((x, y) => Assert.Equal(1, RealPower.Of(x, y) / Math.Pow(x, y), 1e-14));

    [Theory]
    [InlineData(96, -0.25, 0.3194715521231362)] // (8 12)^(-1/4)
    [InlineData(12, -0.5, 0.28867513459481287)]
    [InlineData(2, -6.5, 0.011048543456039806)]
    [InlineData(0, 2, 0)]
    [InlineData(0, -2, double.PositiveInfinity)]
    [InlineData(-8, 1.0 / 3, double.NaN)]
    [InlineData(10, 400, double.PositiveInfinity)]
    [InlineData(10, -400, 0)]
    [InlineData(5, 0, 1)]
    [InlineData(double.PositiveInfinity, -1, 0)]
    [InlineData(0.5, double.PositiveInfinity, 0)]
    public void SingleValues(double x, double y, double expected) => Assert.Equal(expected, RealPower.Of(x, y));

    [Fact]
    public void GoesDownToTheSmallestNumbers()
    {
        Assert.Equal(Math.ScaleB(1, -1074), RealPower.Of(2, -1074), 0.0);
        Assert.Equal(Math.ScaleB(1, -1000), RealPower.Of(2, -1000), 0.0);
        Assert.Equal(Math.ScaleB(1, 1023), RealPower.Of(2, 1023), 0.0);
    }
}
