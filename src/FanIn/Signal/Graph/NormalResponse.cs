using static System.Math;

namespace FanIn;

/// <summary>
/// What an activation f makes of u ~ N(mean, variance), alone and of two that are correlated: moments of values and
/// slopes, how they answer to a change of the input's size, and how far they fluctuate over the units of a layer.
/// </summary>
/// <remarks>
/// All about fluctuations is relative to V = E f^2 and D = E f'^2, and for one unit: n units have 1/n of it. The part of
/// f^2 that goes along with u^2 (its Hermite coefficient of degree 2) is left out: it is how f answers to the size that the
/// layer's inputs really have, which is accounted for by <see cref="SignalSlope"/>.
/// </remarks>
internal sealed class NormalResponse
{
    private const double Corner = 0.35355339059327373;
    private const double Jump = 0.7071067811865476;

    private readonly HermiteProduct _values;
    private readonly HermiteProduct _squares;
    private readonly HermiteProduct _cubes;
    private readonly HermiteProduct _slopes;
    private readonly HermiteProduct _slopeSquares;
    private readonly HermiteProduct _slopeCubes;
    private readonly HermiteProduct _both;
    private readonly HermiteProduct _projections;

    /// <summary>At c = 1.</summary>
    private readonly double _cosineSlope;

    private NormalResponse(ResponseMoments m, double meanOverDeviation, double variance)
    {
        _values = new(m.Values, m.Values, m.ValueTotal, Corner);
        _squares = new(m.Squares, m.Squares, m.Fourth, Corner);
        _cubes = new(m.Cubes, m.Values, m.Fourth, Corner);
        _slopes = new(m.Slopes, m.Slopes, m.SlopeTotal, Jump);
        _slopeSquares = new(m.SlopeSquares, m.SlopeSquares, m.SlopeFourth, Jump);
        _slopeCubes = new(m.SlopeCubes, m.Slopes, m.SlopeFourth, Jump);
        _both = new(m.Squares, m.SlopeSquares, m.Both, Jump);
        double[] projections = TimesInput(m.Slopes);
        _projections = new(projections, projections, m.SlopeSquares[0] + (Sqrt(2.0) * m.SlopeSquares[2]), Jump);
        (SignalSlope, SignalSecondSlope) = Answers(m.Squares, meanOverDeviation);
        (GradientSlope, GradientSecondSlope) = Answers(m.SlopeSquares, meanOverDeviation);
        (SecondMoment, Mean, DerivativeSecondMoment) = (m.SecondMoment, m.Mean, m.DerivativeSecondMoment);
        _cosineSlope = m.SecondMoment > 0.0 ? variance * m.DerivativeSecondMoment / m.SecondMoment : 0.0;
        MeanSlope = m.Slopes[0] * Sqrt(m.DerivativeSecondMoment);
    }

    private NormalResponse(NormalResponse other, double scale)
    {
        (_values, _squares, _cubes) = (other._values, other._squares, other._cubes);
        (_slopes, _slopeSquares, _slopeCubes, _both) = (
            other._slopes,
            other._slopeSquares,
            other._slopeCubes,
            other._both
        );
        (_cosineSlope, _projections) = (other._cosineSlope, other._projections);
        (SignalSlope, SignalSecondSlope) = (other.SignalSlope, other.SignalSecondSlope);
        (GradientSlope, GradientSecondSlope) = (other.GradientSlope, other.GradientSecondSlope);
        (double values, double slopes) = (Powered(scale, SignalSlope), Powered(scale, GradientSlope));
        (SecondMoment, Mean) = (values * other.SecondMoment, Sqrt(values) * other.Mean);
        (DerivativeSecondMoment, MeanSlope) = (slopes * other.DerivativeSecondMoment, Sqrt(slopes) * other.MeanSlope);
    }

    /// <summary>E f.</summary>
    public double Mean { get; }

    /// <summary>E f'.</summary>
    public double MeanSlope { get; }

    /// <summary>V = E f^2.</summary>
    public double SecondMoment { get; }

    /// <summary>D = E f'^2.</summary>
    public double DerivativeSecondMoment { get; }

    /// <summary>d ln V / d ln q.</summary>
    public double SignalSlope { get; }

    /// <summary>q^2 V'' / V.</summary>
    public double SignalSecondSlope { get; }

    /// <summary>d^2 ln V / d (ln q)^2.</summary>
    public double SignalCurvature => SignalSecondSlope + SignalSlope - (SignalSlope * SignalSlope);

    /// <summary>d ln D / d ln q.</summary>
    public double GradientSlope { get; }

    /// <summary>q^2 D'' / D.</summary>
    public double GradientSecondSlope { get; }

    /// <summary>d^2 ln D / d (ln q)^2.</summary>
    public double GradientCurvature => GradientSecondSlope + GradientSlope - (GradientSlope * GradientSlope);

    /// <summary>E f^4 / V^2.</summary>
    public double FourthMoment => _squares.Full;

    /// <summary>E f^2 f'^2 / (V D).</summary>
    public double ValueAndSlope => _both.Full;

    /// <summary>E (f' u)^2-part that stays aligned: (E f f' u)^2 / (V q D), q the input's second moment.</summary>
    public double Alignment(double inputSecondMoment) =>
        DerivativeSecondMoment > 0.0 && inputSecondMoment > 0.0
            ? SignalSlope * SignalSlope * SecondMoment / (inputSecondMoment * DerivativeSecondMoment)
            : 0.0;

    /// <summary>E f(u) f(u') at correlation c.</summary>
    public double Product(double c) => SecondMoment * _values.At(c);

    /// <summary>E f'(u) f'(u') / D.</summary>
    public double SlopeProduct(double c) => _slopes.At(c);

    /// <summary>E z f'(u) z' f'(u') / D, z being u about its mean and over its deviation.</summary>
    public double Projection(double c) => _projections.At(c);

    /// <summary>E f'(u)^2 f'(u')^2 / D^2.</summary>
    public double SlopeSquares(double c) => _slopeSquares.At(c);

    /// <summary>E f(u)^2 f(u')^2 / V^2.</summary>
    public double Squares(double c) => _squares.At(c);

    /// <summary>Cov(f(u)^2, f(u')^2) / V^2, less what goes along with u^2.</summary>
    public double SignalCovariance(double c) => Residual(_squares, c);

    /// <summary>Cov(f'(u)^2, f'(u')^2) / D^2, likewise.</summary>
    public double GradientCovariance(double c) => Residual(_slopeSquares, c);

    /// <summary>Cov(f(u)^2, f'(u')^2) / (V D), likewise.</summary>
    public double JointCovariance(double c) => Residual(_both, c);

    /// <summary>d cosine of f / d cosine of u = q E f'(u) f'(u') / V (Price 1958), jumps of f left out.</summary>
    public double CosineSlope(double c) => Min(_cosineSlope * _slopes.At(c), 1e3);

    /// <summary>The variance of two examples' cosine after f, less what comes from the cosine before it.</summary>
    public double CosineVariance(double c)
    {
        double after = _values.At(c);
        double squares = _squares.At(c);
        double variance = squares - (2.0 * after * _cubes.At(c)) + (0.5 * after * after * (_squares.Full + squares));
        double known = CosineSlope(c) * (1.0 - (c * c));
        return Max(0.0, variance - (known * known));
    }

    /// <summary>The same for gradients of cosine <paramref name="gradient"/> before f'.</summary>
    public double GradientCosineVariance(double c, double gradient)
    {
        double slope = SlopeProduct(c);
        double after = gradient * slope;
        double squares = SlopeSquares(c) * (1.0 + (2.0 * gradient * gradient));
        double variance =
            squares
            - (6.0 * after * gradient * _slopeCubes.At(c))
            + (0.5 * after * after * ((3.0 * _slopeSquares.Full) + squares));
        double known = slope * (1.0 - (gradient * gradient));
        return Max(0.0, variance - (known * known));
    }

    /// <summary>
    /// The same at <paramref name="scale"/> times the variance, where the activation is as good as a power of its input: V
    /// and D then grow with the whole number, or half of one, that their slopes are.
    /// </summary>
    public NormalResponse OfSize(double scale) => new(this, scale);

    private static double Powered(double scale, double slope)
    {
        double half = Round(2.0 * slope);
        double root = half % 2.0 == 0.0 ? 1.0 : Sqrt(scale);
        double power = LargestNormal.Power(scale, (long)Floor(Abs(half) / 2.0));
        return half < 0.0 ? 1.0 / Min(SignalState.Most, power * root) : Min(SignalState.Most, power * root);
    }

    /// <exception cref="ExpectationException">A user's function has no second moment.</exception>
    public static NormalResponse Of(Activation activation, double mean, double variance)
    {
        // Rounding, or nothing: then u is a constant.
        if (!(variance > 1e-13 * mean * mean) || variance < 1e-290)
        {
            return OfConstant(activation, mean);
        }
        double deviation = Sqrt(variance);
        return new(ResponseMoments.Of(activation, mean, deviation), mean / deviation, variance);
    }

    /// <summary>f(s u) = s f(u) for s > 0: then one set of expectations serves all sizes.</summary>
    public static bool IsHomogeneous(Activation activation) =>
        activation.IsKnown
        && !activation.IsGated
        && activation.Name is ("identity" or "relu" or "leaky_relu" or "prelu" or "abs");

    private static NormalResponse OfConstant(Activation activation, double at)
    {
        double value = activation.Function.Value(at);
        double slope =
            activation.Function.Derivative?.Invoke(at)
            ?? ((activation.Function.Value(at + 1e-6) - activation.Function.Value(at - 1e-6)) / 2e-6);
        return new(ResponseMoments.OfConstant(value, slope), 0.0, 0.0);
    }

    /// <summary>d ln E F / d ln q and q^2 (E F)'' / E F, from F's Hermite coefficients: the density's own derivatives.</summary>
    private static (double First, double Second) Answers(double[] coefficients, double meanOverDeviation)
    {
        const double RootTwo = 1.4142135623730951;
        const double RootTwentyFour = 4.898979485566356;
        double first = 0.5 * ((RootTwo * coefficients[2]) + (meanOverDeviation * coefficients[1]));
        return (first, 0.25 * RootTwentyFour * coefficients[4]);
    }

    /// <summary>Hermite coefficients of z F(z) from those of F: z h_k = sqrt(k + 1) h_(k+1) + sqrt(k) h_(k-1).</summary>
    private static double[] TimesInput(double[] coefficients)
    {
        double[] products = new double[coefficients.Length];
        for (int k = 0; k < coefficients.Length; k++)
        {
            double above = k + 1 < coefficients.Length ? Sqrt(k + 1) * coefficients[k + 1] : 0.0;
            products[k] = above + (k > 0 ? Sqrt(k) * coefficients[k - 1] : 0.0);
        }
        return products;
    }

    private static double Residual(HermiteProduct product, double c) =>
        product.At(c) - product.Term(0) - (product.Term(2) * c * c);
}
