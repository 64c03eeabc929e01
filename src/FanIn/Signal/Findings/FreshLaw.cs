using System.Collections.Immutable;

namespace FanIn;

/// <summary>The exact law of a usual rule's elements, by which a tensor that was never trained is recognized.</summary>
/// <param name="Name">In FanIn's spelling.</param>
/// <param name="Variance">Of an element, by the fan.</param>
/// <param name="Kurtosis">3 of a normal, 1.8 of a uniform, 2.3655 of a normal cut at two standard deviations.</param>
internal sealed record FreshLaw(string Name, Func<Fan, double> Variance, double Kurtosis)
{
    private const double Normal = 3;
    private const double Uniform = 1.8;
    private const double Cut = 2.3655;

    /// <summary>Fewer values than this fit laws by chance.</summary>
    public const int LeastCount = 1000;

    private const double MostErrors = 4;

    public static ImmutableArray<FreshLaw> All { get; } =
    [
        new("standard_uniform", fan => 1 / (3 * fan.In), Uniform),
        new("he_uniform", fan => 2 / fan.In, Uniform),
        new("xavier_uniform", fan => 2 / (fan.In + fan.Out), Uniform),
        new("lecun_uniform", fan => 1 / fan.In, Uniform),
        new("uniform(a=-1/sqrt(fan_out),b=1/sqrt(fan_out))", fan => 1 / (3 * fan.Out), Uniform),
        new("he_normal", fan => 2 / fan.In, Normal),
        new("he_normal(mode=fan_out)", fan => 2 / fan.Out, Normal),
        new("xavier_normal", fan => 2 / (fan.In + fan.Out), Normal),
        new("lecun_normal", fan => 1 / fan.In, Normal),
        new("normal(std=1)", _ => 1, Normal),
        new("normal(std=0.02)", _ => 0.02 * 0.02, Normal),
        new("normal(std=0.01)", _ => 0.01 * 0.01, Normal),
        new("he_truncated_normal", fan => 2 / fan.In, Cut),
        new("xavier_truncated_normal", fan => 2 / (fan.In + fan.Out), Cut),
        new("lecun_truncated_normal", fan => 1 / fan.In, Cut),
    ];

    /// <summary>
    /// True where mean, variance and kurtosis, and of a uniform its ends, are within 4 standard errors of the law's.
    /// </summary>
    public bool Fits(TensorStatistics values, Fan fan)
    {
        double n = values.Count;
        double variance = Variance(fan);
        if (n < LeastCount || values.NonFinite > 0 || !(variance > 0) || double.IsInfinity(variance))
        {
            return false;
        }
        double std = Math.Sqrt(variance);
        bool fits =
            Math.Abs(values.Mean) <= MostErrors * std / Math.Sqrt(n)
            && Math.Abs((values.Rms * values.Rms / variance) - 1) <= MostErrors * Math.Sqrt((Kurtosis - 1) / n)
            && Math.Abs(values.FourthMoment - Kurtosis) <= MostErrors * Math.Sqrt(24 / n);
        double bound = Math.Sqrt(3) * std;
        return fits
            && (
                Kurtosis != Uniform || (values.Largest <= bound * 1.000001 && values.Largest >= bound * (1 - (20 / n)))
            );
    }
}
