using System.Collections.Immutable;
using System.Globalization;

namespace FanIn;

/// <summary>
/// Weight and bias variances for which neither the signal nor the gradient grows or shrinks with depth: chi_perp = sigma_w^2
/// E f'(u)^2 = 1 for u ~ N(0, q*), and q* is a fixed point of the length map V(q) = sigma_w^2 E f(u)^2 + sigma_b^2, where
/// sigma_w^2 is fan_in times the weights' variance. (Poole et al. 2016; Schoenholz et al. 2017.) Whether a signal that is a
/// little off comes back says chi_par = V'(q*). (Roberts, Yaida, Hanin, "The principles of deep learning theory", 2022,
/// section 5.)
/// </summary>
public sealed record CriticalPoint
{
    private CriticalPoint() { }

    /// <summary>The activation f.</summary>
    public required Activation Activation { get; init; }

    /// <summary>sigma_w^2: fan_in times the variance of a weight.</summary>
    public required double WeightVariance { get; init; }

    /// <summary>sigma_b^2: the variance of a bias.</summary>
    public required double BiasVariance { get; init; }

    /// <summary>q*, the variance of a layer's output before the activation; null where every value is a fixed point.</summary>
    public required double? FixedPoint { get; init; }

    /// <summary>chi_perp: the factor of a gradient's second moment, and of the distance of two close signals.</summary>
    public required double ChiPerp { get; init; }

    /// <summary>chi_par = V'(q*): the factor of a deviation of the signal's size.</summary>
    public required double ChiPar { get; init; }

    /// <summary>What becomes of a signal whose size is a little off.</summary>
    public required FixedPointStability Stability { get; init; }

    /// <summary>True where <see cref="Stability"/> is <see cref="FixedPointStability.Stable"/>.</summary>
    public bool IsStable => Stability == FixedPointStability.Stable;

    /// <summary>Writes <see cref="WeightVariance"/>: <c>variance_scaling(scale=2,mode=fan_in)</c>.</summary>
    public Initializer WeightInitializer =>
        Initializer.Parse($"variance_scaling(scale={Text(WeightVariance)},mode=fan_in)");

    /// <summary>Writes <see cref="BiasVariance"/>: <c>zeros</c>, or <c>normal(std=0.2)</c>.</summary>
    public Initializer BiasInitializer =>
        Initializer.Parse(BiasVariance == 0.0 ? "zeros" : $"normal(std={Text(Math.Sqrt(BiasVariance))})");

    /// <summary>
    /// The critical point with this bias variance. Where there are several, a stable one goes before the others, and among
    /// equals the one of the smallest signal. Solved to 1e-10 or better.
    /// </summary>
    /// <param name="activation">Of one input.</param>
    /// <param name="biasVariance">sigma_b^2: finite, at least 0.</param>
    /// <returns>Null where there is none with q* below 1e8.</returns>
    /// <exception cref="ArgumentException">The activation is gated.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The bias variance is out of range.</exception>
    /// <exception cref="ExpectationException">A user's function whose moments can't be told.</exception>
    public static CriticalPoint? Of(Activation activation, double biasVariance = 0.0)
    {
        MeanFieldArguments.CheckElementwise(activation);
        MeanFieldArguments.CheckVariance(biasVariance, nameof(biasVariance));
        LengthCurve curve = LengthCurve.Of(activation, biasVariance);
        if (curve.IsScaleInvariant)
        {
            return biasVariance == 0.0 ? Everywhere(curve) : null;
        }
        List<CriticalPoint> points = [];
        if (biasVariance == 0.0 && curve.AtZero is { } zero)
        {
            points.Add(At(curve, zero, biasVariance));
        }
        foreach (
            (double, double) interval in curve.SignChanges(m =>
                (m.CriticalBiasVariance - biasVariance, Math.Max(m.BiasVarianceNoise, 1e-12 * biasVariance))
            )
        )
        {
            LengthMoments solution = curve.Solve(interval, m => m.CriticalBiasVariance - biasVariance);
            points.Add(At(curve, solution, biasVariance));
        }
        return points.OrderBy(p => p.IsStable ? 0 : 1).ThenBy(p => p.FixedPoint).FirstOrDefault();
    }

    /// <summary>
    /// The point where chi_par = 1 too, so that all directions keep their size: for activations that are straight at 0
    /// (tanh) it is q* = 0; for gelu, silu and their kin it lies at a bias variance above 0, below which critical points are
    /// forward-unstable and above which they are stable. (Roberts, Yaida, Hanin 2022, section 5.3.)
    /// </summary>
    /// <returns>Null where there is none with q* below 1e8. Of several, the one of the smallest signal above 0.</returns>
    /// <exception cref="ArgumentException">The activation is gated.</exception>
    /// <exception cref="ExpectationException">A user's function whose moments can't be told.</exception>
    public static CriticalPoint? DoubleOf(Activation activation)
    {
        MeanFieldArguments.CheckElementwise(activation);
        LengthCurve curve = LengthCurve.Of(activation, 0.0);
        if (curve.IsScaleInvariant)
        {
            return Everywhere(curve);
        }
        foreach ((double, double) interval in curve.SignChanges(m => (m.CriticalSlope - 1.0, m.SlopeNoise)))
        {
            LengthMoments solution = curve.Solve(interval, m => m.CriticalSlope - 1.0);
            if (solution.CriticalBiasVariance >= 0.0)
            {
                return At(curve, solution, solution.CriticalBiasVariance);
            }
        }
        return curve.AtZero is { } zero ? At(curve, zero, 0.0) : null;
    }

    /// <summary>
    /// The critical line: a point for each of many q*, ascending, eight to a decade from 1e-12 to 1e8, as far as the bias
    /// variance isn't below 0. Of scale-invariant activations (relu) the one point that <see cref="Of"/> finds.
    /// </summary>
    /// <param name="activation">Of one input.</param>
    /// <exception cref="ArgumentException">The activation is gated.</exception>
    /// <exception cref="ExpectationException">A user's function whose moments can't be told.</exception>
    public static ImmutableArray<CriticalPoint> LineOf(Activation activation)
    {
        MeanFieldArguments.CheckElementwise(activation);
        LengthCurve curve = LengthCurve.Of(activation, 0.0);
        return curve.IsScaleInvariant
            ? [Everywhere(curve)]
            :
            [
                .. curve
                    .Samples.Where(m => m.Derivative > 0.0 && m.CriticalBiasVariance >= -m.BiasVarianceNoise)
                    .Select(m => At(curve, m, Math.Max(0.0, m.CriticalBiasVariance))),
            ];
    }

    private static CriticalPoint Everywhere(LengthCurve curve) =>
        new()
        {
            Activation = curve.Activation,
            WeightVariance = 1.0 / curve.ScaleInvariantSlope,
            BiasVariance = 0.0,
            FixedPoint = null,
            ChiPerp = 1.0,
            ChiPar = 1.0,
            Stability = FixedPointStability.Stable,
        };

    private static CriticalPoint At(LengthCurve curve, LengthMoments moments, double biasVariance)
    {
        double weightVariance = 1.0 / moments.Derivative;
        return new()
        {
            Activation = curve.Activation,
            WeightVariance = weightVariance,
            BiasVariance = biasVariance,
            FixedPoint = moments.Variance,
            ChiPerp = weightVariance * moments.Derivative,
            ChiPar = weightVariance * moments.Slope,
            Stability = new LengthMap(curve.Activation, weightVariance, biasVariance).StabilityAt(curve, moments),
        };
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
