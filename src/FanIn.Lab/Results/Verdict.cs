using System.Collections.Immutable;
using System.Globalization;

namespace FanIn.Lab;

/// <summary>One sentence of a study's verdict.</summary>
/// <param name="Init">The initializer it is about, or null.</param>
/// <param name="Outcome">How that initializer fared; null for a comparison.</param>
/// <param name="Text">The sentence.</param>
public sealed record VerdictLine(string? Init, Outcome? Outcome, string Text);

/// <summary>Says in words what a study found: why each failure failed, with the arithmetic, and what can't be told apart.</summary>
public static class Verdict
{
    /// <summary>Variance factors between these count as kept.</summary>
    private const double LeastKept = 0.9;
    private const double MostKept = 1.1;

    /// <summary>One line an initializer, in the order given, then what the comparisons say.</summary>
    public static ImmutableArray<VerdictLine> Of(StudyResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var lines = ImmutableArray.CreateBuilder<VerdictLine>();
        foreach (InitializerSummary summary in result.Summary)
        {
            TrialResult[] trials = [.. result.TrialsOf(summary)];
            lines.Add(new(summary.Init, summary.Outcome, $"{summary.Init}: {Describe(result.Study, summary, trials)}"));
        }
        lines.AddRange(Comparisons(result));
        return lines.ToImmutable();
    }

    private static string Describe(StudyDescription study, InitializerSummary summary, TrialResult[] trials)
    {
        TrialResult typical = trials.First(t => t.Outcome == summary.Outcome);
        int others = trials.Count(t => t.Outcome != summary.Outcome);
        string mixed =
            others == 0
                ? ""
                : $" ({trials.Length - others} of {trials.Length} seeds; the others {Others(trials, summary.Outcome)})";
        return summary.Outcome switch
        {
            Outcome.Symmetric => $"symmetric{mixed}. {Symmetry(study, typical)}",
            Outcome.Diverged =>
                $"diverged{mixed}. {Signal(typical)}The loss was no longer a number after {Steps(typical.Curve.Length)}.",
            Outcome.Stuck =>
                $"stuck{mixed}. {Signal(typical)}The loss of {Nats(summary.FinalLoss.Mean)} is no better than guessing by "
                    + $"class frequency ({Nats(study.ChanceLoss)}).",
            _ => $"learned{mixed}. {Signal(typical)}{Learning(study, summary)}",
        };
    }

    private static string Others(TrialResult[] trials, Outcome outcome) =>
        string.Join(
            ", ",
            trials
                .Where(t => t.Outcome != outcome)
                .GroupBy(t => t.Outcome)
                .Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}")
        );

    private static string Symmetry(StudyDescription study, TrialResult trial)
    {
        int width = trial.Units.Max();
        string same =
            $"Every hidden layer has 1 distinct unit of {width}: equal units get equal gradients and stay equal for ever. ";
        bool atChance = trial.FinalLoss >= 0.95 * study.ChanceLoss;
        return same
            + (
                atChance
                    ? $"Only the output's bias learns, and the loss stays at {Nats(trial.FinalLoss)}, the entropy of the class "
                        + $"frequencies ({Nats(study.ChanceLoss)})."
                    : $"What is left learns as a network of width 1 would, to a loss of {Nats(trial.FinalLoss)}."
            );
    }

    /// <summary>What the variance does from layer to layer, measured before training.</summary>
    private static string Signal(TrialResult trial)
    {
        TrialLayer[] hidden = [.. trial.Layers.SkipLast(1)];
        if (hidden.Length < 3 || !(hidden[0].ActivationRms > 0))
        {
            return "";
        }
        double forward = Factor(hidden[0].ActivationRms, hidden[^1].ActivationRms, hidden.Length - 1);
        double backward = Factor(hidden[^1].GradientRms, hidden[0].GradientRms, hidden.Length - 1);
        double? saturated = trial.Layers.Max(l => l.SaturatedShare);
        string flat =
            saturated > 0.5
                ? $", {saturated.Value.ToString("0%", CultureInfo.InvariantCulture)} of the activations sit in their flat ends"
                : "";
        if (forward is < LeastKept or > MostKept)
        {
            return $"Each layer {Changes(forward, "the variance")}: {Power(forward, hidden.Length)} of the signal arrives{flat}. ";
        }
        if (backward is < LeastKept or > MostKept)
        {
            return $"The signal keeps its size forward (x{Number(forward)} a layer), but backward each layer {Changes(backward, "the gradient's variance")}: {Power(backward, hidden.Length)} of it arrives{flat}. ";
        }
        return $"The variance is kept (x{Number(forward)} a layer forward, x{Number(backward)} backward{flat}). ";
    }

    private static string Learning(StudyDescription study, InitializerSummary summary)
    {
        string reached =
            summary.ReachedTarget == 0
                ? $"none of {summary.Trials} seeds reached {Nats(study.TargetLoss)}"
                : $"{Nats(study.TargetLoss)} was reached after {summary.StepsToTarget.Mean.ToString("F0", CultureInfo.InvariantCulture)} steps"
                    + (
                        summary.ReachedTarget < summary.Trials
                            ? $" by {summary.ReachedTarget} of {summary.Trials} seeds"
                            : ""
                    );
        return $"Final loss {Nats(summary.FinalLoss.Mean)}; {reached}.";
    }

    private static IEnumerable<VerdictLine> Comparisons(StudyResult result)
    {
        foreach (PairedComparison c in result.Comparisons.Where(c => c.Resolved))
        {
            (string better, string worse, double by) =
                c.Difference < 0 ? (c.A, c.B, -c.Difference) : (c.B, c.A, c.Difference);
            double reach = c.Interval!.Value.High - c.Difference;
            yield return new(
                null,
                null,
                $"{better} ends {Nats(by)} below {worse} (interval {Nats(by - reach)} to {Nats(by + reach)})."
            );
        }
        PairedComparison[] open = [.. result.Comparisons.Where(c => !c.Resolved)];
        if (open.Length == 0)
        {
            yield break;
        }
        if (result.Study.Seeds < 2)
        {
            yield return new(
                null,
                null,
                "One seed says nothing about differences between those that learned; use --seeds 3 or more."
            );
            yield break;
        }
        foreach (PairedComparison c in open)
        {
            string more = c.TrialsToResolve is { } trials
                ? $"about {trials} seeds would be"
                : "no number of seeds up to 1000 would be";
            yield return new(
                null,
                null,
                $"{c.A} and {c.B}: not resolved by {result.Study.Seeds} seeds (difference {Signed(c.Difference)}); {more}."
            );
        }
    }

    private static double Factor(double from, double to, int layers) =>
        from > 0 && double.IsFinite(to) ? Math.Pow(to / from, 2.0 / layers) : double.NaN;

    private static string Changes(double factor, string what) =>
        IsHalf(factor) ? $"halves {what}"
        : Math.Abs(factor - 2) < 0.1 ? $"doubles {what}"
        : $"multiplies {what} by {Number(factor)}";

    private static string Power(double factor, int layers)
    {
        double shown = IsHalf(factor) ? 0.5 : factor;
        return $"{(IsHalf(factor) ? "0.5" : Number(shown))}^{layers} = {Number(Math.Pow(shown, layers))}";
    }

    private static bool IsHalf(double factor) => Math.Abs(factor - 0.5) < 0.04;

    private static string Steps(int steps) => steps == 1 ? "1 step" : $"{steps} steps";

    private static string Number(double value) =>
        value.ToString(
            value switch
            {
                0 => "0",
                >= 0.1 and < 100 => "0.00",
                >= 0.001 and < 0.1 => "0.0000",
                _ => "0e0",
            },
            CultureInfo.InvariantCulture
        );

    private static string Nats(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Signed(double value) => value.ToString("+0.000;-0.000;0", CultureInfo.InvariantCulture);
}
