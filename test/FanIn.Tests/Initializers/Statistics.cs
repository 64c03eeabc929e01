namespace FanIn.Tests;

/// <summary>What a sample says about the distribution it came from.</summary>
internal sealed class Statistics
{
    private readonly double[] _sorted;

    public Statistics(double[] values)
    {
        _sorted = [.. values];
        Array.Sort(_sorted);
        Mean = _sorted.Average();
        (double second, double fourth) = (0, 0);
        foreach (double x in _sorted)
        {
            double square = (x - Mean) * (x - Mean);
            (second, fourth) = (second + square, fourth + (square * square));
        }
        second /= _sorted.Length;
        Std = Math.Sqrt(second);
        Kurtosis = fourth / _sorted.Length / (second * second);
    }

    public Statistics(float[] values)
        : this(Array.ConvertAll(values, x => (double)x)) { }

    public double Mean { get; }
    public double Std { get; }
    public double Kurtosis { get; }
    public double Least => _sorted[0];
    public double Largest => _sorted[^1];

    /// <summary>Mean and standard deviation within 4 standard errors.</summary>
    public void AssertMoments(double mean, double std)
    {
        double root = Math.Sqrt(_sorted.Length);
        Assert.Equal(mean, Mean, 4 * std / root);
        Assert.Equal(std, Std, 4 * std * Math.Sqrt((Kurtosis - 1) / 4) / root);
    }

    /// <summary>Kolmogorov and Smirnov's test: a right sample exceeds this once in 4000.</summary>
    public void AssertDistribution(Func<double, double> cdf)
    {
        double n = _sorted.Length;
        double distance = 0;
        // Every eighth: between two of them the distance can't grow by more than 8 / n.
        for (int i = 0; i < _sorted.Length; i += 8)
        {
            double p = cdf(_sorted[i]);
            distance = Math.Max(distance, Math.Max(((i + 1) / n) - p, p - (i / n)));
        }
        Assert.InRange(distance * Math.Sqrt(n), 0, 2.12);
    }

    public static double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    /// <summary>The standard normal's distribution function: phi(x) (x + x^3/3 + x^5/15 + ...) + 1/2.</summary>
    public static double Phi(double x)
    {
        if (Math.Abs(x) > 9)
        {
            return x < 0 ? 0 : 1;
        }
        (double term, double sum) = (x, x);
        for (int n = 3; Math.Abs(term) > 1e-18; n += 2)
        {
            sum += term *= x * x / n;
        }
        return 0.5 + (Density(x) * sum);
    }

    /// <summary>Mean and standard deviation of a standard normal cut to [a, b], by Simpson's rule.</summary>
    public static (double Mean, double Std) Cut(double a, double b)
    {
        (a, b) = (Math.Max(a, -12), Math.Min(b, 12));
        const int Steps = 20_000;
        double[] moments = new double[3];
        for (int i = 0; i <= Steps; i++)
        {
            double x = a + ((b - a) * i / Steps);
            double weight = Density(x) * (i is 0 or Steps ? 1 : 2 + (2 * (i % 2)));
            moments[0] += weight;
            moments[1] += weight * x;
            moments[2] += weight * x * x;
        }
        double mean = moments[1] / moments[0];
        return (mean, Math.Sqrt((moments[2] / moments[0]) - (mean * mean)));
    }

    public static double Correlation(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        (double meanA, double meanB) = (Mean32(a), Mean32(b));
        (double ab, double aa, double bb) = (0, 0, 0);
        for (int i = 0; i < a.Length; i++)
        {
            (double x, double y) = (a[i] - meanA, b[i] - meanB);
            (ab, aa, bb) = (ab + (x * y), aa + (x * x), bb + (y * y));
        }
        return ab / Math.Sqrt(aa * bb);

        static double Mean32(ReadOnlySpan<float> values)
        {
            double sum = 0;
            foreach (float value in values)
            {
                sum += value;
            }
            return sum / values.Length;
        }
    }
}
