namespace FanIn;

/// <summary>
/// The probability, at most, of what was found by chance: by inequalities that hold for every number of elements, so
/// that a small tensor raises no more false alarms than a big one. Each is two-sided.
/// </summary>
internal static class TailBound
{
    /// <summary>
    /// Of a distance d between the distribution function of a law and that of n draws: 2 exp(-2 n d^2). Massart: The
    /// tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality, 1990. Kolmogorov's exact probability is below it by
    /// a factor that goes to 1 as d grows; also for laws with jumps.
    /// </summary>
    public static double OfDistance(double distance, double n) => OfExponent(2 * n * distance * distance);

    /// <summary>
    /// Of a count of k among n trials of probability p: Chernoff's bound, 2 exp(-n KL(k/n, p)), with the divergence
    /// KL(q, p) = q ln(q / p) + (1 - q) ln((1 - q) / (1 - p)).
    /// </summary>
    public static double OfCount(double k, double n, double p)
    {
        double hits = k == 0 ? 0 : k * CorrectlyRounded.Log(k / (n * p));
        double misses = k == n ? 0 : (n - k) * LogRatio(((n * p) - k) / (n * (1 - p)));
        return OfExponent(Math.Max(0, hits + misses));

        static double LogRatio(double x) => x <= 1 ? CorrectlyRounded.Log1P(x) : CorrectlyRounded.Log(1 + x);
    }

    /// <summary>
    /// Of a correlation r between n independent pairs: 2 exp(-n r^2 / 2). Of normals it is an upper bound (r / sqrt(1 -
    /// r^2) is Student's there); of other laws the normal approximation with a factor of 15 to spare at 1e-7.
    /// </summary>
    public static double OfCorrelation(double r, double n) => OfExponent(n * r * r / 2);

    /// <summary>2 exp(-x), at most 1.</summary>
    public static double OfExponent(double x) => double.IsNaN(x) ? 0 : Math.Min(1, 2 * CorrectlyRounded.Exp(-x));
}
