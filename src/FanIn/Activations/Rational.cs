namespace FanIn;

/// <summary>Sigmoid shapes with tails like 1/x, which saturate slowly.</summary>
internal static class Rational
{
    public static readonly ActivationDefinition Softsign = new(
        "softsign",
        "x / (1 + |x|)",
        _ => new(x => x / (1.0 + Math.Abs(x)), x => 1.0 / ((1.0 + Math.Abs(x)) * (1.0 + Math.Abs(x))), 0.0)
    )
    {
        Source = "Bergstra et al., Quadratic polynomials learn better image features, 2009",
        Use = "Glorot and Bengio's third case: saturates later than tanh",
    };

    public static readonly ActivationDefinition Atan = new(
        "atan",
        "arctan(x)",
        _ => new(Trigonometry.Atan, x => 1.0 / (1.0 + (x * x)))
    )
    {
        Source = "none",
        Use = "as tanh, with slope 1 at 0 and bounds of pi/2",
    };
}
