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
    /// <param name="activation">Of one input.</param>
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
        (double mu1, double mu2) =
            variance == 0.0 ? AtZero(activation) : (pair.DerivativeSecondMoment, pair.DerivativeFourthMoment);
        double chi = weightVariance * mu1;
        double mean = 1.0;
        for (int layer = 0; layer < layers; layer++)
        {
            mean *= chi;
        }
        // Where f is flat all of them are 0.
        double spread = mu1 > 0.0 ? (mu2 / (mu1 * mu1)) - 1.0 + (isOrthogonal ? 0.0 : 1.0) : 0.0;
        return new(mean, layers * spread);
    }

    /// <summary>mu_1 and mu_2 as q goes to 0: half of the inputs are on either side, of which a corner tells.</summary>
    private static (double Mu1, double Mu2) AtZero(Activation activation)
    {
        const double Near = 1.0 / (1 << 20);
        double right = Slope(Near);
        double left = Slope(-Near);
        (right, left) = (right * right, left * left);
        return ((right + left) / 2.0, ((right * right) + (left * left)) / 2.0);

        double Slope(double x)
        {
            double slope = activation.HasDerivative
                ? activation.Derivative(x * Near * Near)
                : (activation.Value(x) - activation.Value(0.0)) / x;
            return Math.Abs(slope) < Near * Near ? 0.0 : slope;
        }
    }
}
