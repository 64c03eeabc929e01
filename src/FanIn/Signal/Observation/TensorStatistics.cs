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
    /// <summary>2^-25: half of float16's smallest number, which rounds to 0.</summary>
    private const float HalfUnderflow = 2.9802322e-8f;

    /// <summary>The standard deviation, in the tensor's unit.</summary>
    public double StandardDeviation => Math.Sqrt(Math.Max(0.0, (Rms * Rms) - (Mean * Mean)));

    /// <summary>The distribution of the finite values; null where nobody asked for it.</summary>
    public ValueHistogram? Histogram { get; init; }

    /// <summary>Looks at every value once, in float64.</summary>
    public static TensorStatistics Of(ReadOnlySpan<float> values)
    {
        long nonFinite = 0;
        long zeros = 0;
        long underflows = 0;
        float largest = 0;
        double sum = 0;
        double squares = 0;
        foreach (float x in values)
        {
            if (!float.IsFinite(x))
            {
                nonFinite++;
                continue;
            }
            float size = MathF.Abs(x);
            largest = MathF.Max(largest, size);
            zeros += size == 0 ? 1 : 0;
            underflows += size > 0 && size <= HalfUnderflow ? 1 : 0;
            sum += x;
            squares += (double)x * x;
        }
        long finite = values.Length - nonFinite;
        if (finite == 0)
        {
            return new(values.Length, nonFinite, 0, 0, 0, 0, 0, 0);
        }
        double meanSquare = squares / finite;
        double fourth = 0;
        foreach (float x in values)
        {
            if (float.IsFinite(x) && meanSquare > 0)
            {
                double share = (double)x * x / meanSquare;
                fourth += share * share;
            }
        }
        return new(
            values.Length,
            nonFinite,
            sum / finite,
            Math.Sqrt(meanSquare),
            largest,
            fourth / finite,
            zeros,
            underflows
        );
    }
}
