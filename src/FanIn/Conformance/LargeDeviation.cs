namespace FanIn;

/// <summary>
/// How unlikely a mean of n draws is: Cramér's and Chernoff's bound exp(-n I(t)), where I(t) = sup_s (s t - ln E e^(s Y)),
/// for a Y of which values and probabilities are given. No normal approximation: it holds for skewed laws and few
/// draws, and for many it is exp(-z^2 / 2).
/// </summary>
internal static class LargeDeviation
{
    private const int MostSteps = 40;

    // Beyond it a probability is 0 in float64.
    private const double Certain = 800;

    /// <summary>2 exp(-n I(t)), at most 1.</summary>
    /// <param name="values">Those of Y.</param>
    /// <param name="probabilities">Theirs; they sum to 1.</param>
    /// <param name="mean">Y's, to more digits than the values have: they are moved and scaled to it.</param>
    /// <param name="std">Y's standard deviation, likewise.</param>
    /// <param name="t">The mean that was found.</param>
    /// <param name="n">The number of draws.</param>
    public static double Bound(
        ReadOnlySpan<double> values,
        ReadOnlySpan<double> probabilities,
        double mean,
        double std,
        double t,
        double n
    )
    {
        double[] y = Standardized(values, probabilities);
        double z = (t - mean) / std;
        if (!double.IsFinite(z) || double.IsNaN(y[0]))
        {
            return 0;
        }
        // Every s gives a bound; the best lies where the tilted law's mean is z.
        double least = 0;
        double most = double.PositiveInfinity;
        double s = Math.Abs(z);
        double best = 0;
        double sign = z < 0 ? -1 : 1;
        double far = 0;
        foreach (double value in y)
        {
            far = Math.Max(far, sign * value);
        }
        for (int step = 0; step < MostSteps; step++)
        {
            (double cumulant, double tilted, double variance) = Tilted(y, probabilities, sign * s, sign);
            double rate = (s * Math.Abs(z)) - cumulant;
            best = Math.Max(best, rate);
            if (best * n > Certain || Math.Abs(tilted - Math.Abs(z)) * s * n < 1e-3)
            {
                break;
            }
            (least, most) = tilted < Math.Abs(z) ? (s, most) : (least, s);
            double next = s + ((Math.Abs(z) - tilted) / variance);
            s =
                next > least && next < most ? next
                : double.IsInfinity(most) ? 2 * s
                : least + ((most - least) / 2);
            if (s * far > Certain)
            {
                break;
            }
        }
        return TailBound.OfExponent(n * best);
    }

    /// <summary>With mean 0 and standard deviation 1.</summary>
    private static double[] Standardized(ReadOnlySpan<double> values, ReadOnlySpan<double> probabilities)
    {
        (double mean, double square) = (0, 0);
        for (int i = 0; i < values.Length; i++)
        {
            mean += probabilities[i] * values[i];
        }
        for (int i = 0; i < values.Length; i++)
        {
            square += probabilities[i] * (values[i] - mean) * (values[i] - mean);
        }
        double std = Math.Sqrt(square);
        var y = new double[values.Length];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = (values[i] - mean) / std;
        }
        return y;
    }

    /// <summary>ln E e^(s Y), and mean (times sign) and variance of Y under the law that is weighted by e^(s Y).</summary>
    private static (double Cumulant, double Mean, double Variance) Tilted(
        double[] y,
        ReadOnlySpan<double> probabilities,
        double s,
        double sign
    )
    {
        double top = double.NegativeInfinity;
        for (int i = 0; i < y.Length; i++)
        {
            top = probabilities[i] > 0 ? Math.Max(top, s * y[i]) : top;
        }
        (double total, double first, double second) = (0, 0, 0);
        for (int i = 0; i < y.Length; i++)
        {
            double weight = probabilities[i] * CorrectlyRounded.Exp(Math.Max(-Certain, (s * y[i]) - top));
            total += weight;
            first += weight * y[i];
            second += weight * y[i] * y[i];
        }
        double mean = first / total;
        return (top + CorrectlyRounded.Log(total), sign * mean, Math.Max((second / total) - (mean * mean), 1e-12));
    }
}
