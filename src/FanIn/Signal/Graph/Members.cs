using System.Runtime.CompilerServices;
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

    private const int MostExamples = 16;

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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Members Times(double factor)
    {
        if (factor == 1.0)
        {
            return this;
        }
        double[] logs = [.. Logs];
        foreach (ref double x in logs.AsSpan())
        {
            x *= factor;
        }
        return this with { Logs = logs };
    }

    /// <summary>Both together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Members Moved(double constant, Func<int, double[]> draws)
    {
        double[] logs = draws(Examples);
        for (int i = 0; i < logs.Length; i++)
        {
            logs[i] += Logs[i] + constant;
        }
        return this with { Logs = logs };
    }

    /// <summary>What an activation, or its slope, makes of them about the logarithm of an input's variance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Members Through(ResponseCurve curve, double centre, bool ofGradient)
    {
        double[] logs = new double[Logs.Length + 1];
        for (int i = 0; i < Logs.Length; i++)
        {
            logs[i] = centre + Logs[i];
        }
        logs[^1] = centre;
        curve.Replace(logs, ofGradient);
        for (int i = 0; i < Logs.Length; i++)
        {
            logs[i] -= logs[^1];
        }
        return this with { Logs = logs[..^1] };
    }

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
            sorted[i] = largest + CorrectlyRounded.Log(Exponentials(examples, largest) / Examples);
        }
        Array.Sort(sorted);
        double low = At(sorted, 0.025);
        double high = At(sorted, 0.975);
        double deviation = (high - low) / (2.0 * TwoSided95);
        double mean = sorted.Average();
        return (mean, ((low + high) / 2.0) - mean, deviation * deviation);
    }

    /// <summary>The sum of e^(x - largest), to 1e-12.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Exponentials(ReadOnlySpan<double> values, double largest)
    {
        const double Log2 = 0.6931471805599453;
        ReadOnlySpan<double> factorials =
        [
            1.0 / 39916800.0,
            1.0 / 3628800.0,
            1.0 / 362880.0,
            1.0 / 40320.0,
            1.0 / 5040.0,
            1.0 / 720.0,
            1.0 / 120.0,
            1.0 / 24.0,
            1.0 / 6.0,
            0.5,
            1.0,
            1.0,
        ];
        double sum = 0.0;
        foreach (double value in values)
        {
            double x = Max(value - largest, -100.0);
            double power = Round(x / Log2);
            double rest = FusedMultiplyAdd(-Log2, power, x);
            double series = factorials[0];
            for (int k = 1; k < factorials.Length; k++)
            {
                series = FusedMultiplyAdd(series, rest, factorials[k]);
            }
            sum += series * BitConverter.Int64BitsToDouble(((long)power + 1023) << 52);
        }
        return sum;
    }

    private static double At(double[] sorted, double share)
    {
        double place = (share * Count) - 0.5;
        int below = (int)place;
        double part = place - below;
        return (sorted[below] * (1.0 - part)) + (sorted[below + 1] * part);
    }
}
