using static FanIn.Lab.Tests.Trials;

namespace FanIn.Lab.Tests;

public sealed class StudyResultTests
{
    [Fact]
    public void Each_initializer_is_judged_at_its_best_rate_by_training_loss()
    {
        StudyResult result = Study(
            Trial("a", 0, 0.5, rate: 0.01),
            Trial("a", 1, 0.7, rate: 0.01),
            Trial("a", 0, 0.3, rate: 0.1) with
            {
                TestAccuracy = 0.1,
            },
            Trial("a", 1, 0.5, rate: 0.1) with
            {
                TestAccuracy = 0.1,
            },
            Trial("b", 0, 0.2, rate: 0.01),
            Trial("b", 1, 0.2, rate: 0.01),
            Trial("b", 0, 0.9, rate: 0.1),
            Trial("b", 1, 0.9, rate: 0.1)
        );

        Assert.Equal([("a", 0.1), ("b", 0.01)], result.Summary.Select(s => (s.Init, s.LearningRate)));
        Assert.Equal(new Range(0.4, 0.3, 0.5), result.Summary[0].FinalLoss);
        Assert.Equal(
            [("a", 0.01, false), ("a", 0.1, true), ("b", 0.01, true), ("b", 0.1, false)],
            result.Sensitivity.Select(p => (p.Init, p.LearningRate, p.Best))
        );
        // Compared at those rates: 0.3 and 0.5 with 0.2 and 0.2.
        Assert.Equal(0.2, Assert.Single(result.Comparisons).Difference, 1e-12);
    }

    /// <summary>
    /// Choosing each initializer's best of four rates by the losses that are then compared must not make rankings out of
    /// noise: at most 5% of studies, measured by 1,000 to within 3 sqrt(0.05 0.95 / 1000) = 2%.
    /// </summary>
    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Equal_initializers_with_rates_to_choose_from_are_not_ranked(int seeds)
    {
        const int Studies = 1000;
        string[] initializers = ["a", "b", "c", "d"];
        double[] rates = [0.001, 0.01, 0.1, 1];
        RandomStream stream = RandomStream.Create(11, $"{seeds} seeds");
        double[] noise = new double[(initializers.Length * rates.Length * seeds) + seeds];
        int wrong = 0;
        for (int study = 0; study < Studies; study++)
        {
            stream.FillNormal(noise, offset: (long)study * noise.Length);
            int next = seeds;
            TrialResult[] trials =
            [
                .. from init in initializers
                from rate in rates
                from seed in Enumerable.Range(0, seeds)
                select Trial(init, seed, 1 + (0.01 * (noise[next++] + (3 * noise[seed]))), rate: rate, depth: 0),
            ];
            wrong += Study(trials).Comparisons.Any(c => c.Resolved) ? 1 : 0;
        }

        Assert.InRange((double)wrong / Studies, 0, 0.05 + 0.02);
    }

    [Fact]
    public void A_rate_at_which_trials_diverge_loses()
    {
        StudyResult result = Study(
            Trial("a", 0, 0.5, rate: 0.01),
            Trial("a", 1, 0.5, rate: 0.01),
            Trial("a", 0, 0.01, rate: 0.1),
            Trial("a", 1, double.NaN, Outcome.Diverged, rate: 0.1),
            Trial("a", 0, double.NaN, Outcome.Diverged, rate: 1),
            Trial("a", 1, double.NaN, Outcome.Diverged, rate: 1)
        );

        Assert.Equal(0.01, Assert.Single(result.Summary).LearningRate);
        Assert.Equal([0, 1, 2], result.Sensitivity.Select(p => p.Diverged));
        Assert.True(double.IsNaN(result.Sensitivity[2].FinalLoss.Mean));
    }

    [Fact]
    public void Where_all_diverge_the_first_rate_stands()
    {
        StudyResult result = Study(
            Trial("a", 0, double.NaN, Outcome.Diverged, rate: 0.1),
            Trial("a", 0, double.NaN, Outcome.Diverged, rate: 1)
        );

        Assert.Equal((0.1, Outcome.Diverged), (result.Summary[0].LearningRate, result.Summary[0].Outcome));
        Assert.Single(result.Sensitivity, p => p.Best);
    }

    [Fact]
    public void Failures_are_named_and_not_compared()
    {
        StudyResult result = Study(
            Trial("he", 0, 0.5),
            Trial("he", 1, 0.4),
            Trial("zeros", 0, 2.3, Outcome.Symmetric),
            Trial("zeros", 1, 2.3, Outcome.Symmetric),
            Trial("big", 0, double.NaN, Outcome.Diverged),
            Trial("big", 1, 0.3),
            Trial("tiny", 0, 2.3, Outcome.Stuck),
            Trial("tiny", 1, 2.3, Outcome.Stuck)
        );

        Assert.Empty(result.Comparisons);
        // Of equally common outcomes the worst.
        Assert.Equal(
            [Outcome.Learned, Outcome.Symmetric, Outcome.Diverged, Outcome.Stuck],
            result.Summary.Select(s => s.Outcome)
        );
        Assert.Equal(
            (1, 1, 2),
            (result.Summary[2].Diverged, result.Summary[2].ReachedTarget, result.Summary[2].Trials)
        );
        Assert.Equal(new Range(0.3, 0.3, 0.3), result.Summary[2].FinalLoss);
    }
}
