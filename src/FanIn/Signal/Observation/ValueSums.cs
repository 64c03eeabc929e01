using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FanIn;

/// <summary>
/// The sums over a tensor's values that its statistics follow from. Those of its parts add up to its own, so that a tensor
/// needn't be in memory as a whole. All figures but the counts are those of the finite values, in float64.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public record struct ValueSums
{
    /// <summary>2^-25: half of float16's smallest number, which rounds to 0.</summary>
    private const float HalfUnderflow = 2.9802322e-8f;

    /// <summary>Enough values to tell where the others are.</summary>
    private const int FirstLength = 64;

    // Powers of a value's distance to the centre, summed up: those of the values themselves would cancel each other where
    // the mean is far from 0.
    private double _centre;
    private double _sum;
    private double _squares;
    private double _cubes;
    private double _fourths;
    private float _least;
    private float _most;

    /// <summary>The number of values.</summary>
    public long Count { get; private set; }

    /// <summary>How many are NaN or infinite.</summary>
    public long NonFinite { get; private set; }

    /// <summary>How many are neither.</summary>
    public readonly long Finite => Count - NonFinite;

    /// <summary>How many are exactly 0.</summary>
    public long Zeros { get; private set; }

    /// <summary>How many aren't 0 but would be in float16: at most 2^-25 in absolute value.</summary>
    public long HalfUnderflows { get; private set; }

    /// <summary>The least value; NaN where there is none.</summary>
    public readonly float Least => Finite == 0 ? float.NaN : _least;

    /// <summary>The greatest value; NaN where there is none.</summary>
    public readonly float Most => Finite == 0 ? float.NaN : _most;

    /// <summary>The largest absolute value; 0 where there is none.</summary>
    public readonly double Largest => Finite == 0 ? 0 : Math.Max(Math.Abs(_least), Math.Abs(_most));

    /// <summary>In the tensor's unit; 0 where there are no values.</summary>
    public readonly double Mean => Finite == 0 ? 0 : _centre + Offset;

    /// <summary>The mean of squares, in the square of the tensor's unit; 0 where there are no values.</summary>
    public readonly double MeanSquare => Finite == 0 ? 0 : (_squares / Finite) + (_centre * ((2 * Offset) + _centre));

    /// <summary>The mean square around the mean.</summary>
    public readonly double Variance => Finite == 0 ? 0 : Math.Max(0, (_squares / Finite) - (Offset * Offset));

    /// <summary>The mean of fourth powers over the square of the mean of squares; 3 for a centred normal, 0 for zeros.</summary>
    public readonly double FourthMoment => MeanSquare > 0 ? Around(0)._fourths / Finite / MeanSquare / MeanSquare : 0;

    /// <summary>The same around the mean: 3 for every normal, 1 at least; NaN where there are no two values.</summary>
    public readonly double Kurtosis
    {
        get
        {
            double variance = Variance;
            return variance > 0 ? Math.Max(1, Around(Mean)._fourths / Finite / variance / variance) : double.NaN;
        }
    }

    /// <summary>True where all are one finite value.</summary>
    public readonly bool IsConstant => NonFinite == 0 && Least == Most;

    /// <summary>The mean's distance to the centre.</summary>
    private readonly double Offset => _sum / Finite;

    /// <summary>Looks at every value once. The same bits on every processor.</summary>
    public static ValueSums Of(ReadOnlySpan<float> values) => Of(values, CentreOf(values));

    /// <summary>The same, around a number that is chosen once for all parts of a tensor, whose sums then add up fastest.</summary>
    /// <param name="values">A part of a tensor.</param>
    /// <param name="centre">Finite: <see cref="CentreOf"/> a part of it.</param>
    // A check that takes two seconds in all has no time to wait for the second tier.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ValueSums Of(ReadOnlySpan<float> values, float centre)
    {
        var lanes = new Lanes(centre);
        int count = values.Length;
        while (values.Length >= Vector256<float>.Count)
        {
            lanes.Add(Vector256.Create(values));
            values = values[Vector256<float>.Count..];
        }
        int padding = 0;
        if (!values.IsEmpty)
        {
            // The last value again and again would count in the sums, and a zero in the least and greatest: neither does NaN.
            Span<float> last = stackalloc float[Vector256<float>.Count];
            last.Fill(float.NaN);
            values.CopyTo(last);
            lanes.Add(Vector256.Create<float>(last));
            padding = last.Length - values.Length;
        }
        return lanes.Sums(count, padding);
    }

    /// <summary>
    /// What to sum values up around, by the first ones that aren't 0: the middle of them where 0 is far off, else 0. Figures
    /// are as exact around the one as around the other.
    /// </summary>
    public static float CentreOf(ReadOnlySpan<float> values)
    {
        (float least, float most) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (float value in values[..Math.Min(values.Length, FirstLength)])
        {
            if (value != 0 && float.IsFinite(value))
            {
                (least, most) = (MathF.Min(least, value), MathF.Max(most, value));
            }
        }
        float middle = (least / 2) + (most / 2);
        return least <= most && MathF.Abs(middle) > most - least ? middle : 0;
    }

    /// <summary>Adds those of another part.</summary>
    public void Add(in ValueSums other)
    {
        if (other.Finite > 0)
        {
            AddFinite(other);
        }
        Count += other.Count;
        NonFinite += other.NonFinite;
        Zeros += other.Zeros;
        HalfUnderflows += other.HalfUnderflows;
    }

    private void AddFinite(in ValueSums other)
    {
        ValueSums part = other;
        if (Finite == 0)
        {
            (_centre, _least, _most) = (part._centre, part._least, part._most);
        }
        else
        {
            (_least, _most) = (MathF.Min(_least, part._least), MathF.Max(_most, part._most));
            if (_centre != part._centre)
            {
                // Around the mean of all, by which neither part's deviations are lost beside the other's.
                double mean = Mean + ((part.Mean - Mean) * part.Finite / (Finite + part.Finite));
                this = Around(mean);
                part = part.Around(mean);
            }
        }
        _sum += part._sum;
        _squares += part._squares;
        _cubes += part._cubes;
        _fourths += part._fourths;
    }

    /// <summary>The same sums around another number, by the binomial theorem.</summary>
    private readonly ValueSums Around(double centre)
    {
        (double n, double d) = (Finite, _centre - centre);
        return this with
        {
            _centre = centre,
            _sum = _sum + (n * d),
            _squares = _squares + (d * ((2 * _sum) + (n * d))),
            _cubes = _cubes + (d * ((3 * _squares) + (d * ((3 * _sum) + (n * d))))),
            _fourths = _fourths + (d * ((4 * _cubes) + (d * ((6 * _squares) + (d * ((4 * _sum) + (n * d))))))),
        };
    }

    /// <summary>Eight sums at a time: a check looks at hundreds of millions of values.</summary>
    private ref struct Lanes(float centre)
    {
        private readonly Vector256<float> _centre = Vector256.Create(centre);
        private readonly Vector256<double> _wideCentre = Vector256.Create((double)centre);
        private Vector256<double> _sum;
        private Vector256<double> _squares;
        private Vector256<double> _cubes;
        private Vector256<double> _fourths;
        private Vector256<float> _least = Vector256.Create(float.PositiveInfinity);
        private Vector256<float> _most = Vector256.Create(float.NegativeInfinity);
        private Vector256<int> _nonFinite;
        private Vector256<int> _zeros;
        private Vector256<int> _underflows;

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
            _least = Vector256.MinNative(
                _least,
                Vector256.ConditionalSelect(isFinite, values, Vector256.Create(float.PositiveInfinity))
            );
            _most = Vector256.MaxNative(
                _most,
                Vector256.ConditionalSelect(isFinite, values, Vector256.Create(float.NegativeInfinity))
            );
            // As far from the centre as it is itself.
            values = Vector256.ConditionalSelect(isFinite, values, _centre);
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(values);
            low -= _wideCentre;
            high -= _wideCentre;
            Vector256<double> lowSquares = low * low;
            Vector256<double> highSquares = high * high;
            _sum += low + high;
            _squares += lowSquares + highSquares;
            _cubes += (lowSquares * low) + (highSquares * high);
            _fourths += (lowSquares * lowSquares) + (highSquares * highSquares);
        }

        /// <param name="count">The number of values.</param>
        /// <param name="padding">How many NaN were added to them.</param>
        public readonly ValueSums Sums(int count, int padding)
        {
            (float least, float most) = (float.PositiveInfinity, float.NegativeInfinity);
            for (int i = 0; i < Vector256<float>.Count; i++)
            {
                least = MathF.Min(least, _least[i]);
                most = MathF.Max(most, _most[i]);
            }
            return new()
            {
                _centre = _centre[0],
                _sum = Vector256.Sum(_sum),
                _squares = Vector256.Sum(_squares),
                _cubes = Vector256.Sum(_cubes),
                _fourths = Vector256.Sum(_fourths),
                _least = least,
                _most = most,
                Count = count,
                NonFinite = Sum(_nonFinite) - padding,
                Zeros = Sum(_zeros),
                HalfUnderflows = Sum(_underflows),
            };
        }

        private static long Sum(Vector256<int> counts) =>
            Vector256.Sum(Vector256.WidenLower(counts) + Vector256.WidenUpper(counts));
    }
}
