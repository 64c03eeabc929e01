using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>Whether a tensor's values follow its rule, and if not, what they are.</summary>
internal static class TensorLaw
{
    /// <summary>One draw in 500 million is as far off.</summary>
    public const double MostErrors = 6;

    /// <summary>With fewer values the kurtosis says little.</summary>
    public const long LeastForKurtosis = 1000;

    /// <summary>With fewer numbers of the type than 4 in a deviation, rounding to them decides on the kurtosis.</summary>
    private const double LargestStep = 0.25;

    /// <summary>Of the laws that weights are drawn from, with their names.</summary>
    private static readonly ImmutableArray<(string Name, double Kurtosis)> s_shapes =
    [
        ("normal", 3),
        ("uniform", 1.8),
        ("normal cut at 2 deviations", 2.3655),
        ("normal cut at 3 deviations", 2.8288),
    ];

    /// <param name="profile">Of a tensor with values.</param>
    /// <param name="expected">What its rule says; null where there is none.</param>
    /// <param name="type">What it is stored in.</param>
    /// <param name="pieces">Of an uneven one.</param>
    public static TensorState StateOf(
        TensorProfile profile,
        ExpectedValues? expected,
        SafetensorsType type,
        out ImmutableArray<TensorPiece> pieces
    )
    {
        pieces = [];
        ValueSums all = profile.All;
        if (all.NonFinite > 0)
        {
            return TensorState.NonFinite;
        }
        double rounding = StoredNumbers.RoundingOf(type);
        if (profile.LargestDifference is { } difference)
        {
            return difference <= 1e-5 + rounding ? TensorState.AsPlanned
                : all.IsConstant ? TensorState.Constant
                : TensorState.Structured;
        }
        if (expected is { IsConstant: true } constant && IsAt(all, constant.Mean, rounding))
        {
            return TensorState.AsPlanned;
        }
        // One value, or a few that some rows and columns have more of than others, may be all that rounding leaves of a law.
        if (
            expected is { IsConstant: false } rounded
            && IsCoarse(rounded.Mean, rounded.StandardDeviation, type)
            && Fits(all, rounded, type, MostErrors)
        )
        {
            return TensorState.AsPlanned;
        }
        if (all is { IsConstant: true, Count: > 1 })
        {
            return TensorState.Constant;
        }
        pieces = TensorPiece.Of(profile, out bool isLevel);
        // Of values that are there several times groups differ by more than chance.
        if (profile.Repetition is not null)
        {
            (pieces, isLevel) = ([], true);
        }
        if (!pieces.IsEmpty && pieces.All(piece => piece.Sums.IsConstant || ShapeOf(piece.Sums, type) is not null))
        {
            return TensorState.Uneven;
        }
        pieces = [];
        return expected is { IsConstant: false } law
            && Fits(all, law, type, MostErrors)
            && (isLevel || !law.IsIndependent)
                ? TensorState.AsPlanned
            : isLevel && ShapeOf(all, type) is not null ? TensorState.Random
            : TensorState.Structured;
    }

    /// <summary>Whether a type has so few numbers where a law's values are that they don't show its shape.</summary>
    public static bool IsCoarse(double mean, double deviation, SafetensorsType type) =>
        StepOf(mean, deviation, type) > LargestStep;

    /// <summary>
    /// The law's name where the values have the kurtosis of one that weights are drawn from; empty where they are too few, or
    /// their type too coarse, to tell; null where of none.
    /// </summary>
    public static string? ShapeOf(in ValueSums values, SafetensorsType type)
    {
        if (values.Variance == 0)
        {
            return null;
        }
        if (values.Finite < LeastForKurtosis || IsCoarse(values.Mean, Math.Sqrt(values.Variance), type))
        {
            return "";
        }
        double kurtosis = values.Kurtosis;
        (string name, double of) = s_shapes.MinBy(shape => Math.Abs(kurtosis - shape.Kurtosis));
        return IsKurtosis(kurtosis, of, values.Finite, type, MostErrors) ? name : null;
    }

    /// <summary>Whether mean, variance and kurtosis are within so many standard errors of the law's.</summary>
    public static bool Fits(in ValueSums values, in ExpectedValues law, SafetensorsType type, double errors)
    {
        double n = values.Finite;
        double coarseness = StoredNumbers.CoarsenessOf(type);
        double spread = Math.Sqrt(Math.Max(law.Kurtosis - 1, 0.01) / n);
        double off = values.Mean - law.Mean;
        double ratio = (values.Variance + (off * off)) / law.Variance;
        // Few values have long tails: a sum of squares follows chi-square's.
        double slack = n < 1000 ? 1 + (10 / Math.Sqrt(n)) : 1;
        // Rounding adds a twelfth of the step's square (Sheppard's correction), where the steps become twice as long it moves
        // the mean, and where they are longer than the deviation mean and variance are any of two neighbours.
        double step = StepOf(law.Mean, law.StandardDeviation, type);
        (double drift, double growth) = step > 1 ? (step / 2, step * step / 2) : (step * step / 16, step * step / 8);
        // What a rule says is rounded to float32 before anything is drawn.
        drift += StepOf(law.Mean, law.StandardDeviation, SafetensorsType.F32) / 2;
        growth += StepOf(0, law.StandardDeviation, SafetensorsType.F32);
        if (
            Math.Abs(off) / law.StandardDeviation > Math.Max(errors * slack / Math.Sqrt(n), coarseness) + drift
            || !(Math.Abs(ratio - 1 - (step * step / 12)) <= Math.Max(errors * slack * spread, 2 * coarseness) + growth)
        )
        {
            return false;
        }
        return n < LeastForKurtosis
            || step > LargestStep
            || !law.IsIndependent
            || law.Kurtosis > 4
            || IsKurtosis(values.Kurtosis, law.Kurtosis, n, type, errors);
    }

    /// <summary>The distance of a type's numbers where a law's values are, in its deviations.</summary>
    private static double StepOf(double mean, double deviation, SafetensorsType type) =>
        StoredNumbers.SpacingOf(type, Math.Abs(mean) + (2 * deviation)) / deviation;

    /// <summary>The kurtosis of few values of a normal has a long upper tail, and hardly any below.</summary>
    private static bool IsKurtosis(double found, double law, double n, SafetensorsType type, double errors)
    {
        double error = errors * Math.Sqrt(24 / n);
        double slack = 10 * StoredNumbers.CoarsenessOf(type);
        return found >= law - error - slack && found <= law + (error * (1 + (60 / Math.Sqrt(n)))) + slack;
    }

    private static bool IsAt(in ValueSums values, double value, double rounding)
    {
        double slack = Math.Abs(value) * (rounding + 1e-6);
        return Math.Abs(values.Least - value) <= slack && Math.Abs(values.Most - value) <= slack;
    }
}
