using System.Collections.Immutable;

namespace FanIn.Lab;

/// <summary>Mean, lowest and highest of a figure over trials; all NaN where no trial has it.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Min">The lowest.</param>
/// <param name="Max">The highest.</param>
public readonly record struct Range(double Mean, double Min, double Max)
{
    /// <summary>Over the finite ones of <paramref name="values"/>.</summary>
    internal static Range Of(IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        return finite.Length == 0
            ? new(double.NaN, double.NaN, double.NaN)
            : new(finite.Average(), finite.Min(), finite.Max());
    }
}

/// <summary>All trials of one initializer at its learning rate.</summary>
/// <param name="Init">The initializer's spelling.</param>
/// <param name="LearningRate">The rate it is judged at: the only one, or its best.</param>
/// <param name="FinalLoss">Final training loss in nats, over trials that didn't diverge.</param>
/// <param name="StepsToTarget">Over those trials that reached the target.</param>
/// <param name="TestAccuracy">Over trials that didn't diverge.</param>
/// <param name="Diverged">How many trials diverged.</param>
/// <param name="ReachedTarget">How many trials reached the target loss.</param>
/// <param name="Trials">How many trials there are.</param>
/// <param name="Outcome">The commonest outcome; of equally common ones the worst.</param>
public sealed record InitializerSummary(
    string Init,
    double LearningRate,
    Range FinalLoss,
    Range StepsToTarget,
    Range TestAccuracy,
    int Diverged,
    int ReachedTarget,
    int Trials,
    Outcome Outcome
)
{
    /// <summary>How many trials had the outcome.</summary>
    public int Agreeing { get; private init; }

    internal static InitializerSummary Of(string init, IReadOnlyCollection<TrialResult> trials)
    {
        IGrouping<Outcome, TrialResult> commonest = trials
            .GroupBy(t => t.Outcome)
            .OrderByDescending(g => g.Count())
            .ThenByDescending(g => g.Key)
            .First();
        return new(
            init,
            trials.First().LearningRate,
            Range.Of(trials.Select(t => t.FinalLoss)),
            Range.Of(trials.Select(t => t.StepsToTarget ?? double.NaN)),
            Range.Of(trials.Select(t => t.TestAccuracy)),
            trials.Count(t => t.Diverged),
            trials.Count(t => t.StepsToTarget is not null),
            trials.Count,
            commonest.Key
        )
        {
            Agreeing = commonest.Count(),
        };
    }
}

/// <summary>One initializer at one learning rate: a point of its sensitivity.</summary>
/// <param name="Init">The initializer's spelling.</param>
/// <param name="LearningRate">The rate.</param>
/// <param name="FinalLoss">Final training loss, over trials that didn't diverge.</param>
/// <param name="Diverged">How many trials diverged.</param>
/// <param name="Best">True at the rate the initializer is judged at.</param>
public sealed record SensitivityPoint(string Init, double LearningRate, Range FinalLoss, int Diverged, bool Best);
