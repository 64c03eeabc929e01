using System.Collections.Immutable;

namespace FanIn;

/// <summary>A rule that people's weights come from, as far as the variance tells.</summary>
/// <param name="Name">In FanIn's spelling.</param>
/// <param name="Variance">Of an element, by the fan.</param>
internal sealed record UsualLaw(string Name, Func<Fan, double> Variance)
{
    /// <summary>Where a rule's fan is a matter of taste: those by the fan-out alone keep gradients instead.</summary>
    public bool IsByFanOut { get; init; }

    /// <summary>The rules whose scale goes by the layer's fan.</summary>
    public static ImmutableArray<UsualLaw> All { get; } =
    [
        new("lecun_normal", fan => 1 / fan.In),
        new("he_normal", fan => 2 / fan.In),
        new("xavier_normal", fan => 2 / (fan.In + fan.Out)),
        new("standard_uniform", fan => 1 / (3 * fan.In)),
        new("variance_scaling(scale=1,mode=fan_out)", fan => 1 / fan.Out) { IsByFanOut = true },
        new("he_normal(mode=fan_out)", fan => 2 / fan.Out) { IsByFanOut = true },
        new("variance_scaling(scale=1/3,mode=fan_out)", fan => 1 / (3 * fan.Out)) { IsByFanOut = true },
    ];

    /// <summary>
    /// Five standard errors of a second moment of <paramref name="values"/>, relative to it: sqrt((kurtosis - 1) / n) is one.
    /// </summary>
    public static double Tolerance(TensorStatistics values)
    {
        double kurtosis = Math.Clamp(values.FourthMoment, 1.0, 10.0);
        return 5.0 * Math.Sqrt((kurtosis - 1.0) / Math.Max(1, values.Count));
    }

    /// <summary>How far the logarithm of the second moment is off the rule's.</summary>
    public double Distance(TensorStatistics values, Fan fan) =>
        Math.Abs(CorrectlyRounded.Log(values.Rms * values.Rms / Variance(fan)));

    public bool Fits(TensorStatistics values, Fan fan, double tolerance)
    {
        double expected = Variance(fan);
        return expected > 0
            && double.IsFinite(expected)
            && Math.Abs((values.Rms * values.Rms / expected) - 1) <= tolerance;
    }
}
