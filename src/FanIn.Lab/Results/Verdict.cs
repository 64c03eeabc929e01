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

    /// <summary>With fewer hidden layers there is nothing to multiply.</summary>
    private const int LeastDepth = 4;

    /// <summary>With more than this share of activations in their flat ends, that is what is wrong.</summary>
    private const double MostSaturated = 0.5;

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
        double loss = Range.Of(trials.Where(t => t.Outcome == summary.Outcome).Select(t => t.FinalLoss)).Mean;
        return summary.Outcome switch
        {
            Outcome.Symmetric => $"symmetric{mixed}. {Symmetry(study, typical, loss)}",
            Outcome.Diverged =>
                $"diverged{mixed}. {Signal(typical)}The loss was no longer a number after {Steps(typical.Curve.Length)}.",
            Outcome.Stuck =>
                $"stuck{mixed}. {Signal(typical)}The loss of {Nats(loss)} is {(loss < study.ChanceLoss ? "hardly" : "no")} better "
                    + $"than guessing by class frequency ({Nats(study.ChanceLoss)}).",
            _ => $"learned{mixed}. {Signal(typical)}{Learning(study, summary, loss)}",
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

    private static string Symmetry(StudyDescription study, TrialResult trial, double loss)
    {
        int width = trial.Units.Max();
        string same =
            $"Every hidden layer has 1 distinct unit of {width}: equal units get equal gradients and stay equal for ever. ";
        if (loss < 0.95 * study.ChanceLoss)
        {
            return $"{same}What is left learns as a network of width 1 would, to a loss of {Nats(loss)}.";
        }
        bool silent = trial.Layers.Length > 0 && trial.Layers.All(l => l.ActivationRms == 0);
        return silent && Math.Abs(loss - study.ChanceLoss) < 0.05 * study.ChanceLoss
            ? $"{same}Only the output's bias learns, and the loss stays at {Nats(loss)}, the entropy of the class "
                + $"frequencies ({Nats(study.ChanceLoss)})."
            : $"{same}What is left learns nothing: the loss ends at {Nats(loss)}, and guessing by class frequency gives "
                + $"{Nats(study.ChanceLoss)}.";
    }

    /// <summary>What the variance does from layer to layer, measured before training.</summary>
    private static string Signal(TrialResult trial)
    {
        double[] forward = [.. trial.Layers.SkipLast(1).Select(l => l.ActivationRms)];
        int depth = forward.Length;
        if (depth < LeastDepth)
        {
            return "";
        }
        (double ahead, double back) = SignalFactors.Of(trial);
        string gradient = Changed(back)
            ? $"backward each layer {Changes(back, "the gradient's variance")}: {Power(back, depth)} {(back > 1 ? "times" : "of")} it arrives"
            : "";
        if (trial.Layers.Max(l => l.SaturatedShare) is > MostSaturated and var saturated)
        {
            string flat =
                $"{saturated.ToString("0%", CultureInfo.InvariantCulture)} of the activations of a layer sit in their flat ends";
            return gradient.Length > 0 ? $"{flat}, and {gradient}. " : $"{flat}. ";
        }
        if (Changed(ahead))
        {
            return $"Each layer {Changes(ahead, "the variance")}: {Power(ahead, depth)} {(ahead > 1 ? "times" : "of")} the signal arrives. ";
        }
        if (double.IsNaN(ahead))
        {
            return forward.Any(rms => !double.IsFinite(rms)) ? "The signal overflows on its way through the layers. "
                : forward[0] > 0 ? "No signal gets beyond the first layers: every value there is 0. "
                : "";
        }
        if (gradient.Length > 0)
        {
            return $"The signal keeps its size forward (x{Number(ahead)} a layer), but {gradient}. ";
        }
        string both = double.IsNaN(back) ? "" : $", x{Number(back)} backward";
        return $"The variance is kept (x{Number(ahead)} a layer forward{both}). ";
    }

    private static string Learning(StudyDescription study, InitializerSummary summary, double loss)
    {
        string reached =
            summary.ReachedTarget == 0
                ? $"{Nats(study.TargetLoss)} was not reached"
                : $"{Nats(study.TargetLoss)} was reached after {Steps(summary.StepsToTarget.Mean)}"
                    + (
                        summary.ReachedTarget < summary.Trials
                            ? $" by {summary.ReachedTarget} of {summary.Trials} seeds"
                            : ""
                    );
        string whose = summary.Agreeing < summary.Trials ? " of those" : "";
        return $"Final loss{whose} {Nats(loss)}; {reached}.";
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
        string[] pairs =
        [
            .. open.Select(c =>
                $"{c.A} and {c.B} ({Signed(c.Difference)}; "
                + (
                    c.TrialsToResolve is { } trials
                        ? $"about {trials} seeds would)"
                        : "no number of seeds up to 1000 would)"
                )
            ),
        ];
        yield return new(null, null, $"Not resolved by {result.Study.Seeds} seeds: {string.Join(", ", pairs)}.");
    }

    private static bool Changed(double factor) => factor is < LeastKept or > MostKept;

    private static string Changes(double factor, string what) =>
        IsHalf(factor) ? $"halves {what}"
        : Math.Abs(factor - 2) < 0.1 ? $"doubles {what}"
        : $"multiplies {what} by {Number(factor)}";

    /// <summary>The arithmetic holds for the numbers as they are printed.</summary>
    private static string Power(double factor, int layers)
    {
        string shown = IsHalf(factor) ? "0.5" : Number(factor);
        return $"{shown}^{layers} = {Number(Math.Pow(double.Parse(shown, CultureInfo.InvariantCulture), layers))}";
    }

    private static bool IsHalf(double factor) => Math.Abs(factor - 0.5) < 0.04;

    private static string Steps(double steps) =>
        steps.ToString("F0", CultureInfo.InvariantCulture) is var shown && shown == "1" ? "1 step" : $"{shown} steps";

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

    private static string Nats(double value) =>
        value.ToString(value is > 0 and < 0.001 or >= 10_000 ? "0.0e0" : "0.000", CultureInfo.InvariantCulture);

    private static string Signed(double value) => value.ToString("+0.000;-0.000;0", CultureInfo.InvariantCulture);
}
