namespace FanIn;

/// <summary>Mean and standard deviation against the law's.</summary>
internal static class MomentChecks
{
    // The standard normal cut at +-2 has this standard deviation.
    private const double CutAtTwo = 0.87962566103423978;
    private const double SixErrors = 36;

    public static OpenFinding Mean(ConformanceSample sample, RoundedLaw law, double n)
    {
        double error = law.Std / Math.Sqrt(n);
        double errors = (sample.Mean - law.Mean) / error;
        (double[] values, double[] probabilities) = law.Discrete;
        return new(
            new("mean")
            {
                Statistic = sample.Mean,
                Expected = law.Mean,
                StandardErrors = errors,
                PValue = LargeDeviation.Bound(values, probabilities, law.Mean, law.Std, sample.Mean, n),
            },
            "The mean is the law's.",
            () =>
                $"The mean is {sample.Mean:G5}, not {law.Mean:G5}: {Math.Abs(errors):G3} standard errors off, {Math.Abs(sample.Mean - law.Mean) / law.Std:G2} of a standard deviation."
        );
    }

    /// <summary>The mean square around the law's mean, unless the sample's is so far off that its own is meant.</summary>
    public static OpenFinding Std(ConformanceSample sample, RoundedLaw law, double n, Fan? fan)
    {
        double variance = law.Std * law.Std;
        double off = Math.Min((sample.Mean - law.Mean) * (sample.Mean - law.Mean), SixErrors * variance / n);
        double ratio = (sample.Variance + off) / variance;
        double std = Math.Sqrt(sample.Variance * (n > 1 ? n / (n - 1) : 1));
        double spread = Math.Sqrt(Math.Max(0, law.ExcessKurtosis + 2));
        // Two values at the same distance from the mean: their square leaves nothing to chance.
        bool isExact = spread < 1e-6;
        return new(
            new("standard deviation")
            {
                Statistic = std,
                Expected = law.Std,
                StandardErrors = isExact ? null : ((std / law.Std) - 1) / (spread / 2 / Math.Sqrt(n)),
                PValue = isExact ? null : SquareBound(law, spread, ratio, n),
                Bound = isExact ? law.Std * 1e-5 * (1 + (n * off / variance)) : null,
            },
            "The standard deviation is the law's.",
            () =>
                $"The standard deviation is {std:G5}, not {law.Std:G5}: {std / law.Std:G4} of it{Guess(std / law.Std, fan)}."
        );
    }

    private static double SquareBound(RoundedLaw law, double spread, double ratio, double n)
    {
        (double[] values, double[] probabilities) = law.Discrete;
        double[] squares = Array.ConvertAll(values, x => (x - law.Mean) * (x - law.Mean) / (law.Std * law.Std));
        return LargeDeviation.Bound(squares, probabilities, 1, spread, ratio, n);
    }

    /// <summary>The slips that leave such a factor.</summary>
    private static string Guess(double ratio, Fan? fan)
    {
        if (fan is { } f && f.In != f.Out && f.In > 0 && f.Out > 0)
        {
            if (IsNear(Math.Sqrt(f.In / f.Out)))
            {
                return ", as if fan-out were taken for fan-in";
            }
            if (IsNear(Math.Sqrt(f.Out / f.In)))
            {
                return ", as if fan-in were taken for fan-out";
            }
        }
        return IsNear(CutAtTwo) ? ", as of a normal that is cut at 2 standard deviations and not widened for it"
            : IsNear(1 / CutAtTwo) ? ", as of a normal that is widened for a cut at 2 standard deviations but not cut"
            : IsNear(Math.Sqrt(2)) ? ", a gain of sqrt(2) too much"
            : IsNear(Math.Sqrt(0.5)) ? ", a gain of sqrt(2) too little"
            : "";

        bool IsNear(double slip) => Math.Abs((ratio / slip) - 1) < 0.01;
    }
}
