namespace FanIn;

/// <summary>e^(-x^2), and its integral.</summary>
internal static class Bell
{
    public static readonly ActivationDefinition Gaussian = new(
        "gaussian",
        "e^(-x^2)",
        _ => new(Exponential.OfMinusSquare, x => -2.0 * x * Exponential.OfMinusSquare(x))
    )
    {
        Source = "Broomhead, Lowe, Multivariable functional interpolation and adaptive networks, 1988",
        Use = "radial basis functions; coordinate networks",
    };

    public static readonly ActivationDefinition Erf = new(
        "erf",
        "erf(x) = 2 / sqrt(pi) integral of e^(-t^2) from 0 to x",
        _ => new(NormalTail.Erf, NormalTail.ErfDerivative)
    )
    {
        Source = "Williams, Computing with infinite networks, 1997",
        Use = "theory: its correlation map has a closed form",
    };
}
