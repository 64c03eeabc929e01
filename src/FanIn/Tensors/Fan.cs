namespace FanIn;

/// <summary>
/// How many connections lead into one unit of a layer and how many lead out of one: what the variance of the layer's
/// weights is scaled by. Not always whole: a transposed convolution with stride s has, on average, inputs x taps / s
/// connections into a unit.
/// </summary>
/// <param name="In">Connections into one output unit (fan-in).</param>
/// <param name="Out">Connections out of one input unit (fan-out).</param>
public readonly record struct Fan(double In, double Out)
{
    /// <summary>The number that <paramref name="mode"/> names.</summary>
    public double Of(FanMode mode) =>
        mode switch
        {
            FanMode.In => In,
            FanMode.Out => Out,
            FanMode.Average => (In + Out) / 2,
            FanMode.GeometricMean => Math.Sqrt(In * Out),
            _ => throw new ArgumentOutOfRangeException(
                nameof(mode),
                mode,
                "There are In, Out, Average, GeometricMean."
            ),
        };
}
