namespace FanIn;

/// <summary>
/// The signal's variance before the activation, layer after layer, V(q) = w E f(sqrt(q) z)^2 + b, and the gradient's factor w E
/// f'(sqrt(q) z)^2 (Poole 2016, Schoenholz 2017).
/// </summary>
/// <param name="Activation">f, of one input.</param>
/// <param name="Weights">w: fan-in times the weights' variance.</param>
/// <param name="Biases">b: the biases' variance.</param>
internal sealed record LengthMap(Activation Activation, double Weights, double Biases)
{
    /// <summary>How close to 1 a slope is taken for 1: what published digits of a double point leave of it.</summary>
    private const double NearOne = 1e-8;

    /// <summary>Layers beyond this change nothing that could be said.</summary>
    private const int MostLayers = 200;

    /// <summary>V(q).</summary>
    public double Next(double q)
    {
        double atZero = Activation.Value(0.0);
        return (Weights * (q == 0.0 ? atZero * atZero : LengthMoments.Of(Activation, q).Second)) + Biases;
    }

    /// <summary>chi perpendicular, by which the gradient's second moment grows a layer, and chi parallel = V'(q).</summary>
    public (double Perpendicular, double Parallel) Susceptibility(double q)
    {
        LengthMoments at = LengthMoments.Of(Activation, q);
        return (Weights * at.Derivative, Weights * at.Slope);
    }

    /// <summary>
    /// What the RMS of signal and gradient are multiplied by over some layers, from variance <paramref name="q"/> on.
    /// </summary>
    public (double Signal, double Gradient) Through(int layers, double q)
    {
        (double start, double gradient) = (q, 1.0);
        for (int i = 0; i < Math.Min(layers, MostLayers) && q is > 1e-60 and < 1e60; i++)
        {
            LengthMoments at = LengthMoments.Of(Activation, q);
            gradient *= Weights * at.Derivative;
            q = (Weights * at.Second) + Biases;
        }
        return (Math.Sqrt(q / start), Math.Sqrt(gradient));
    }

    /// <summary>The fixed points above 0, ascending, as far as the curve goes.</summary>
    public IEnumerable<LengthMoments> FixedPoints(LengthCurve curve) =>
        curve
            .SignChanges(m => (Excess(m), 1e-12 * Math.Max(m.Variance, (Weights * m.Second) + Biases)))
            .Select(interval => curve.Solve(interval, Excess));

    /// <summary>
    /// A fixed point that q runs away from upward and downward, and its slope; null where none is from 1e-3 to 1e3.
    /// </summary>
    public (double Variance, double Slope)? Unstable()
    {
        foreach (LengthMoments point in FixedPoints(LengthCurve.Between(Activation, 1e-3, 1e3)))
        {
            if (Weights * point.Slope > 1.0)
            {
                return (point.Variance, Weights * point.Slope);
            }
        }
        return null;
    }

    /// <summary>What becomes of a signal that is a little off a fixed point.</summary>
    public FixedPointStability StabilityAt(LengthCurve curve, LengthMoments point)
    {
        double slope = Weights * point.Slope;
        if (Math.Abs(slope) < 1.0 - NearOne)
        {
            return FixedPointStability.Stable;
        }
        if (Math.Abs(slope) > 1.0 + NearOne)
        {
            return FixedPointStability.Unstable;
        }
        if (slope < 0.0)
        {
            // From one side to the other and back: closer, or farther?
            double off = 0.01 * point.Variance;
            double back = Next(Next(point.Variance + off)) - point.Variance;
            return Math.Abs(back) < off ? FixedPointStability.Marginal : FixedPointStability.Unstable;
        }
        if (point.Variance > 0.0)
        {
            return FixedPointStability.HalfStable;
        }
        // Beside q = 0 the first q decides that V(q) / q tells from 1.
        double growth = curve
            .Samples.Select(s => (Weights * s.Second / s.Variance) - 1.0)
            .FirstOrDefault(difference => Math.Abs(difference) > 1e-9);
        return growth > 0.0 ? FixedPointStability.Unstable : FixedPointStability.Marginal;
    }

    private double Excess(LengthMoments moments) => (Weights * moments.Second) + Biases - moments.Variance;
}
