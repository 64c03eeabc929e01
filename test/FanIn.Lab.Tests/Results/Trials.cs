using System.Collections.Immutable;

namespace FanIn.Lab.Tests;

/// <summary>Results of trials that never ran, for what is made of them.</summary>
internal static class Trials
{
    public const double Chance = 2.302;

    public static TrialResult Trial(
        string init,
        int trial,
        double finalLoss,
        Outcome outcome = Outcome.Learned,
        double rate = 0.01,
        double forward = 1,
        double backward = 1,
        int depth = 10,
        int distinct = 64
    ) =>
        new()
        {
            Init = init,
            Trial = trial,
            Seed = trial + 1,
            LearningRate = rate,
            InitialLoss = 2.4,
            FinalLoss = finalLoss,
            StepsToTarget = finalLoss < Chance / 2 ? 20 + trial : null,
            TestAccuracy = double.IsNaN(finalLoss) ? double.NaN : 0.5,
            Diverged = outcome == Outcome.Diverged,
            Outcome = outcome,
            Units = [.. Enumerable.Repeat(64, depth)],
            DistinctUnitsBefore = [.. Enumerable.Repeat(distinct, depth)],
            DistinctUnits = [.. Enumerable.Repeat(distinct, depth)],
            Curve = outcome == Outcome.Diverged ? [2.4, 70, double.NaN] : [2.4, 2, finalLoss, finalLoss],
            Layers = Layers(depth, forward, backward),
            Seconds = 0.25,
        };

    /// <summary>Layers whose variance changes by a factor each, forward and backward; the output comes last.</summary>
    public static ImmutableArray<TrialLayer> Layers(int depth, double forward, double backward) =>
        [
            .. Enumerable
                .Range(0, depth + 1)
                .Select(i =>
                    Layer($"fc{i + 1}", Math.Pow(forward, i / 2.0), 0.01 * Math.Pow(backward, (depth - i) / 2.0))
                ),
        ];

    public static TrialLayer Layer(string name, double rms, double gradient, double? saturated = null) =>
        new(name, rms, gradient, 5 * rms, [0.25f, 0.5f, 0.25f], 5 * gradient, [0.25f, 0.5f, 0.25f], null, saturated);

    public static StudyResult Study(params TrialResult[] trials) =>
        StudyResult.Of(
            new(
                "digits",
                "mlp:10x64:relu",
                [.. trials.Select(t => t.Init).Distinct()],
                trials.Max(t => t.Trial) + 1,
                new() { Steps = 4, LearningRates = [.. trials.Select(t => t.LearningRate).Distinct()] },
                Chance,
                Chance / 2
            ),
            trials
        );

    public static string[] VerdictOf(params TrialResult[] trials) => [.. Verdict.Of(Study(trials)).Select(l => l.Text)];
}
