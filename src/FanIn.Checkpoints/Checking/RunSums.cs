using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FanIn.Checkpoints;

/// <summary>Sums over a run of values; those that aren't finite are counted and left out.</summary>
[StructLayout(LayoutKind.Auto)]
internal record struct RunSums
{
    public double Sum;
    public double Squares;
    public double Cubes;
    public double Fourths;
    public long Count;
    public long NonFinite;
    public long Zeros;
    public float Least;
    public float Most;

    public readonly long Finite => Count - NonFinite;

    public readonly double Mean => Finite == 0 ? 0 : Sum / Finite;

    public readonly double MeanSquare => Finite == 0 ? 0 : Squares / Finite;

    /// <summary>The mean square around the mean.</summary>
    public readonly double Variance => Math.Max(0, MeanSquare - (Mean * Mean));

    /// <summary>The fourth moment around the mean over the square of the variance: 3 of a normal; NaN of one value.</summary>
    public readonly double Kurtosis
    {
        get
        {
            double mean = Mean;
            double square = MeanSquare;
            double fourth =
                (Fourths / Finite)
                - (4 * mean * Cubes / Finite)
                + (6 * mean * mean * square)
                - (3 * mean * mean * mean * mean);
            return fourth / (Variance * Variance);
        }
    }

    /// <summary>True where all are one finite value.</summary>
    public readonly bool IsConstant => NonFinite == 0 && Least == Most;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static RunSums Of(ReadOnlySpan<float> values)
    {
        var (sum, squares) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var (cubes, fourths) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var (least, most) = (Vector256.Create(float.PositiveInfinity), Vector256.Create(float.NegativeInfinity));
        var (finite, zeros) = (Vector256<int>.Zero, Vector256<int>.Zero);
        int i = 0;
        for (; i <= values.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> x = Vector256.Create(values[i..]);
            Vector256<float> isFinite = Vector256.LessThan(Vector256.Abs(x), Vector256.Create(float.PositiveInfinity));
            // A true lane is -1.
            finite -= isFinite.AsInt32();
            zeros -= Vector256.Equals(x, Vector256<float>.Zero).AsInt32();
            least = Vector256.Min(
                least,
                Vector256.ConditionalSelect(isFinite, x, Vector256.Create(float.PositiveInfinity))
            );
            most = Vector256.Max(
                most,
                Vector256.ConditionalSelect(isFinite, x, Vector256.Create(float.NegativeInfinity))
            );
            x &= isFinite;
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(x);
            Vector256<double> lowSquares = low * low;
            Vector256<double> highSquares = high * high;
            sum += low + high;
            squares += lowSquares + highSquares;
            cubes += (lowSquares * low) + (highSquares * high);
            fourths += (lowSquares * lowSquares) + (highSquares * highSquares);
        }
        var sums = new RunSums
        {
            Sum = Vector256.Sum(sum),
            Squares = Vector256.Sum(squares),
            Cubes = Vector256.Sum(cubes),
            Fourths = Vector256.Sum(fourths),
            Count = values.Length,
            NonFinite = i - Vector256.Sum(finite),
            Zeros = Vector256.Sum(zeros),
            Least = float.PositiveInfinity,
            Most = float.NegativeInfinity,
        };
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
        {
            sums.Least = MathF.Min(sums.Least, least[lane]);
            sums.Most = MathF.Max(sums.Most, most[lane]);
        }
        foreach (float value in values[i..])
        {
            if (!float.IsFinite(value))
            {
                sums.NonFinite++;
                continue;
            }
            double square = (double)value * value;
            sums.Sum += value;
            sums.Squares += square;
            sums.Cubes += square * value;
            sums.Fourths += square * square;
            sums.Zeros += value == 0 ? 1 : 0;
            sums.Least = MathF.Min(sums.Least, value);
            sums.Most = MathF.Max(sums.Most, value);
        }
        return sums;
    }

    public void Add(in RunSums other)
    {
        (Least, Most) =
            Count == 0 ? (other.Least, other.Most) : (MathF.Min(Least, other.Least), MathF.Max(Most, other.Most));
        Sum += other.Sum;
        Squares += other.Squares;
        Cubes += other.Cubes;
        Fourths += other.Fourths;
        Count += other.Count;
        NonFinite += other.NonFinite;
        Zeros += other.Zeros;
    }
}
