using System.Runtime.InteropServices;

namespace FanIn.Checkpoints;

/// <summary>What a plan says of a tensor's values; of a packed one, of all its blocks together.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="StandardDeviation">0 where all values are the same.</param>
/// <param name="Kurtosis">The fourth central moment over the square of the variance: 3 of a normal; NaN of one value.</param>
/// <param name="IsIndependent">Each value is drawn by itself, all from one law.</param>
/// <param name="HasZeros">The law gives exactly 0 with some probability.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ExpectedValues(
    double Mean,
    double StandardDeviation,
    double Kurtosis,
    bool IsIndependent,
    bool HasZeros
)
{
    public double Variance => StandardDeviation * StandardDeviation;

    public bool IsConstant => StandardDeviation == 0;

    /// <summary>Null where the rule doesn't say: it keeps what is there, or is a user's own.</summary>
    public static ExpectedValues? Of(PlanRow row)
    {
        var laws = new List<(double Share, ElementDistribution Law, ElementStructure Structure)>();
        foreach (PlanPart part in row.Parts)
        {
            if (part.Initializer is not { IsDataDriven: false } rule || rule.Distribution(part.Tensor) is not { } law)
            {
                return null;
            }
            double share = part.Tensor.Count / (double)Math.Max(1, row.Parameter.Tensor.Count);
            laws.Add((share, law, rule.Structure(part.Tensor)));
        }
        double mean = laws.Sum(part => part.Share * part.Law.Mean);
        double variance = 0;
        double fourth = 0;
        foreach ((double share, ElementDistribution law, _) in laws)
        {
            double off = law.Mean - mean;
            double own = law.StandardDeviation * law.StandardDeviation;
            variance += share * (own + (off * off));
            if (own > 0)
            {
                // E (x - mean)^4 around another point, by the binomial theorem.
                fourth +=
                    share
                    * (
                        ((3 + law.ExcessKurtosis) * own * own)
                        + (4 * off * law.Skewness * own * law.StandardDeviation)
                        + (6 * off * off * own)
                    );
            }
            fourth += share * off * off * off * off;
        }
        return new(
            mean,
            Math.Sqrt(variance),
            variance > 0 ? fourth / (variance * variance) : double.NaN,
            laws.TrueForAll(part =>
                part.Structure is { IsFixed: false, IsUncorrelated: true, Copies: 1, IsOfOneLaw: true }
                && part.Law.Mean == laws[0].Law.Mean
                && Math.Abs(part.Law.StandardDeviation - laws[0].Law.StandardDeviation)
                    <= 1e-9 * laws[0].Law.StandardDeviation
            ),
            laws.Exists(part => part.Law.Cdf(0) - part.Law.Cdf(-double.Epsilon) > 1e-9)
        );
    }
}
