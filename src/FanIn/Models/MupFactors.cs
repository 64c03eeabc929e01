namespace FanIn;

/// <summary>
/// What the maximal update parametrization makes of one parameter, relative to the same parameter at the base width, where
/// all factors are 1.
/// </summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Scaling">How it grows with the width.</param>
/// <param name="InputRatio">Its inputs over those at the base width; 1 where they don't grow.</param>
/// <param name="OutputRatio">Likewise its outputs, or a vector's length.</param>
public sealed record MupFactors(
    ParameterDescription Parameter,
    WidthScaling Scaling,
    double InputRatio,
    double OutputRatio
)
{
    /// <summary>
    /// Of its standard deviation: the root of the inputs' ratio down for hidden weights (which rules that go by the fan-in
    /// do by themselves), the ratio itself down for output weights, 1 for all others.
    /// </summary>
    public double StandardDeviation =>
        Scaling switch
        {
            WidthScaling.Hidden => 1 / Math.Sqrt(InputRatio),
            WidthScaling.Output => 1 / InputRatio,
            _ => 1,
        };

    /// <summary>Of its learning rate under Adam and what is like it: the inputs' ratio down for hidden and output weights.</summary>
    public double AdamLearningRate => Scaling is WidthScaling.Hidden or WidthScaling.Output ? 1 / InputRatio : 1;

    /// <summary>
    /// Of its learning rate under plain gradient descent, with or without momentum: the outputs' ratio over the inputs'. That
    /// is up with the width for input weights, biases and scales, 1 for hidden weights, down for output weights.
    /// </summary>
    public double SgdLearningRate =>
        Scaling switch
        {
            WidthScaling.Input => OutputRatio,
            WidthScaling.Hidden => OutputRatio / InputRatio,
            WidthScaling.Output => 1 / InputRatio,
            _ => 1,
        };

    /// <summary>
    /// What the model must multiply the output with that this weight makes: 1 but for an embedding that is the output layer
    /// too, whose weights can't be small for the one and large for the other: there the width's ratio down.
    /// </summary>
    public double OutputMultiplier { get; init; } = 1;
}
