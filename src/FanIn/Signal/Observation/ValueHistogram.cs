using System.Collections.Immutable;

namespace FanIn;

/// <summary>Root mean square and histogram of a tensor's values.</summary>
/// <param name="Rms">sqrt(mean of squares), in the tensor's unit; infinite or NaN when a value is.</param>
/// <param name="Reach">Half the width of the histogram: it spans [-Reach, Reach] in bins of equal width, 5 rms at most.</param>
/// <param name="Shares">The share of all values in each bin; what lies outside is in none.</param>
public sealed record ValueHistogram(double Rms, double Reach, ImmutableArray<double> Shares)
{
    private const int Bins = 51;

    /// <summary>The histogram of all values; without bins where they have no scale (none, all 0, or some not finite).</summary>
    public static ValueHistogram Of(ReadOnlySpan<float> numbers)
    {
        int total = numbers.Length;
        double squares = 0;
        float largest = 0;
        foreach (float x in numbers)
        {
            squares += (double)x * x;
            largest = MathF.Max(largest, MathF.Abs(x));
        }
        double rms = numbers.Length == 0 ? 0 : Math.Sqrt(squares / numbers.Length);
        if (!double.IsFinite(rms) || rms == 0)
        {
            return new(rms, 0, []);
        }
        double reach = Math.Min(5 * rms, largest);
        int[] counts = new int[Bins];
        foreach (float x in numbers)
        {
            int bin = (int)Math.Floor((x + reach) / (2 * reach) * Bins);
            if (bin >= 0 && bin <= Bins)
            {
                counts[Math.Min(bin, Bins - 1)]++;
            }
        }
        return new(rms, reach, [.. counts.Select(count => (double)count / total)]);
    }
}
