using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

    /// <summary>Looks at every value once, in float64. The same bits on every processor.</summary>
    // A check that takes two seconds in all has no time to wait for the second tier.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TensorStatistics Of(ReadOnlySpan<float> values)
    {
        var sums = new Sums();
        while (values.Length >= Vector256<float>.Count)
        {
            sums.Add(Vector256.Create(values));
            values = values[Vector256<float>.Count..];
        }
        int padding = 0;
        if (!values.IsEmpty)
        {
            Span<float> last = stackalloc float[Vector256<float>.Count];
            last.Clear();
            values.CopyTo(last);
            sums.Add(Vector256.Create<float>(last));
            padding = last.Length - values.Length;
        }
        return sums.Statistics(padding);
    }

    /// <summary>Eight values at a time: a check looks at hundreds of millions.</summary>
    private ref struct Sums
    {
        private Vector256<double> _sum;
        private Vector256<double> _squares;
        private Vector256<double> _fourths;
        private Vector256<float> _largest;
        private Vector256<int> _nonFinite;
        private Vector256<int> _zeros;
        private Vector256<int> _underflows;
        private long _count;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Vector256<float> values)
        {
            Vector256<float> sizes = Vector256.Abs(values);
            Vector256<float> isFinite = Vector256.LessThan(sizes, Vector256.Create(float.PositiveInfinity));
            // A true lane is -1.
            _nonFinite -= ~isFinite.AsInt32();
            _zeros -= Vector256.Equals(values, Vector256<float>.Zero).AsInt32();
            _underflows -= (
                Vector256.LessThanOrEqual(sizes, Vector256.Create(HalfUnderflow))
                & Vector256.GreaterThan(sizes, Vector256<float>.Zero)
            ).AsInt32();
            values &= isFinite;
            _largest = Vector256.Max(_largest, sizes & isFinite);
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(values);
            Vector256<double> lowSquares = low * low;
            Vector256<double> highSquares = high * high;
            _sum += low + high;
            _squares += lowSquares + highSquares;
            _fourths += (lowSquares * lowSquares) + (highSquares * highSquares);
            _count += Vector256<float>.Count;
        }

        /// <param name="padding">How many of the values were zeros added to the tensor's own.</param>
        public readonly TensorStatistics Statistics(int padding)
        {
            long count = _count - padding;
            long nonFinite = Vector256.Sum(Vector256.WidenLower(_nonFinite) + Vector256.WidenUpper(_nonFinite));
            long finite = count - nonFinite;
            if (finite == 0)
            {
                return new(count, nonFinite, 0, 0, 0, 0, 0, 0);
            }
            double meanSquare = Vector256.Sum(_squares) / finite;
            float largest = 0;
            for (int i = 0; i < Vector256<float>.Count; i++)
            {
                largest = MathF.Max(largest, _largest[i]);
            }
            return new(
                count,
                nonFinite,
                Vector256.Sum(_sum) / finite,
                Math.Sqrt(meanSquare),
                largest,
                meanSquare > 0 ? Vector256.Sum(_fourths) / finite / meanSquare / meanSquare : 0,
                Vector256.Sum(Vector256.WidenLower(_zeros) + Vector256.WidenUpper(_zeros)) - padding,
                Vector256.Sum(Vector256.WidenLower(_underflows) + Vector256.WidenUpper(_underflows))
            );
        }
    }
}
