using MathNet.Numerics.Distributions;

namespace FanIn.Lab.Tests;

public sealed class PairedComparisonTests
{
    /// <summary>Two-sided 95% quantiles of Student's t as the tables print them, by degrees of freedom.</summary>
    [Theory]
    [InlineData(2, 12.706)]
    [InlineData(3, 4.303)]
    [InlineData(5, 2.776)]
    [InlineData(11, 2.228)]
    [InlineData(31, 2.042)]
    public void The_interval_is_the_tables_of_Student(int n, double quantile)
    {
        // Differences -1, 1, -1, 1 ... or 0 for an odd one out: the mean is 0 and the squares are known.
        double[] values =
        [
            .. Enumerable
                .Range(0, n)
                .Select(i =>
                    i == n - 1 && n % 2 == 1 ? 0
                    : i % 2 == 0 ? -1.0
                    : 1.0
                ),
        ];
        double error = Math.Sqrt((double)(n - n % 2) / (n - 1) / n);

        PairedComparison c = PairedComparison.Of("a", "b", values, new double[n], pairs: 1);

        Assert.Equal(quantile * error, c.Interval!.Value.High, 6e-4 * error);
        Assert.Equal(-c.Interval.Value.Low, c.Interval.Value.High, 1e-12);
        Assert.False(c.Resolved);
    }

    [Fact]
    public void The_error_is_shared_among_the_pairs()
    {
        // Four degrees of freedom, ten pairs: t(1 - 0.05/20) = t(0.9975) = 5.598.
        PairedComparison c = PairedComparison.Of("a", "b", [1, 2, 3, 4, 5], [0, 0, 0, 0, 0], pairs: 10);

        Assert.Equal(3, c.Difference);
        Assert.Equal(3 + 5.598 * Math.Sqrt(2.5 / 5), c.Interval!.Value.High, 1e-3);
    }

    [Fact]
    public void Pairing_takes_away_what_trials_share()
    {
        PairedComparison c = PairedComparison.Of("a", "b", [10, 20, 30.01], [11, 21.01, 31], pairs: 1);

        Assert.True(c.Resolved);
        Assert.Equal(-1, c.Difference, 1e-9);
        Assert.Null(c.TrialsToResolve);
    }

    [Fact]
    public void One_trial_has_no_interval()
    {
        PairedComparison c = PairedComparison.Of("a", "b", [1], [2], pairs: 3);

        Assert.Equal((-1, null, false, null), (c.Difference, c.Interval, c.Resolved, c.TrialsToResolve));
    }

    [Fact]
    public void Equal_results_are_never_resolved()
    {
        PairedComparison c = PairedComparison.Of("a", "b", [1, 2, 3], [1, 2, 3], pairs: 1);

        Assert.Equal((false, null), (c.Resolved, c.TrialsToResolve));
    }

    /// <summary>
    /// Six equal initializers whose losses share an effect of their seed: how often is any of the 15 pairs ranked? The
    /// promise is at most 5%; 2,000 studies measure that to within 3 sqrt(0.05 0.95 / 2000) = 1.5%.
    /// </summary>
    [Theory]
    [InlineData("normal", 3)]
    [InlineData("normal", 5)]
    [InlineData("log-normal", 3)]
    [InlineData("log-normal", 5)]
    [InlineData("student", 3)]
    [InlineData("student", 5)]
    public void Equal_initializers_are_ranked_in_under_five_percent_of_studies(string noise, int seeds)
    {
        const int Studies = 2000;
        var draw = new Noise(noise);
        int wrong = 0;
        for (int study = 0; study < Studies; study++)
        {
            double[] shared = draw.Take(seeds);
            double[][] losses =
            [
                .. Enumerable.Range(0, 6).Select(_ => draw.Take(seeds).Zip(shared, (a, b) => a + 3 * b).ToArray()),
            ];
            wrong += AnyResolved(losses) ? 1 : 0;
        }

        Assert.InRange((double)wrong / Studies, 0, 0.05 + 0.015);
    }

    [Fact]
    public void A_real_difference_is_found()
    {
        // Five seeds, three pairs, a difference of 10 standard deviations of the noise.
        var draw = new Noise("normal");
        int found = 0;
        for (int study = 0; study < 500; study++)
        {
            double[] shared = draw.Take(5);
            double[] a = [.. draw.Take(5).Zip(shared, (x, s) => x + s)];
            double[] b = [.. draw.Take(5).Zip(shared, (x, s) => x + s + 10)];
            PairedComparison c = PairedComparison.Of("a", "b", a, b, pairs: 3);
            found += c.Resolved && c.Difference < 0 ? 1 : 0;
        }

        Assert.InRange(found / 500.0, 0.99, 1);
    }

    /// <summary>
    /// The advice for a sample that looks exactly like its population: with that many trials about four of five new
    /// studies resolve the difference.
    /// </summary>
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(0.3)]
    public void As_many_trials_as_advised_resolve_four_studies_of_five(double difference)
    {
        double[] likeness =
        [
            difference - Math.Sqrt(0.5) * Math.Sqrt(2),
            difference,
            difference + Math.Sqrt(0.5) * Math.Sqrt(2),
        ];
        PairedComparison first = PairedComparison.Of("a", "b", likeness, new double[3], pairs: 6);
        int trials = first.TrialsToResolve!.Value;
        var draw = new Noise("normal");
        int resolved = 0;
        for (int study = 0; study < 2000; study++)
        {
            double[] differences = [.. draw.Take(trials).Select(x => x + difference)];
            resolved += PairedComparison.Of("a", "b", differences, new double[trials], pairs: 6).Resolved ? 1 : 0;
        }

        Assert.InRange(resolved / 2000.0, 0.75, 0.87);
    }

    private static bool AnyResolved(double[][] losses)
    {
        for (int i = 0; i < losses.Length; i++)
        {
            for (int j = i + 1; j < losses.Length; j++)
            {
                if (PairedComparison.Of("a", "b", losses[i], losses[j], pairs: 15).Resolved)
                {
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>Reproducible draws of unit-sized noise, by the inverse of the distribution.</summary>
    private sealed class Noise(string kind)
    {
        private long _drawn;

        public double[] Take(int count)
        {
            double[] uniform = new double[count];
            RandomStream.Create(7, kind).FillUniform(uniform, offset: _drawn);
            _drawn += count;
            return [.. uniform.Select(u => Inverse(Math.Max(u, 1e-12)))];
        }

        private double Inverse(double u) =>
            kind switch
            {
                "log-normal" => Math.Exp(1.5 * Normal.InvCDF(0, 1, u)),
                // Student's t with three degrees is heavy-tailed: its fourth moment is infinite.
                "student" => MathNet.Numerics.Distributions.StudentT.InvCDF(0, 1, 3, u),
                _ => Normal.InvCDF(0, 1, u),
            };
    }
}
