using static System.Math;

namespace FanIn;

/// <summary>
/// Draws of the weights as theory sees them: in each, how far the logarithm of a mean square is from that of infinite
/// width. Needed where that answers to earlier deviations by a curve and not in proportion, as near an unstable size of
/// the signal, where some draws fall off it early and some late; then a variance alone says too little.
/// </summary>
/// <param name="Logs">A typical example's deviation, one a draw.</param>
/// <param name="Own">The variance of the examples' deviations about it, one a draw.</param>
internal sealed record Members(double[] Logs, double[] Own)
{
    /// <summary>Enough for the ends of 95% to a tenth of the standard deviation.</summary>
    public const int Count = 1024;

    public static Members Still => new(new double[Count], new double[Count]);

    /// <summary>Answers in proportion.</summary>
    public Members Times(double factor) =>
        new([.. Logs.Select(x => factor * x)], [.. Own.Select(x => factor * factor * x)]);

    /// <summary>Both together.</summary>
    public Members Plus(Members other)
    {
        (double[] logs, double[] own) = ([.. Logs], [.. Own]);
        for (int i = 0; i < Count; i++)
        {
            logs[i] += other.Logs[i];
            own[i] += other.Own[i];
        }
        return new(logs, own);
    }

    /// <summary>A new cause, and what it does to the mean.</summary>
    public Members Moved(double constant, Fluctuation.Spread spread, double[] draws)
    {
        (double[] logs, double[] own) = ([.. Logs], [.. Own]);
        for (int i = 0; i < Count; i++)
        {
            logs[i] += constant + draws[i];
            own[i] += Max(0.0, spread.Single - spread.Mean);
        }
        return new(logs, own);
    }

    /// <summary>
    /// What a function of the logarithm makes of them: <paramref name="curve"/> gives its value less that at 0, its slope
    /// and its curvature.
    /// </summary>
    public Members Through(Func<double, (double Value, double Slope, double Curvature)> curve)
    {
        (double[] logs, double[] own) = (new double[Count], new double[Count]);
        for (int i = 0; i < Count; i++)
        {
            (double value, double slope, double curvature) = curve(Logs[i]);
            logs[i] = value + (0.5 * curvature * Own[i]);
            own[i] = slope * slope * Own[i];
        }
        return new(logs, own);
    }

    /// <summary>
    /// The mean and variance of the normal distribution whose 95% interval is that of the batch's mean square's logarithm.
    /// </summary>
    public (double Shift, double Variance) Interval(long examples)
    {
        const double TwoSided95 = 1.959963984540054;
        double[] sorted = new double[Count];
        for (int i = 0; i < Count; i++)
        {
            // Of few log-normal examples the largest count for most.
            double own = Min(Own[i], 30.0);
            double of = CorrectlyRounded.Log(1.0 + (Exponential.LessOne(own) / examples));
            sorted[i] = Logs[i] + (0.5 * (own - of));
        }
        Array.Sort(sorted);
        double low = At(sorted, 0.025);
        double high = At(sorted, 0.975);
        double deviation = (high - low) / (2.0 * TwoSided95);
        return ((low + high) / 2.0, deviation * deviation);
    }

    private static double At(double[] sorted, double share)
    {
        double place = (share * Count) - 0.5;
        int below = (int)place;
        double part = place - below;
        return (sorted[below] * (1.0 - part)) + (sorted[below + 1] * part);
    }
}
