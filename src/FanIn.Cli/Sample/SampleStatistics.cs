namespace FanIn.Cli.Sample;

/// <summary>The moments and extremes of drawn values, and how far they are from what is expected.</summary>
internal sealed record SampleStatistics
{
    public required long Count { get; init; }
    public required double Mean { get; init; }

    /// <summary>The root of the mean square around the mean.</summary>
    public required double Std { get; init; }
    public required double Min { get; init; }
    public required double Max { get; init; }
    public required double Skewness { get; init; }
    public required double ExcessKurtosis { get; init; }
    public required long Zeros { get; init; }

    /// <summary>Values beyond the element type: infinities, and what they make of the rest.</summary>
    public required long NotFinite { get; init; }

    /// <summary>
    /// Summed in pieces of a few thousand, whose sums are summed: the error is that of thousands of additions, not of
    /// millions.
    /// </summary>
    public static SampleStatistics? Of(SampleValues values, CancellationToken cancellation)
    {
        if (values.Count == 0)
        {
            return null;
        }
        double n = values.Count;
        (double total, double min, double max) = (0, double.PositiveInfinity, double.NegativeInfinity);
        (long zeros, long notFinite) = (0, 0);
        values.Visit(
            piece =>
            {
                double sum = 0;
                foreach (double x in piece)
                {
                    sum += x;
                    min = Math.Min(min, x);
                    max = Math.Max(max, x);
                    zeros += x == 0 ? 1 : 0;
                    notFinite += double.IsFinite(x) ? 0 : 1;
                }
                total += sum;
            },
            cancellation
        );
        double mean = total / n;
        // With a power of two that brings the farthest near 1, no power of a deviation overflows or vanishes.
        double scale = Math.ScaleB(1, Math.Clamp(-Math.ILogB(Math.Max(max - mean, mean - min)), -1000, 1000));
        (double second, double third, double fourth) = (0, 0, 0);
        values.Visit(
            piece =>
            {
                (double squares, double cubes, double fourths) = (0, 0, 0);
                foreach (double x in piece)
                {
                    double d = (x - mean) * scale;
                    squares += d * d;
                    cubes += d * d * d;
                    fourths += d * d * d * d;
                }
                (second, third, fourth) = (second + squares, third + cubes, fourth + fourths);
            },
            cancellation
        );
        double variance = second / n;
        bool isConstant = min == max;
        return new()
        {
            Count = values.Count,
            Mean = isConstant ? min : mean,
            Std = isConstant ? 0 : Math.Sqrt(variance) / scale,
            Min = min,
            Max = max,
            Skewness = isConstant ? double.NaN : third / n / (variance * Math.Sqrt(variance)),
            ExcessKurtosis = isConstant ? double.NaN : (fourth / n / (variance * variance)) - 3,
            Zeros = zeros,
            NotFinite = notFinite,
        };
    }

    /// <summary>The median of the least of so many independent draws.</summary>
    /// <param name="law">What each follows.</param>
    /// <param name="copies">In how many elements each draw is found.</param>
    public double ExpectedMin(ElementDistribution law, double copies = 1) =>
        Extreme(law, -double.ExpM1(-Math.Log(2) * copies / Count));

    /// <summary>The median of the largest.</summary>
    public double ExpectedMax(ElementDistribution law, double copies = 1) =>
        Extreme(law, Math.Exp(-Math.Log(2) * copies / Count));

    /// <summary>How many standard errors the mean is off; NaN where it can't be off.</summary>
    public double MeanErrors(ElementDistribution law, double copies = 1) =>
        law.StandardDeviation > 0
            ? (Mean - law.Mean) / (law.StandardDeviation / Math.Sqrt(Count / copies))
            : double.NaN;

    /// <summary>
    /// How many standard errors the standard deviation of independent draws is off, after Bessel's correction; NaN
    /// where it can't be off, and for one draw, which says nothing of it.
    /// </summary>
    public double StdErrors(ElementDistribution law, double copies = 1)
    {
        double draws = Count / copies;
        double relativeError = Math.Sqrt((law.ExcessKurtosis + 2) / (4.0 * draws));
        return relativeError > 0 && draws > 1
            ? ((Std * Math.Sqrt(draws / (draws - 1)) / law.StandardDeviation) - 1) / relativeError
            : double.NaN;
    }

    private static double Extreme(ElementDistribution law, double p)
    {
        if (!(law.StandardDeviation > 0 && p < 1))
        {
            return law.Mean;
        }
        double x = law.Quantile(p);
        // One value's median; bisection ends beside it.
        return Math.Abs(x - law.Mean) < 1e-12 * law.StandardDeviation ? law.Mean : x;
    }
}
