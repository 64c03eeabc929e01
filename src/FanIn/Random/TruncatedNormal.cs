namespace FanIn;

/// <summary>Mean and variance of the standard normal cut to [low, high].</summary>
/// <remarks>
/// With the mass Z = Phi(high) - Phi(low): mean = (phi(low) - phi(high)) / Z and variance = 1 + (low phi(low) -
/// high phi(high)) / Z - mean^2 (Johnson, Kotz, Balakrishnan, "Continuous univariate distributions" 1, 13.10.1).
/// In the far tail all digits of a double cancel there, so that it is worked in <see cref="DoubleDouble"/>; a
/// narrow cut cancels even those and is integrated by Gauss-Legendre instead.
/// </remarks>
internal static class TruncatedNormal
{
    /// <summary>The mean of a standard normal cut to [low, high].</summary>
    public static double Mean(double low, double high) => Moments(low, high).Mean;

    /// <summary>The variance of a standard normal cut to [low, high]; 0.7737... for +-2.</summary>
    public static double Variance(double low, double high) => Moments(low, high).Variance;

    /// <summary>The standard deviation of a standard normal cut to [low, high]; 0.87962566103423975 for +-2.</summary>
    public static double StandardDeviation(double low, double high) => Math.Sqrt(Variance(low, high));

    /// <summary>Both moments; ends may be infinite.</summary>
    public static (double Mean, double Variance) Moments(double low, double high)
    {
        var cut = TruncatedCut.Create(low, high);
        if (high < -low)
        {
            var (mean, variance) = Moments(-high, -low);
            return (-mean, variance);
        }
        var centre = low + ((high - low) / 2);
        return (high - low) * (1.0 + Math.Abs(centre)) < 0.5
            ? Integrated(centre, (high - low) / 2)
            : Closed(low, high, cut);
    }

    private static (double Mean, double Variance) Closed(double low, double high, TruncatedCut cut)
    {
        var atLow = NormalDistribution.Density(low, cut.Scale);
        var atHigh = NormalDistribution.Density(high, cut.Scale);
        var mean = (atLow - atHigh) / cut.Mass;
        var edges = (Edge(low, atLow) - Edge(high, atHigh)) / cut.Mass;
        return (mean.Rounded, (1.0 + edges - (mean * mean)).Rounded);
    }

    // x phi(x), which is 0 at an infinite x.
    private static DoubleDouble Edge(double x, DoubleDouble density) => double.IsInfinity(x) ? 0.0 : density * x;

    private static (double Mean, double Variance) Integrated(double centre, double half)
    {
        ReadOnlySpan<double> nodes = [0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363];
        ReadOnlySpan<double> weights = [0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763];
        var (mass, first, second) = (0.0, 0.0, 0.0);
        for (var i = 0; i < nodes.Length; i++)
        {
            foreach (var sign in (ReadOnlySpan<double>)[-1.0, 1.0])
            {
                var t = sign * nodes[i] * half;
                var weight = weights[i] * DensityRatio(-t * (centre + (t / 2)));
                mass += weight;
                first += weight * t;
                second += weight * t * t;
            }
        }
        var shift = first / mass;
        return (centre + shift, (second / mass) - (shift * shift));
    }

    // e^x for |x| <= 1/4.
    private static double DensityRatio(double x)
    {
        var sum = 1.0;
        for (var n = 14; n >= 1; n--)
        {
            sum = 1.0 + (sum * x / n);
        }
        return sum;
    }
}
