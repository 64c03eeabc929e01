using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// A chain of equal layers in the limit of infinite width: the maps of the signal's variance and of the correlation of two
/// signals from layer to layer, z = W f(z) + b, and their fixed points. (Poole et al. 2016; Schoenholz et al. 2017.)
/// </summary>
public sealed class MeanField
{
    private readonly double _gain;
    private readonly LengthMap _map;

    private MeanField(Activation activation, double weightVariance, double biasVariance, double keepProbability)
    {
        (Activation, WeightVariance, BiasVariance) = (activation, weightVariance, biasVariance);
        KeepProbability = keepProbability;
        _gain = weightVariance / keepProbability;
        _map = new(activation, _gain, biasVariance);
        LengthCurve curve = LengthCurve.Of(activation, biasVariance);
        KeepsEveryVariance =
            curve.IsScaleInvariant
            && biasVariance == 0.0
            && Math.Abs((_gain * curve.ScaleInvariantSlope) - 1.0) < 1e-12;
        FixedPoints = [.. Find(curve)];
    }

    /// <summary>f.</summary>
    public Activation Activation { get; }

    /// <summary>sigma_w^2: fan_in times the variance of a weight.</summary>
    public double WeightVariance { get; }

    /// <summary>sigma_b^2: the variance of a bias.</summary>
    public double BiasVariance { get; }

    /// <summary>The share of activations that dropout leaves, scaled up by its inverse; 1 without dropout.</summary>
    public double KeepProbability { get; }

    /// <summary>
    /// True where every variance is a fixed point, as of relu with sigma_w^2 = 2; <see cref="FixedPoints"/> then has 1 alone.
    /// </summary>
    public bool KeepsEveryVariance { get; }

    /// <summary>The fixed points of the length map below 1e8, ascending.</summary>
    public ImmutableArray<MeanFieldPoint> FixedPoints { get; }

    /// <summary>Sets up the maps and solves for their fixed points: some tens of milliseconds.</summary>
    /// <param name="activation">Of one input.</param>
    /// <param name="weightVariance">sigma_w^2 = fan_in Var w: finite, above 0.</param>
    /// <param name="biasVariance">sigma_b^2: finite, at least 0.</param>
    /// <param name="keepProbability">Above 0, at most 1.</param>
    /// <exception cref="ArgumentException">The activation is gated.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A variance or the probability is out of range.</exception>
    /// <exception cref="ExpectationException">A user's function whose moments can't be told.</exception>
    public static MeanField Of(
        Activation activation,
        double weightVariance,
        double biasVariance = 0.0,
        double keepProbability = 1.0
    )
    {
        MeanFieldArguments.CheckElementwise(activation);
        MeanFieldArguments.CheckVariance(weightVariance, nameof(weightVariance));
        MeanFieldArguments.CheckVariance(biasVariance, nameof(biasVariance));
        if (!(keepProbability > 0.0 && keepProbability <= 1.0))
        {
            throw RandomArguments.OutOfRange(
                nameof(keepProbability),
                $"keepProbability is {keepProbability}; it must be above 0 and at most 1."
            );
        }
        return new(activation, weightVariance, biasVariance, keepProbability);
    }

    /// <summary>V(q): the variance one layer on.</summary>
    /// <param name="variance">q: at least 0.</param>
    public double NextVariance(double variance)
    {
        MeanFieldArguments.CheckVariance(variance, nameof(variance));
        return _map.Next(variance);
    }

    /// <summary>C(c): the correlation, one layer on, of two signals of variance q. NaN where nothing is left of them.</summary>
    /// <param name="variance">q: at least 0.</param>
    /// <param name="correlation">c: from -1 to 1.</param>
    public double NextCorrelation(double variance, double correlation)
    {
        var pair = PairExpectation.Of(Activation, variance);
        return Correlate(pair, pair.At(correlation));
    }

    private double Correlate(PairExpectation pair, PairMoments moments) =>
        ((WeightVariance * moments.Values) + BiasVariance) / ((_gain * pair.SecondMoment) + BiasVariance);

    private IEnumerable<MeanFieldPoint> Find(LengthCurve curve)
    {
        if (KeepsEveryVariance)
        {
            yield return Point(LengthMoments.Of(Activation, 1.0));
            yield break;
        }
        if (BiasVariance == 0.0 && Activation.Value(0.0) == 0.0)
        {
            LengthMoments zero = curve.AtZero ?? curve.Samples[0];
            yield return new(0.0, _gain * zero.Derivative, _gain * zero.Slope, null, null);
        }
        foreach (LengthMoments point in _map.FixedPoints(curve))
        {
            yield return Point(point);
        }
    }

    private MeanFieldPoint Point(LengthMoments moments)
    {
        double perp = _gain * moments.Derivative;
        (double correlation, double slope) = CorrelationPoint(moments, perp);
        return new(moments.Variance, perp, _gain * moments.Slope, correlation, slope);
    }

    /// <summary>
    /// C is a power series with positive coefficients, so convex from c = 0 to 1: c* is 1, or Newton's method reaches it
    /// from 0, always from below.
    /// </summary>
    private (double Correlation, double Slope) CorrelationPoint(LengthMoments moments, double perp)
    {
        if (KeepProbability == 1.0 && perp <= 1.0 + 1e-9)
        {
            return (1.0, perp);
        }
        var pair = PairExpectation.Of(Activation, moments.Variance);
        double c = 0.0;
        double slope = 0.0;
        for (int step = 0; step < 100; step++)
        {
            PairMoments at = pair.At(c);
            slope = WeightVariance * at.Derivatives;
            double move = (Correlate(pair, at) - c) / Math.Max(1.0 - slope, 1e-6);
            if (!(move > 1e-14))
            {
                break;
            }
            c = Math.Min(c + move, 1.0);
        }
        return (c, slope);
    }
}
