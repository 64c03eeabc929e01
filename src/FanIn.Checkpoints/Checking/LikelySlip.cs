using System.Runtime.InteropServices;

namespace FanIn.Checkpoints;

/// <summary>What may have gone wrong where a tensor's scale isn't its rule's: the slips that leave such a factor.</summary>
/// <param name="Kind">What it is called.</param>
/// <param name="Text">A clause for the message; empty where no slip is known.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LikelySlip(FindingKind Kind, string Text)
{
    private const double Near = 0.01;
    private const double Farthest = 0.05;

    // The standard deviation of a standard normal cut at two of them.
    private const double CutAtTwo = 0.87962566103423978;

    /// <param name="tensor">Random, with another scale or law than its rule's.</param>
    /// <param name="model">What the family says.</param>
    /// <param name="isDepthScaled">Whether the rule has a factor for the depth.</param>
    public static LikelySlip Of(TensorCheck tensor, CheckpointModel model, bool isDepthScaled)
    {
        (PlanRow row, ExpectedValues expected, ValueSums values) = (
            tensor.Row!,
            tensor.Expected!.Value,
            tensor.Profile!.All
        );
        double found = Math.Sqrt(values.Variance);
        double ratio = found / expected.StandardDeviation;
        TensorDescription logical = row.Parts[0].Tensor;
        int depth = model.Description.DepthOf(row.Parameter) ?? 0;
        // Of few values the deviation says no more.
        double near = Math.Clamp(
            TensorLaw.MostErrors * Math.Sqrt(Math.Max(values.Kurtosis - 1, 0.1) / values.Finite) / 2,
            Near,
            Farthest
        );
        if (FrameworkDefault.Of(tensor) is { } untouched)
        {
            return new(
                FindingKind.WrongValues,
                $"; they are {untouched}, PyTorch's default, as if the family's rule had never been applied"
            );
        }
        foreach (
            (double factor, string text) in ((double, string)[])
                [(2.0 * depth, $"1/sqrt(2 * {depth})"), (depth, $"1/sqrt({depth})")]
        )
        {
            if (depth < 1)
            {
                continue;
            }
            if (isDepthScaled && factor > 1 && IsLike(ratio, Math.Sqrt(factor)))
            {
                return new(FindingKind.UnscaledDepth, $", as without the factor {text} for the depth");
            }
            if (!isDepthScaled && depth > 2 && IsLike(ratio, 1 / Math.Sqrt(factor)))
            {
                return new(
                    FindingKind.WrongValues,
                    $", as with a factor {text} for the depth, which the rule doesn't have"
                );
            }
        }
        if (row.Parts[0].Initializer is { NeedsFan: true } rule && logical.Fan is { } fan)
        {
            if (
                fan.In != fan.Out
                && (IsLike(ratio, Math.Sqrt(fan.In / fan.Out)) || IsLike(ratio, Math.Sqrt(fan.Out / fan.In)))
            )
            {
                return new(
                    FindingKind.WrongFan,
                    $", as if fan-in ({fan.In}) and fan-out ({fan.Out}) had been exchanged, or the matrix transposed"
                );
            }
            for (int ranks = 2; ranks <= 64; ranks *= 2)
            {
                if (ShardScale(rule, logical, ranks).Any(std => IsLike(found, std)))
                {
                    return new(FindingKind.WrongFan, $", as if {rule} had seen the fan of one of {ranks} shards");
                }
            }
        }
        return new(
            FindingKind.WrongValues,
            IsLike(ratio, CutAtTwo) ? ", as of a normal that is cut at 2 deviations and not widened for it"
                : IsLike(ratio, 1 / CutAtTwo) ? ", as of a normal that is widened for a cut at 2 deviations and not cut"
                : IsLike(ratio, Math.Sqrt(2)) ? ", a gain of sqrt(2) too much"
                : IsLike(ratio, Math.Sqrt(0.5)) ? ", a gain of sqrt(2) too little"
                : IsLike(found, expected.Variance) ? ", as if the variance had been taken for the deviation"
                : IsLike(found * found, expected.StandardDeviation)
                    ? ", as if the deviation had been taken for the variance"
                : ""
        );

        bool IsLike(double a, double b) => b > 0 && Math.Abs((a / b) - 1) < near;
    }

    /// <summary>By the rows or by the columns of a shard.</summary>
    private static IEnumerable<double> ShardScale(Initializer rule, TensorDescription tensor, int ranks)
    {
        if (!tensor.Taps.IsEmpty || tensor.Groups != 1 || tensor.Layout == WeightLayout.Embedding)
        {
            yield break;
        }
        if (tensor.Outputs % ranks == 0)
        {
            yield return rule.StandardDeviation(TensorDescription.Dense(tensor.Outputs / ranks, tensor.Inputs)) ?? 0;
        }
        if (tensor.Inputs % ranks == 0)
        {
            yield return rule.StandardDeviation(TensorDescription.Dense(tensor.Outputs, tensor.Inputs / ranks)) ?? 0;
        }
    }
}
