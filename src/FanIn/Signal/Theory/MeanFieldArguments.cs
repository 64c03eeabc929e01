namespace FanIn;

/// <summary>Checks what callers of the mean-field theory hand in.</summary>
internal static class MeanFieldArguments
{
    /// <exception cref="ArgumentException">The activation is gated.</exception>
    public static void CheckElementwise(Activation activation)
    {
        ArgumentNullException.ThrowIfNull(activation);
        if (activation.IsGated)
        {
            throw new ArgumentException(
                $"'{activation}' pairs two inputs of one unit; mean-field theory of one layer is of activations of one input.",
                nameof(activation)
            );
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">The variance is negative, infinite or NaN.</exception>
    public static void CheckVariance(double variance, string name)
    {
        if (!(variance >= 0.0) || double.IsInfinity(variance))
        {
            throw RandomArguments.OutOfRange(
                name,
                $"{name} is {variance}; a variance must be finite and not negative."
            );
        }
    }
}
