namespace FanIn;

/// <summary>
/// What an activation does to a normal input u ~ N(0, q), and the gains that make up for it. Relative accuracy is 1e-10
/// or better (1e-13 for the catalogue), of the mean relative to E|f|; the same bits on every platform.
/// </summary>
/// <remarks>
/// Of a gated activation g(a, b) = f(a) b with independent a, b ~ N(0, q): the mean is 0, second moment and variance are
/// q E f^2, and the derivative's second moment is that of the whole gradient, E (dg/da)^2 + E (dg/db)^2 = q E f'^2 + E f^2.
/// </remarks>
public sealed record GaussianExpectation
{
    private GaussianExpectation() { }

    /// <summary>q, the variance of the input.</summary>
    public double InputVariance { get; private init; }

    /// <summary>E f(u).</summary>
    public double Mean { get; private init; }

    /// <summary>E f(u)^2: the length map V(q) of mean-field theory, but for the weights' variance.</summary>
    public double SecondMoment { get; private init; }

    /// <summary>Var f(u).</summary>
    public double Variance { get; private init; }

    /// <summary>E f'(u)^2, which a gradient's second moment is multiplied by. Jumps of f don't count, as in autograd.</summary>
    public double DerivativeSecondMoment { get; private init; }

    /// <summary>d E f(u)^2 / dq, the slope of the length map; jumps of f count.</summary>
    public double SecondMomentSlope { get; private init; }

    /// <summary>1 / sqrt(E f^2): keeps the signal's second moment. For inputs of variance 1. Infinite where f is 0.</summary>
    public double ForwardGain => 1.0 / Math.Sqrt(SecondMoment);

    /// <summary>1 / sqrt(E f'^2): keeps the gradient's second moment. Infinite where f' is 0.</summary>
    public double BackwardGain => 1.0 / Math.Sqrt(DerivativeSecondMoment);

    /// <summary>1 / sqrt(Var f): keeps the signal's variance, where something else takes its mean away. Infinite for a constant f.</summary>
    public double VarianceGain => 1.0 / Math.Sqrt(Variance);

    /// <summary>Computes the expectations.</summary>
    /// <param name="activation">One of the catalogue's, or a user's own.</param>
    /// <param name="inputVariance">q: finite, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">q is out of range.</exception>
    /// <exception cref="ExpectationException">
    /// A user's function isn't finite somewhere, or grows, jumps or oscillates so that the promised accuracy isn't reached.
    /// </exception>
    public static GaussianExpectation Of(Activation activation, double inputVariance = 1.0)
    {
        ArgumentNullException.ThrowIfNull(activation);
        if (!(inputVariance > 0.0) || double.IsInfinity(inputVariance))
        {
            throw RandomArguments.OutOfRange(
                nameof(inputVariance),
                $"inputVariance is {inputVariance}; a variance must be finite and above 0."
            );
        }
        double q = inputVariance;
        var quadrature = new GaussianQuadrature(new GaussianInput(activation, q));
        double centre = quadrature.CentralValue;
        // The density's own derivative in q is (z^2 - 1) / 2q times itself; taking a constant off keeps small q exact.
        double slope = quadrature.Expect((z, f, _) => (f - centre) * (f + centre) * ((z * z) - 1.0)) / (2.0 * q);
        var expectation = new GaussianExpectation
        {
            InputVariance = q,
            Mean = quadrature.Mean,
            SecondMoment = quadrature.Expect((_, f, _) => f * f),
            Variance = quadrature.Variance,
            DerivativeSecondMoment = quadrature.SlopeMoment / q,
            SecondMomentSlope = slope,
        };
        return activation.IsGated ? expectation.OfGate() : expectation;
    }

    /// <summary>The expectations of f(a) b, this being those of f(a).</summary>
    private GaussianExpectation OfGate() =>
        this with
        {
            Mean = 0.0,
            SecondMoment = InputVariance * SecondMoment,
            Variance = InputVariance * SecondMoment,
            DerivativeSecondMoment = (InputVariance * DerivativeSecondMoment) + SecondMoment,
            SecondMomentSlope = SecondMoment + (InputVariance * SecondMomentSlope),
        };
}
