namespace FanIn;

/// <summary>
/// The squared singular values of the Jacobian of a deep chain's output by its input, at a fixed point of its length map and
/// in the limit of infinite width. They are all near 1, dynamical isometry, where gradients in every direction keep their
/// size. (Pennington, Schoenholz, Ganguli 2017, equations 16 and 17.)
/// </summary>
/// <param name="Mean">m_1 = (sigma_w^2 mu_1)^L, with mu_k = E f'(u)^2k.</param>
/// <param name="RelativeVariance">Their variance over m_1^2: L (mu_2 / mu_1^2 - 1 - s_1), s_1 = -1 for normal weights, 0 for orthogonal ones.</param>
public sealed record JacobianSpectrum(double Mean, double RelativeVariance)
{
    /// <summary>The variance of the squared singular values.</summary>
    public double Variance => RelativeVariance * Mean * Mean;

    /// <summary>Computes the two moments.</summary>
    /// <param name="activation">Of one input, with f' different from 0.</param>
    /// <param name="layers">L: at least 0.</param>
    /// <param name="weightVariance">sigma_w^2 = fan_in Var w: finite, at least 0.</param>
    /// <param name="variance">q, of each layer's output before the activation: finite, at least 0.</param>
    /// <param name="isOrthogonal">True for orthogonal weights, false for independent normal ones.</param>
    /// <exception cref="ArgumentException">The activation is gated.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="ExpectationException">A user's function whose moments can't be told.</exception>
    public static JacobianSpectrum Of(
        Activation activation,
        int layers,
        double weightVariance,
        double variance,
        bool isOrthogonal
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layers);
        MeanFieldArguments.CheckVariance(weightVariance, nameof(weightVariance));
        var pair = PairExpectation.Of(activation, variance);
        double mu1 = pair.DerivativeSecondMoment;
        double chi = weightVariance * mu1;
        double mean = 1.0;
        for (int layer = 0; layer < layers; layer++)
        {
            mean *= chi;
        }
        double spread = (pair.DerivativeFourthMoment / (mu1 * mu1)) - 1.0;
        return new(mean, layers * (spread + (isOrthogonal ? 0.0 : 1.0)));
    }
}
