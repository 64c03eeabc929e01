using System.Collections.Immutable;

namespace FanIn;

/// <summary>A function of one number with what quadrature needs to know of it.</summary>
/// <param name="Value">f(x).</param>
/// <param name="Derivative">f'(x), at a kink what PyTorch's autograd has there; null where nobody has stated it.</param>
/// <param name="Kinks">Where f or f' isn't analytic: jumps, corners, and changes of formula.</param>
internal sealed record ActivationFunction(
    Func<double, double> Value,
    Func<double, double>? Derivative,
    params ImmutableArray<double> Kinks
);
