namespace FanIn;

/// <summary>
/// Sine and cosine of two normal inputs: from E cos(u1 +- u2) = e^(-q (1 +- c)), for any q, where quadrature would follow
/// every wave.
/// </summary>
internal static class WaveMoments
{
    /// <summary>
    /// Halves of the mean squares of f(u1) - f(u2), of its derivative's, of f^2's and of the derivative's square's.
    /// </summary>
    public static (double Values, double Derivatives, double Squares, double DerivativeSquares) Distances(
        bool isSine,
        double variance,
        double correlation
    )
    {
        (double sine, double cosine) = Distances(variance, correlation);
        // sin^2 u = (1 - cos 2u) / 2 and cos^2 u = (1 + cos 2u) / 2 differ alike.
        double squares = Distances(4.0 * variance, correlation).Cosine / 4.0;
        return isSine ? (sine, cosine, squares, squares) : (cosine, sine, squares, squares);
    }

    private static (double Sine, double Cosine) Distances(double variance, double correlation)
    {
        double apart = -Exponential.LessOne(-variance * (1.0 - correlation));
        double together = CorrectlyRounded.Exp(-variance * (1.0 + correlation));
        return (apart * (1.0 + together) / 2.0, apart * (1.0 - together) / 2.0);
    }
}
