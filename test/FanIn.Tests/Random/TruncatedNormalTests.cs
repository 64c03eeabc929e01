namespace FanIn.Tests;

/// <summary>Expected values from mpmath with 400 digits.</summary>
public sealed class TruncatedNormalTests
{
    [Theory]
    [InlineData(-2.0, 2.0, 0.0, 0.7737413035499232)]
    [InlineData(-1.0, 1.0, 0.0, 0.2911250947727932)]
    [InlineData(0.0, double.PositiveInfinity, 0.7978845608028654, 0.3633802276324187)]
    [InlineData(double.NegativeInfinity, -3.0, -3.2830986549304364, 0.07055918678526811)]
    [InlineData(2.0, 3.0, 2.315821326743782, 0.06152077957448997)]
    [InlineData(5.0, 6.0, 5.183147090477173, 0.029452430768483057)]
    [InlineData(30.0, 31.0, 30.033259667433622, 0.0011037715118352822)]
    [InlineData(37.0, double.PositiveInfinity, 37.02698768612699, 0.0007272780988775133)]
    [InlineData(-0.1, 0.05, -0.024953160157792423, 0.0018735928112792709)]
    [InlineData(-1.0, 5.0, 0.2875983018504772, 0.6296783124668667)]
    [InlineData(1.0, 1.0001, 1.000049999166625, 8.333333326386637e-10)]
    [InlineData(-1e-09, 2e-09, 5e-10, 7.500000000000001e-19)]
    [InlineData(20.0, 20.001, 20.000498333302836, 8.333166383237426e-08)]
    [InlineData(-5.0, 5.5, 1.379022335794816e-06, 0.9999919740612693)]
    public void MomentsAreExact(double low, double high, double mean, double variance)
    {
        Assert.Equal(mean, TruncatedNormal.Mean(low, high), Math.Max(Math.Abs(mean) * 4e-15, 1e-17));
        Assert.Equal(variance, TruncatedNormal.Variance(low, high), variance * 4e-15);
    }

    [Fact]
    public void StandardDeviationOfTheUsualCut() =>
        Assert.Equal(0.87962566103423975, TruncatedNormal.StandardDeviation(-2, 2), 1e-16);

    [Fact]
    public void UncutIsStandard() =>
        Assert.Equal((0.0, 1.0), TruncatedNormal.Moments(double.NegativeInfinity, double.PositiveInfinity));
}
