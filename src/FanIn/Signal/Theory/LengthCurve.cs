using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// An activation's moments over all sizes of its input, eight to a decade of q, between which equations in q are solved:
/// what has no sign change on it has no solution, as far as the curve goes.
/// </summary>
internal sealed class LengthCurve
{
    private const double Smallest = 1e-12;
    private const double Largest = 1e8;

    /// <summary>10^(1/8).</summary>
    private const double Step = 1.333521432163324;

    /// <summary>A q so small that moments have their limits, unless f has features smaller than 1e-17.</summary>
    private const double Nothing = 1e-36;

    /// <summary>2^-60, a number that f is straight up to, on either side of 0.</summary>
    private const double Tiny = 8.673617379884035e-19;

    private LengthCurve(Activation activation, ImmutableArray<LengthMoments> samples, LengthMoments? atZero)
    {
        (Activation, Samples, AtZero) = (activation, samples, atZero);
        LengthMoments middle = samples[samples.Length / 2];
        double share = middle.Second / middle.Variance;
        IsScaleInvariant =
            share > 0.0
            && samples.All(s =>
                Math.Abs((s.Second / s.Variance) - share) <= 1e-9 * share
                && Math.Abs(s.Derivative - share) <= 1e-9 * share
            );
    }

    public Activation Activation { get; }

    /// <summary>E f'^2 of a scale-invariant activation.</summary>
    public double ScaleInvariantSlope => MeanSquareSlope(Activation, 1.0);

    /// <summary>Ascending.</summary>
    public ImmutableArray<LengthMoments> Samples { get; }

    /// <summary>f(s x) = s f(x) for s > 0, as relu: E f^2 is proportional to q and E f'^2 constant.</summary>
    public bool IsScaleInvariant { get; }

    /// <summary>
    /// At q = 0, for functions with f(0) = 0 that are straight there, or bent, but neither flat nor steep: E f'^2, which
    /// is the slope of E f^2 too. Null for others, which the signal can't vanish through while it is critical.
    /// </summary>
    public LengthMoments? AtZero { get; }

    /// <param name="activation">Of one input.</param>
    /// <param name="biasVariance">The curve reaches from far below it to far above.</param>
    /// <exception cref="ExpectationException">The moments can't be told even of a small input.</exception>
    public static LengthCurve Of(Activation activation, double biasVariance)
    {
        double low = biasVariance > 0.0 ? Math.Clamp(biasVariance / 10.0, 1e-200, Smallest) : Smallest;
        // A wave's moments soon have their limits, and it takes long to follow it.
        bool isWave = activation.IsKnown && activation.Name is "sin" or "cos";
        double high = Math.Clamp(biasVariance * (isWave ? 10.0 : 1e4), isWave ? 1e3 : Largest, 1e100);
        return Between(activation, low, high);
    }

    /// <summary>The same from one q to another.</summary>
    public static LengthCurve Between(Activation activation, double low, double high)
    {
        var samples = ImmutableArray.CreateBuilder<LengthMoments>();
        LengthMoments middle = LengthMoments.Of(activation, 1.0);
        for (double q = low; q < high; q *= Step)
        {
            try
            {
                samples.Add(LengthMoments.Of(activation, q));
            }
            catch (ExpectationException) when (q > 1.0)
            {
                // Grows or oscillates too fast: what is beyond is beyond use.
                break;
            }
            catch (ExpectationException) when (q < 1.0)
            {
                // Differences that are lost in rounding: f(0) isn't 0, and no fixed point is so small.
                continue;
            }
        }
        if (samples.Count == 0)
        {
            samples.Add(middle);
        }
        return new(activation, samples.ToImmutable(), Limit(activation));
    }

    /// <summary>The intervals of q over which a quantity changes sign, where it is larger than its noise on both sides.</summary>
    public IEnumerable<(double Low, double High)> SignChanges(
        Func<LengthMoments, (double Value, double Noise)> quantity
    )
    {
        (int sign, double at) = (0, 0.0);
        foreach (LengthMoments sample in Samples)
        {
            (double value, double noise) = quantity(sample);
            int current = Math.Abs(value) > noise ? Math.Sign(value) : 0;
            if (current == 0)
            {
                continue;
            }
            if (sign != 0 && current != sign)
            {
                yield return (at, sample.Variance);
            }
            (sign, at) = (current, sample.Variance);
        }
    }

    /// <summary>The q between two of which a quantity is 0.</summary>
    public LengthMoments Solve((double Low, double High) interval, Func<LengthMoments, double> quantity) =>
        LengthMoments.Of(
            Activation,
            BracketedRoot.Find(q => quantity(LengthMoments.Of(Activation, q)), interval.Low, interval.High)
        );

    private static LengthMoments? Limit(Activation activation)
    {
        if (activation.Value(0.0) != 0.0)
        {
            return null;
        }
        LengthMoments small = LengthMoments.Of(activation, Nothing);
        double slope = MeanSquareSlope(activation, Tiny);
        // A function that is flat at 0, or steep as a root, has other proportions.
        bool isProportional =
            slope > 0.0
            && Math.Abs(small.Derivative - slope) <= 1e-6 * slope
            && Math.Abs((small.Second / Nothing) - slope) <= 1e-6 * slope;
        return isProportional ? new(0.0, 0.0, slope, slope) : null;
    }

    /// <summary>Of the straight lines from 0 to f(x) and to f(-x): without quadrature's last digits.</summary>
    private static double MeanSquareSlope(Activation activation, double x)
    {
        double right = activation.Value(x) / x;
        double left = activation.Value(-x) / x;
        return ((right * right) + (left * left)) / 2.0;
    }
}
