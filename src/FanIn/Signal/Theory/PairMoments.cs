namespace FanIn;

/// <summary>Expectations over two inputs u1, u2 ~ N(0, q) of correlation c.</summary>
/// <param name="Values">E f(u1) f(u2).</param>
/// <param name="Derivatives">E f'(u1) f'(u2).</param>
/// <param name="Squares">E f(u1)^2 f(u2)^2.</param>
/// <param name="DerivativeSquares">E f'(u1)^2 f'(u2)^2.</param>
internal readonly record struct PairMoments(double Values, double Derivatives, double Squares, double DerivativeSquares)
{
    /// <summary>E (f(u1) - f(u2))^2 / 2 = E f^2 - E f(u1) f(u2), exact also where c is close to 1.</summary>
    public double Distance { get; init; }

    /// <summary>E (f'(u1) - f'(u2))^2 / 2, likewise.</summary>
    public double DerivativeDistance { get; init; }
}
