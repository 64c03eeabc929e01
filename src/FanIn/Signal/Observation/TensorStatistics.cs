namespace FanIn;

/// <summary>What a signal check keeps of a tensor's values.</summary>
/// <param name="Count">The number of values; 0 makes every other figure 0.</param>
/// <param name="NonFinite">How many are NaN or infinite; the other figures are those of the finite ones.</param>
/// <param name="Mean">In the tensor's unit.</param>
/// <param name="Rms">sqrt(mean of squares), in the tensor's unit.</param>
/// <param name="Largest">The largest absolute value, in the tensor's unit.</param>
/// <param name="FourthMoment">The mean of fourth powers over the square of the mean of squares; 3 for a centred normal, 0 for zeros.</param>
/// <param name="Zeros">How many are exactly 0.</param>
/// <param name="HalfUnderflows">How many aren't 0 but would be in float16: at most 2^-25 in absolute value.</param>
public sealed record TensorStatistics(
    long Count,
    long NonFinite,
    double Mean,
    double Rms,
    double Largest,
    double FourthMoment,
    long Zeros,
    long HalfUnderflows
)
{
    private readonly double? _deviation;

    /// <summary>The standard deviation, in the tensor's unit; of the mean and the RMS unless it was worked out by itself, which is exact however far the mean is from 0.</summary>
    public double StandardDeviation
    {
        get => _deviation ?? Math.Sqrt(Math.Max(0.0, (Rms * Rms) - (Mean * Mean)));
        init => _deviation = value;
    }

    /// <summary>The fourth moment around the mean over the square of the variance: 3 for every normal; NaN where nobody worked it out, or there are no two values.</summary>
    public double Kurtosis { get; init; } = double.NaN;

    /// <summary>The distribution of the finite values; null where nobody asked for it.</summary>
    public ValueHistogram? Histogram { get; init; }

    /// <summary>Looks at every value once, in float64. The same bits on every processor.</summary>
    public static TensorStatistics Of(ReadOnlySpan<float> values) => Of(ValueSums.Of(values));

    /// <summary>Those of a tensor whose parts were looked at one by one.</summary>
    public static TensorStatistics Of(in ValueSums sums) =>
        new(
            sums.Count,
            sums.NonFinite,
            sums.Mean,
            Math.Sqrt(sums.MeanSquare),
            sums.Largest,
            sums.FourthMoment,
            sums.Zeros,
            sums.HalfUnderflows
        )
        {
            StandardDeviation = Math.Sqrt(sums.Variance),
            Kurtosis = sums.Kurtosis,
        };
}
