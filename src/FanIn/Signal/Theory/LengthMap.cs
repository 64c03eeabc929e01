namespace FanIn;

/// <summary>The length map V(q) = sigma_w^2 E f(u)^2 + sigma_b^2 beside its fixed points.</summary>
internal static class LengthMap
{
    /// <summary>How close to 1 a slope is taken for 1: what published digits of a double point leave of it.</summary>
    private const double NearOne = 1e-8;

    /// <summary>What becomes of a signal that is a little off a fixed point.</summary>
    public static FixedPointStability StabilityAt(LengthCurve curve, double weightVariance, LengthMoments point)
    {
        double slope = Math.Abs(weightVariance * point.Slope);
        if (slope < 1.0 - NearOne)
        {
            return FixedPointStability.Stable;
        }
        if (slope > 1.0 + NearOne)
        {
            return FixedPointStability.Unstable;
        }
        if (point.Variance > 0.0)
        {
            return FixedPointStability.HalfStable;
        }
        // Beside q = 0 the first q decides that V(q) / q tells from 1.
        double growth = curve
            .Samples.Select(s => (weightVariance * s.Second / s.Variance) - 1.0)
            .FirstOrDefault(difference => Math.Abs(difference) > 1e-9);
        return growth > 0.0 ? FixedPointStability.Unstable : FixedPointStability.Marginal;
    }
}
