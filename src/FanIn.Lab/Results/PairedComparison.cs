namespace FanIn.Lab;

/// <summary>
/// Two initializations that both learned, compared by the differences of their final losses, trial by trial on the same
/// order of data.
/// </summary>
/// <param name="A">The first initializer.</param>
/// <param name="B">The second.</param>
/// <param name="Difference">Mean of A's final loss minus B's, in nats: negative when A ends lower.</param>
/// <param name="Interval">
/// A confidence interval of the difference by Student's t, at 95% for all pairs of the study together (Bonferroni); null
/// with fewer than two pairs of trials.
/// </param>
/// <param name="Resolved">True when the interval leaves out 0: only then is one said to be better.</param>
/// <param name="TrialsToResolve">
/// About how many trials of each would resolve a difference of this size and spread in four studies of five; null if
/// resolved, or if 1000 wouldn't do.
/// </param>
public sealed record PairedComparison(
    string A,
    string B,
    double Difference,
    Interval? Interval,
    bool Resolved,
    int? TrialsToResolve
)
{
    private const double FamilyError = 0.05;
    private const double Power = 0.8;
    private const int MostTrials = 1000;

    /// <summary>Compares paired values.</summary>
    /// <param name="a">The name of the first.</param>
    /// <param name="b">The name of the second.</param>
    /// <param name="valuesA">Final losses of the first.</param>
    /// <param name="valuesB">Final losses of the second, in the same order of trials.</param>
    /// <param name="pairs">How many pairs the study compares: the error rate is shared among them.</param>
    internal static PairedComparison Of(
        string a,
        string b,
        IReadOnlyList<double> valuesA,
        IReadOnlyList<double> valuesB,
        int pairs
    )
    {
        double[] differences = [.. valuesA.Zip(valuesB, (x, y) => x - y)];
        int n = differences.Length;
        double mean = differences.Average();
        if (n < 2)
        {
            return new(a, b, mean, null, false, null);
        }
        double deviation = Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / (n - 1));
        double reach = Quantile(n, 1 - (FamilyError / (2 * pairs))) * deviation / Math.Sqrt(n);
        bool resolved = Math.Abs(mean) > reach;
        return new(
            a,
            b,
            mean,
            new(mean - reach, mean + reach),
            resolved,
            resolved ? null : TrialsFor(mean, deviation, n, pairs)
        );
    }

    /// <summary>The least n with (t(1 - error / 2 pairs) + t(power)) s / sqrt(n) under the mean, both t of n - 1 degrees.</summary>
    private static int? TrialsFor(double mean, double deviation, int n, int pairs)
    {
        double confidence = 1 - (FamilyError / (2 * pairs));
        // Quantiles shrink as trials are added, and so does the reach.
        (int unresolved, int resolved) = (n, MostTrials + 1);
        while (resolved - unresolved > 1)
        {
            int count = (unresolved + resolved) / 2;
            double reach = (Quantile(count, confidence) + Quantile(count, Power)) * deviation / Math.Sqrt(count);
            (unresolved, resolved) = reach < Math.Abs(mean) ? (unresolved, count) : (count, resolved);
        }
        return resolved <= MostTrials ? resolved : null;
    }

    private static double Quantile(int n, double probability) => StudentT.Quantile(n - 1, probability);
}

/// <summary>From a lower to an upper bound.</summary>
/// <param name="Low">The lower bound.</param>
/// <param name="High">The upper bound.</param>
public readonly record struct Interval(double Low, double High);
