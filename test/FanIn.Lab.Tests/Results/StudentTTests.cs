namespace FanIn.Lab.Tests;

public sealed class StudentTTests
{
    /// <summary>Math.NET has the distribution by the incomplete beta function, for any number of degrees.</summary>
    [Fact]
    public void Quantiles_are_those_of_another_implementation()
    {
        int[] degrees = [.. Enumerable.Range(1, 60), 99, 100, 999];
        double[] probabilities = [0.51, 0.75, 0.8, 0.9, 0.975, 0.995, 0.9975, 0.99995];
        foreach (int n in degrees)
        {
            foreach (double p in probabilities)
            {
                double quantile = StudentT.Quantile(n, p);
                Assert.Equal(p, MathNet.Numerics.Distributions.StudentT.CDF(0, 1, n, quantile), 1e-12);
            }
        }
    }

    /// <summary>One degree is Cauchy's distribution; for two there is a formula.</summary>
    [Theory]
    [InlineData(0.6)]
    [InlineData(0.975)]
    [InlineData(0.9999)]
    public void One_and_two_degrees_have_formulas(double p)
    {
        Assert.Equal(1, StudentT.Quantile(1, p) / Math.Tan(Math.PI * (p - 0.5)), 1e-11);
        double u = (2 * p) - 1;
        Assert.Equal(1, StudentT.Quantile(2, p) / (u * Math.Sqrt(2 / (1 - (u * u)))), 1e-11);
    }

    [Theory]
    [InlineData(0, 0.9)]
    [InlineData(3, 0.5)]
    [InlineData(3, 1)]
    [InlineData(3, double.NaN)]
    public void What_is_no_upper_quantile_is_refused(int degrees, double probability) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.Quantile(degrees, probability));
}
