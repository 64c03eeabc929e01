namespace FanIn;

/// <summary>What one layer of the length map needs to know of an activation at one q.</summary>
/// <param name="Variance">q.</param>
/// <param name="Second">E f^2.</param>
/// <param name="Derivative">E f'^2.</param>
/// <param name="Slope">d E f^2 / dq.</param>
internal readonly record struct LengthMoments(double Variance, double Second, double Derivative, double Slope)
{
    /// <summary>
    /// The bias variance that makes q a fixed point of the length map whose gradients keep their size; may be negative.
    /// </summary>
    public double CriticalBiasVariance => Variance - (Second / Derivative);

    /// <summary>V'(q) there.</summary>
    public double CriticalSlope => Slope / Derivative;

    /// <summary>What rounding and quadrature leave of <see cref="CriticalBiasVariance"/> where it is 0.</summary>
    public double BiasVarianceNoise => 1e-12 * Math.Max(Variance, Second / Derivative);

    /// <summary>What they leave of V'(q) - 1 where it is 0; of small inputs much, if f(0) isn't 0.</summary>
    public double SlopeNoise => 1e-9 + (1e-13 * Second / (Variance * Derivative));

    /// <exception cref="ExpectationException">The moments don't exist, or can't be told.</exception>
    public static LengthMoments Of(Activation activation, double variance)
    {
        GaussianExpectation e = GaussianExpectation.Of(activation, variance);
        return new(variance, e.SecondMoment, e.DerivativeSecondMoment, e.SecondMomentSlope);
    }
}
