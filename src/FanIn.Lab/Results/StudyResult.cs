using System.Collections.Immutable;

namespace FanIn.Lab;

/// <summary>What a study found.</summary>
public sealed record StudyResult
{
    private StudyResult() { }

    /// <summary>What was compared and how.</summary>
    public required StudyDescription Study { get; init; }

    /// <summary>All trials: by initializer in the order given, then by learning rate, then by seed.</summary>
    public required ImmutableArray<TrialResult> Trials { get; init; }

    /// <summary>One row an initializer, in the order given.</summary>
    public required ImmutableArray<InitializerSummary> Summary { get; init; }

    /// <summary>The pairs of those initializers that learned with every seed; what failed is named, not tested.</summary>
    public required ImmutableArray<PairedComparison> Comparisons { get; init; }

    /// <summary>Every initializer at every learning rate.</summary>
    public required ImmutableArray<SensitivityPoint> Sensitivity { get; init; }

    /// <summary>The trials at the learning rate that an initializer is judged at.</summary>
    public IEnumerable<TrialResult> TrialsOf(InitializerSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return Trials.Where(t => t.Init == summary.Init && t.LearningRate == summary.LearningRate);
    }

    /// <summary>Summarizes and compares trials.</summary>
    internal static StudyResult Of(StudyDescription study, IEnumerable<TrialResult> trials)
    {
        ImmutableArray<TrialResult> all = [.. trials];
        var summary = ImmutableArray.CreateBuilder<InitializerSummary>();
        var sensitivity = ImmutableArray.CreateBuilder<SensitivityPoint>();
        foreach (IGrouping<string, TrialResult> ofInit in all.GroupBy(t => t.Init))
        {
            InitializerSummary[] rates =
            [
                .. ofInit.GroupBy(t => t.LearningRate).Select(g => InitializerSummary.Of(ofInit.Key, [.. g])),
            ];
            // The best rate is chosen by training loss among those at which the fewest seeds diverged.
            InitializerSummary best = rates
                .OrderBy(r => r.Diverged)
                .ThenBy(r => double.IsNaN(r.FinalLoss.Mean) ? double.MaxValue : r.FinalLoss.Mean)
                .First();
            summary.Add(best);
            sensitivity.AddRange(
                rates.Select(r => new SensitivityPoint(r.Init, r.LearningRate, r.FinalLoss, r.Diverged, r == best))
            );
        }
        var result = new StudyResult
        {
            Study = study,
            Trials = all,
            Summary = summary.ToImmutable(),
            Sensitivity = sensitivity.ToImmutable(),
            Comparisons = [],
        };
        return result with { Comparisons = result.Compare() };
    }

    private ImmutableArray<PairedComparison> Compare()
    {
        InitializerSummary[] learned = [.. Summary.Where(s => TrialsOf(s).All(t => t.Outcome == Outcome.Learned))];
        int pairs = learned.Length * (learned.Length - 1) / 2;
        var comparisons = ImmutableArray.CreateBuilder<PairedComparison>(pairs);
        for (int i = 0; i < learned.Length; i++)
        {
            for (int j = i + 1; j < learned.Length; j++)
            {
                comparisons.Add(
                    PairedComparison.Of(learned[i].Init, learned[j].Init, Losses(learned[i]), Losses(learned[j]), pairs)
                );
            }
        }
        return comparisons.ToImmutable();

        double[] Losses(InitializerSummary s) => [.. TrialsOf(s).OrderBy(t => t.Trial).Select(t => t.FinalLoss)];
    }
}

/// <summary>What a study compares and how: enough to repeat it.</summary>
/// <param name="Data">The data set.</param>
/// <param name="Network">The network's spelling, or the type of a user's own.</param>
/// <param name="Initializers">Their spellings.</param>
/// <param name="Seeds">Trials of each initializer.</param>
/// <param name="Settings">How trials are trained.</param>
/// <param name="ChanceLoss">The loss of the best prediction that ignores its input, in nats.</param>
/// <param name="TargetLoss">The loss whose reaching is counted, in nats.</param>
public sealed record StudyDescription(
    string Data,
    string Network,
    ImmutableArray<string> Initializers,
    int Seeds,
    StudySettings Settings,
    double ChanceLoss,
    double TargetLoss
);
