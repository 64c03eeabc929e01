using static System.Math;

namespace FanIn;

/// <summary>Units that an activation shuts, and values in its flat ends, of normal inputs.</summary>
internal static class UnitHealth
{
    private const int Steps = 64;
    private const double Reach = 7.0;

    /// <summary>
    /// The share of units that are at most 0 for the whole batch; null where the activation has no dead side. A unit's
    /// inputs are normal with one part in common to all examples and one to an example's positions.
    /// </summary>
    public static double? DeadShare(Activation activation, SignalState input)
    {
        if (activation.Name is not ("relu" or "squared_relu" or "relu6") || !activation.IsKnown)
        {
            return null;
        }
        double ofAll = Max(0.0, input.CentredExampleCosine);
        // With one position an example's part and the position's own are one.
        double ofExample = input.Positions == 1 ? ofAll : Max(ofAll, input.CentredPositionCosine);
        double threshold = input.Variance > 0.0 ? -input.Mean / Sqrt(input.Variance) : -input.Mean * double.MaxValue;
        (double all, double example, double own) = (Sqrt(ofAll), Sqrt(ofExample - ofAll), Sqrt(1.0 - ofExample));
        return Mean(
            all,
            z =>
                LargestNormal.Power(
                    Mean(example, y => LargestNormal.Power(Below(threshold - z - y, own), input.Positions)),
                    input.Examples
                )
        );
    }

    /// <summary>The share of values where the slope is below a twentieth of the steepest; null where no end is flat.</summary>
    public static double? SaturatedShare(Activation activation, SignalState input)
    {
        if (
            !activation.IsKnown
            || activation.Name
                is not (
                    "tanh"
                    or "lecun_tanh"
                    or "atan"
                    or "sigmoid"
                    or "hardtanh"
                    or "hard_sigmoid"
                    or "erf"
                    or "softsign"
                )
        )
        {
            return null;
        }
        // All are steepest at 0 and alike on both sides.
        Func<double, double> slope = activation.Function.Derivative!;
        double limit = slope(0.0) / 20.0;
        (double low, double high) = (0.0, 1024.0);
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2.0;
            (low, high) = slope(middle) > limit ? (middle, high) : (low, middle);
        }
        double deviation = Sqrt(input.Variance);
        return Below(-high - input.Mean, deviation) + 1.0 - Below(high - input.Mean, deviation);
    }

    /// <summary>The probability that <paramref name="deviation"/> z is at most <paramref name="x"/>.</summary>
    private static double Below(double x, double deviation) =>
        deviation > 0.0 ? NormalTail.Phi(Clamp(x / deviation, -38.0, 38.0))
        : x >= 0.0 ? 1.0
        : 0.0;

    /// <summary>E f(deviation z).</summary>
    private static double Mean(double deviation, Func<double, double> f)
    {
        if (deviation < 1e-9)
        {
            return f(0.0);
        }
        double mean = 0.0;
        const double Step = 2.0 * Reach / Steps;
        for (int i = 0; i < Steps; i++)
        {
            double z = ((i + 0.5) * Step) - Reach;
            mean += NormalTail.Density(z) * Step * f(deviation * z);
        }
        return mean;
    }
}
