namespace FanIn;

/// <summary>
/// What an activation does to one normal input u ~ N(0, q) and to two of correlation c: the moments that length and
/// correlation maps, their gradients and the fluctuations of finite width are made of. About 1e-8 relative to the moment
/// at c = 1; computed once for a q, then for each c in less than a millisecond. The same bits on every platform.
/// </summary>
internal sealed class PairExpectation
{
    private readonly PiecewiseActivation? _function;

    /// <summary>True for the sine, false for the cosine, null for others.</summary>
    private readonly bool? _wave;

    private PairExpectation(Activation activation, double variance)
    {
        Variance = variance;
        if (variance == 0.0)
        {
            double value = activation.Value(0.0);
            double slope = activation.HasDerivative ? activation.Derivative(0.0) : 0.0;
            (Mean, SecondMoment, FourthMoment) = (value, value * value, value * value * value * value);
            (DerivativeSecondMoment, DerivativeFourthMoment) = (slope * slope, slope * slope * slope * slope);
            SecondMomentSlope = double.NaN;
            return;
        }
        var input = new GaussianInput(activation, variance);
        var quadrature = new GaussianQuadrature(input);
        double centre = quadrature.CentralValue;
        Mean = quadrature.Mean;
        SecondMoment = quadrature.Expect((_, f, _) => f * f);
        FourthMoment = quadrature.Expect((_, f, _) => f * f * f * f);
        DerivativeSecondMoment = quadrature.SlopeMoment / variance;
        DerivativeFourthMoment =
            quadrature.SlopeMoment == 0.0 ? 0.0 : quadrature.Expect((_, _, g) => g * g * g * g) / (variance * variance);
        SecondMomentSlope =
            quadrature.Expect((z, f, _) => (f - centre) * (f + centre) * ((z * z) - 1.0)) / (2.0 * variance);
        _wave =
            !activation.IsKnown ? null
            : activation.Name == "sin" ? true
            : activation.Name == "cos" ? false
            : null;
        _function = new PiecewiseActivation(input, quadrature.Pieces);
    }

    /// <summary>q.</summary>
    public double Variance { get; }

    /// <summary>E f(u).</summary>
    public double Mean { get; }

    /// <summary>E f(u)^2.</summary>
    public double SecondMoment { get; }

    /// <summary>E f(u)^4.</summary>
    public double FourthMoment { get; }

    /// <summary>E f'(u)^2.</summary>
    public double DerivativeSecondMoment { get; }

    /// <summary>E f'(u)^4.</summary>
    public double DerivativeFourthMoment { get; }

    /// <summary>d E f(u)^2 / dq; NaN at q = 0.</summary>
    public double SecondMomentSlope { get; }

    /// <summary>Computes the moments of one input.</summary>
    /// <param name="activation">Of one input.</param>
    /// <param name="variance">q: finite, at least 0; at 0 every input is 0.</param>
    /// <exception cref="ArgumentException">The activation is gated.</exception>
    /// <exception cref="ArgumentOutOfRangeException">q is out of range.</exception>
    /// <exception cref="ExpectationException">The moments don't exist, or can't be told.</exception>
    public static PairExpectation Of(Activation activation, double variance)
    {
        MeanFieldArguments.CheckElementwise(activation);
        MeanFieldArguments.CheckVariance(variance, nameof(variance));
        return new(activation, variance);
    }

    /// <summary>The moments of two inputs.</summary>
    /// <param name="correlation">c, from -1 to 1; what rounding puts beyond is taken for -1 or 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">c is out of range.</exception>
    public PairMoments At(double correlation)
    {
        if (!(Math.Abs(correlation) <= 1.0 + 1e-9))
        {
            throw RandomArguments.OutOfRange(
                nameof(correlation),
                $"correlation is {correlation}; it must be from -1 to 1."
            );
        }
        double c = Math.Clamp(correlation, -1.0, 1.0);
        (double values, double derivatives, double squares, double derivativeSquares) = Distances(c);
        return new(
            SecondMoment - values,
            DerivativeSecondMoment - derivatives,
            FourthMoment - squares,
            DerivativeFourthMoment - derivativeSquares
        )
        {
            Distance = values,
            DerivativeDistance = derivatives,
        };
    }

    private (double, double, double, double) Distances(double correlation)
    {
        if (_function is null)
        {
            return default;
        }
        if (_wave is { } isSine)
        {
            return WaveMoments.Distances(isSine, Variance, correlation);
        }
        (double values, double slopes, double squares, double slopeSquares) = PairQuadrature.Distances(
            _function,
            correlation
        );
        return (values, slopes / Variance, squares, slopeSquares / Variance / Variance);
    }
}
