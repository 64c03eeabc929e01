using MathNet.Numerics.Distributions;

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
/// <param name="TrialsToResolve">About how many trials of each would resolve a difference of this size; null if resolved or none would.</param>
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
        double reach = Reach(deviation, n, pairs);
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

    private static double Reach(double deviation, int n, int pairs) =>
        StudentT.InvCDF(0, 1, n - 1, 1 - (FamilyError / (2 * pairs))) * deviation / Math.Sqrt(n);

    private static int? TrialsFor(double mean, double deviation, int n, int pairs)
    {
        for (int trials = n + 1; trials <= MostTrials; trials++)
        {
            if (Reach(deviation, trials, pairs) < Math.Abs(mean))
            {
                return trials;
            }
        }
        return null;
    }
}

/// <summary>From a lower to an upper bound.</summary>
/// <param name="Low">The lower bound.</param>
/// <param name="High">The upper bound.</param>
public readonly record struct Interval(double Low, double High);
