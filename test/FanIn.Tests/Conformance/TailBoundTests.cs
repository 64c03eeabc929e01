namespace FanIn.Tests;

/// <summary>The bounds are never below the exact probability, and not far above it where a verdict is made.</summary>
public sealed class TailBoundTests
{
    /// <summary>Kolmogorov's limit 2 sum (-1)^(k-1) exp(-2 k^2 x^2), and its published quantiles.</summary>
    [Theory]
    [InlineData(1.3581, 0.05)]
    [InlineData(1.6276, 0.01)]
    [InlineData(1.9495, 0.001)]
    public void DistanceOfManyDrawsIsKolmogorovs(double x, double p)
    {
        const double N = 1 << 20;
        double bound = TailBound.OfDistance(x / Math.Sqrt(N), N);
        Assert.InRange(bound, p * 0.999, p * 1.002);
    }

    /// <summary>
    /// Exact for few draws: P(D+ >= d) = d sum_j C(n, j) (1 - d - j/n)^(n - j) (d + j/n)^(j - 1), j up to n (1 - d)
    /// (Birnbaum and Tingey 1951); twice that is above P(D >= d), and the same where it is small.
    /// </summary>
    [Theory]
    [InlineData(10, 0.5)]
    [InlineData(10, 0.75)]
    [InlineData(50, 0.3)]
    [InlineData(200, 0.2)]
    public void DistanceOfFewDrawsIsAnUpperBound(int n, double d)
    {
        double sum = 0;
        double binomial = 1;
        for (int j = 0; j <= n * (1 - d); j++)
        {
            sum += binomial * Math.Pow(1 - d - ((double)j / n), n - j) * Math.Pow(d + ((double)j / n), j - 1);
            binomial = binomial * (n - j) / (j + 1);
        }
        double exact = 2 * d * sum;
        Assert.InRange(TailBound.OfDistance(d, n), exact, 20 * exact);
    }

    [Theory]
    [InlineData(1000, 0.064, 20)]
    [InlineData(1000, 0.064, 120)]
    [InlineData(1000, 0.5, 600)]
    [InlineData(64, 0.1, 0)]
    [InlineData(64, 0.9, 64)]
    [InlineData(4096, 0.015625, 64)]
    public void CountsAreBoundedByTheBinomialsTail(int n, double p, int k)
    {
        double term = Math.Exp(n * Math.Log(1 - p));
        (double below, double above) = (0, 0);
        for (int i = 0; i <= n; i++)
        {
            below += i <= k ? term : 0;
            above += i >= k ? term : 0;
            term = term * (n - i) / (i + 1) * p / (1 - p);
        }
        double exact = Math.Min(1, 2 * Math.Min(below, above));
        Assert.InRange(TailBound.OfCount(k, n, p), exact * 0.999999, Math.Min(1, exact * 40) * 1.000001);
    }

    /// <summary>2 Q(5.33) = 1e-7, with room for laws that aren't normal.</summary>
    [Fact]
    public void CorrelationsHaveANormalsTailAndMore()
    {
        double p = TailBound.OfCorrelation(5.3267 / 1024, 1 << 20);
        Assert.InRange(p, 1e-7, 2e-6);
        Assert.Equal(1, TailBound.OfCorrelation(0, 100));
        Assert.Equal(0, TailBound.OfCorrelation(double.NaN, 100));
    }

    /// <summary>Of a standard normal I(t) = t^2 / 2, of its square (t - 1 - ln t) / 2, of a coin with p the divergence.</summary>
    [Theory]
    [InlineData(10, 0.9)]
    [InlineData(1000, 0.2)]
    [InlineData(1000, -0.15)]
    [InlineData(1 << 20, 0.006)]
    [InlineData(1 << 20, 1e-4)]
    public void LargeDeviationsOfNormals(int n, double t)
    {
        (double[] values, double[] probabilities) = Law(ElementDistribution.Normal(0, 1)).Discrete;
        Exponent(n * t * t / 2, LargeDeviation.Bound(values, probabilities, 0, 1, t, n));
        double square = 1 + t;
        double[] squares = Array.ConvertAll(values, x => x * x);
        Exponent(
            n * (square - 1 - Math.Log(square)) / 2,
            LargeDeviation.Bound(squares, probabilities, 1, Math.Sqrt(2), square, n)
        );
    }

    [Theory]
    [InlineData(10, 0.1, 0.9)]
    [InlineData(1000, 0.01, 0.05)]
    [InlineData(1000, 0.4, 0.3)]
    public void LargeDeviationsOfCoins(int n, double p, double t)
    {
        double divergence = (t * Math.Log(t / p)) + ((1 - t) * Math.Log((1 - t) / (1 - p)));
        Exponent(n * divergence, LargeDeviation.Bound([0, 1], [1 - p, p], p, Math.Sqrt(p * (1 - p)), t, n));
    }

    /// <summary>A mean that no draws can have is impossible.</summary>
    [Fact]
    public void BeyondTheLastValueNothingIsLikely()
    {
        Assert.Equal(0, LargeDeviation.Bound([0, 1], [0.5, 0.5], 0.5, 0.5, 1.5, 100));
        Assert.Equal(0, LargeDeviation.Bound([0, 1], [0.5, 0.5], 0.5, 0.5, double.NaN, 100));
        Assert.Equal(1, LargeDeviation.Bound([0, 1], [0.5, 0.5], 0.5, 0.5, 0.5, 100));
    }

    internal static RoundedLaw Law(ElementDistribution law, ElementType type = ElementType.Float32) =>
        new(law, ElementGrid.Of(type), 1 << 20);

    private static void Exponent(double expected, double bound) =>
        Assert.Equal(Math.Min(1, 2 * Math.Exp(-expected)), bound, 0.02 * bound);
}
