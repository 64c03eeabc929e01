using static System.Math;

namespace FanIn;

/// <summary>
/// Draws of the weights as theory sees them: in each, how far the logarithm of a mean square is from that of infinite
/// width. Needed where that answers to earlier deviations by a curve and not in proportion, as near an unstable size of
/// the signal, where some draws fall off it early and some late; then a variance alone says too little.
/// </summary>
/// <param name="Logs">[draws, examples]: each example's deviation.</param>
/// <param name="Examples">As many of the batch as are followed.</param>
internal sealed record Members(double[] Logs, int Examples)
{
    /// <summary>Enough for the ends of 95% to a sixth of the standard deviation.</summary>
    public const int Count = 512;

    private const int MostExamples = 32;

    public static Members Still(long examples)
    {
        int followed = (int)Min(examples, MostExamples);
        return new(new double[Count * followed], followed);
    }

    /// <summary>Examples that differ from the start, the same in each draw, so that the mean of their squares is known.</summary>
    public static Members Spread(long examples, double variance)
    {
        Members members = Still(examples);
        int n = members.Examples;
        double deviation = Sqrt(variance);
        double[] logs = [.. Enumerable.Range(0, n).Select(b => deviation * NormalDistribution.Quantile((b + 0.5) / n))];
        double mean = CorrectlyRounded.Log(logs.Average(x => CorrectlyRounded.Exp(x)));
        for (int i = 0; i < members.Logs.Length; i++)
        {
            members.Logs[i] = logs[i % n] - mean;
        }
        return members;
    }

    /// <summary>Answers in proportion.</summary>
    public Members Times(double factor) => this with { Logs = [.. Logs.Select(x => factor * x)] };

    /// <summary>Both together.</summary>
    public Members Plus(Members other)
    {
        double[] logs = [.. Logs];
        for (int i = 0; i < logs.Length; i++)
        {
            logs[i] += other.Logs[Examples == other.Examples ? i : i / Examples * other.Examples];
        }
        return this with { Logs = logs };
    }

    /// <summary>A new cause, and what it does to the mean.</summary>
    public Members Moved(double constant, Func<int, double[]> draws)
    {
        double[] logs = draws(Examples);
        for (int i = 0; i < logs.Length; i++)
        {
            logs[i] += Logs[i] + constant;
        }
        return this with { Logs = logs };
    }

    /// <summary>What a function of the logarithm, 0 at 0, makes of them.</summary>
    public Members Through(Func<double, double> curve) => this with { Logs = [.. Logs.Select(curve)] };

    /// <summary>
    /// The mean of the batch's mean square's logarithm, by how much the middle of its 95% interval is off it, and the
    /// variance of the normal distribution that has as long an interval.
    /// </summary>
    public (double Shift, double Skew, double Variance) Interval()
    {
        const double TwoSided95 = 1.959963984540054;
        double[] sorted = new double[Count];
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<double> examples = Logs.AsSpan(i * Examples, Examples);
            double largest = examples[0];
            foreach (double x in examples)
            {
                largest = Max(largest, x);
            }
            double sum = 0.0;
            foreach (double x in examples)
            {
                sum += CorrectlyRounded.Exp(Max(x - largest, -100.0));
            }
            sorted[i] = largest + CorrectlyRounded.Log(sum / Examples);
        }
        Array.Sort(sorted);
        double low = At(sorted, 0.025);
        double high = At(sorted, 0.975);
        double deviation = (high - low) / (2.0 * TwoSided95);
        double mean = sorted.Average();
        return (mean, ((low + high) / 2.0) - mean, deviation * deviation);
    }

    private static double At(double[] sorted, double share)
    {
        double place = (share * Count) - 0.5;
        int below = (int)place;
        double part = place - below;
        return (sorted[below] * (1.0 - part)) + (sorted[below + 1] * part);
    }
}
