namespace FanIn;

/// <summary>What the prediction needs to know of a weight's values.</summary>
/// <param name="SecondMoment">E w^2 of an element: std^2 + mean^2.</param>
/// <param name="IsOrthogonal">True where the matrix [out, in] has orthogonal rows or columns of equal length.</param>
public readonly record struct WeightLaw(double SecondMoment, bool IsOrthogonal = false);
