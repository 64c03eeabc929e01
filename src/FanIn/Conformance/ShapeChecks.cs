namespace FanIn;

/// <summary>The shape of the distribution: its distribution function as a whole, its tails, its ends.</summary>
internal static class ShapeChecks
{
    // So many elements are expected in each tail.
    private const double InTail = 64;

    // A sample whose own moments were taken out looks closer than it is; this is enough for a guess in words.
    private const double Likely = 1e-3;

    public static OpenFinding Shape(ConformanceSample sample, RoundedLaw law, double n)
    {
        KolmogorovDistance found = KolmogorovDistance.Of(sample, law);
        return new(
            new("shape")
            {
                Statistic = found.Distance,
                Expected = 0,
                PValue = TailBound.OfDistance(found.Distance, n),
            },
            "The distribution is the law's.",
            () =>
                $"{Shapes(sample, law, n)} (at most {found.At:G4} are {(double)sample.CountAtMost(found.At) / sample.Values.Length:P1} of the elements, expected are {law.AtMost(found.At).Low:P1})."
        );
    }

    /// <summary>Two findings, or none where the law has no such tails: a sparse one, or too few elements.</summary>
    public static IEnumerable<OpenFinding> Tails(ConformanceSample sample, RoundedLaw law, double n)
    {
        double share = InTail / n;
        if (share > 1.0 / 16)
        {
            yield break;
        }
        double copies = sample.Values.Length / n;
        double low = law.Grid.Nearest(law.Law.Quantile(share));
        (double p, double most) = law.AtMost(low);
        if (p > 0 && p == most && p < 4 * share)
        {
            yield return Tail("lower tail", "below", low, sample.CountAtMost(low) / copies, n, p);
        }
        double high = law.Grid.Nearest(law.Law.Quantile(1 - share));
        (p, most) = law.AtMost(high);
        if (p < 1 && p == most && 1 - p < 4 * share)
        {
            yield return Tail(
                "upper tail",
                "above",
                high,
                (sample.Values.Length - sample.CountAtMost(high)) / copies,
                n,
                1 - p
            );
        }
    }

    /// <summary>
    /// No value outside; where <paramref name="isStrict"/> also after rounding, unless an end has a probability of its
    /// own.
    /// </summary>
    public static OpenFinding Bounds(ConformanceSample sample, RoundedLaw law, bool isStrict, double slack)
    {
        (double low, double high) = (law.Law.Low, law.Law.High);
        if (!isStrict || law.Law.Cdf(low) > 0)
        {
            low = Math.Min(low, law.Grid.Nearest(low));
        }
        if (!isStrict || law.Law.Cdf(Math.BitDecrement(high)) < 1)
        {
            high = Math.Max(high, law.Grid.Nearest(high));
        }
        // The ends are real numbers that were themselves computed in float64.
        slack = Math.Max(slack, 1e-15) * Math.Max(law.Std, Math.Abs(law.Mean));
        (low, high) = (low - slack, high + slack);
        long outside = sample.Values.LongCount(x => x < low || x > high);
        return new(
            new("bounds")
            {
                Statistic = outside,
                Expected = 0,
                Bound = 0,
            },
            "No element is outside the law's bounds.",
            () =>
                $"{outside:#,0} elements are outside [{law.Law.Low:G6}, {law.Law.High:G6}], as far as [{sample.Least:G6}, {sample.Most:G6}]."
        );
    }

    private static OpenFinding Tail(string name, string side, double at, double count, double n, double p)
    {
        double expected = n * p;
        return new(
            new(name)
            {
                Statistic = count,
                Expected = expected,
                StandardErrors = (count - expected) / Math.Sqrt(expected * (1 - p)),
                PValue = TailBound.OfCount(count, n, p),
            },
            "The tail is the law's.",
            () =>
                $"{count:#,0} elements are {side} {at:G4}, where {expected:G4} are expected: the tail is too {(count < expected ? "light, or cut off" : "heavy")}."
        );
    }

    private static string Shapes(ConformanceSample sample, RoundedLaw law, double n)
    {
        double std = Math.Sqrt(sample.Variance);
        bool isStdRight = Math.Abs((std / law.Std) - 1) < 5 * Math.Sqrt((law.ExcessKurtosis + 2) / 4 / n);
        string start = isStdRight ? "The standard deviation is right, but the shape is" : "The shape is";
        (string Name, ElementDistribution Law)[] shapes =
        [
            (law.Law.ShapeName, new MovedLaw(law.Law, sample.Mean, std)),
            ("normal", ElementDistribution.Normal(sample.Mean, std)),
            (
                "uniform",
                ElementDistribution.Uniform(sample.Mean - (Math.Sqrt(3) * std), sample.Mean + (Math.Sqrt(3) * std))
            ),
            (
                "a normal cut at 2 standard deviations",
                ElementDistribution.TruncatedNormal(sample.Mean, std / TruncatedNormal.StandardDeviation(-2, 2), -2, 2)
            ),
        ];
        for (int i = 0; i < shapes.Length; i++)
        {
            KolmogorovDistance distance = KolmogorovDistance.Of(sample, new(shapes[i].Law, law.Grid, n));
            if (TailBound.OfDistance(distance.Distance, n) >= Likely)
            {
                return i == 0
                    ? $"The shape is {shapes[i].Name}, as expected, but it isn't where it should be or not as wide"
                    : $"{start} {shapes[i].Name}, not {law.Law.ShapeName}";
            }
        }
        return $"{start} not {law.Law.ShapeName}";
    }

    /// <summary>A law with another mean and another standard deviation.</summary>
    private sealed class MovedLaw(ElementDistribution law, double mean, double std) : ElementDistribution(mean, std)
    {
        public override double ExcessKurtosis => law.ExcessKurtosis;

        public override double Low => Mean + ((law.Low - law.Mean) / law.StandardDeviation * StandardDeviation);

        public override double High => Mean + ((law.High - law.Mean) / law.StandardDeviation * StandardDeviation);

        public override double Cdf(double x) =>
            law.Cdf(law.Mean + ((x - Mean) / StandardDeviation * law.StandardDeviation));
    }
}
