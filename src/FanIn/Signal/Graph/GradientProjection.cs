namespace FanIn;

/// <summary>
/// E g z g' z' of gradients g f'(u) of two values u, z being u about its mean and over its deviation: what a mean of g z over
/// a batch, the part of the gradient along the values, is made of.
/// </summary>
/// <param name="Single">Of the same.</param>
/// <param name="Position">Of two positions of an example.</param>
/// <param name="Example">Of two examples.</param>
/// <param name="Variance">Of u.</param>
internal sealed record GradientProjection(double Single, double Position, double Example, double Variance)
{
    /// <summary>Of gradients as large.</summary>
    public GradientProjection Times(double factor) =>
        this with
        {
            Single = factor * Single,
            Position = factor * Position,
            Example = factor * Example,
        };
}
