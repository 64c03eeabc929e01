using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// The elements of a table of waves, row p with sin(p f) or cos(p f) for each column's f. Moments by the sums of sines
/// and cosines of equally spaced angles; the distribution function counts elements.
/// </summary>
internal sealed class WaveLaw : ElementDistribution
{
    // 32 MB of sorted elements; beyond, each question walks through all of them.
    private const long MostKept = 1 << 22;

    private readonly ImmutableArray<Wave> _waves;
    private readonly long _rows;
    private readonly (double First, double Second, double Third, double Fourth) _moments;
    private readonly Lazy<double[]?> _sorted;

    public WaveLaw(ImmutableArray<Wave> waves, long rows)
        : this(waves, rows, Moments(waves, rows)) { }

    private WaveLaw(
        ImmutableArray<Wave> waves,
        long rows,
        (double First, double Second, double Third, double Fourth) moments
    )
        : base(moments.First, Math.Sqrt(Math.Max(0, moments.Second - (moments.First * moments.First))))
    {
        (_waves, _rows, _moments) = (waves, rows, moments);
        _sorted = new(() => rows > MostKept / waves.Length ? null : Sorted());
    }

    public override double Skewness
    {
        get
        {
            (double a, double b, double c, _) = _moments;
            return (c - (3 * a * b) + (2 * a * a * a)) / (StandardDeviation * StandardDeviation * StandardDeviation);
        }
    }

    public override double ExcessKurtosis
    {
        get
        {
            (double a, double b, double c, double d) = _moments;
            double variance = StandardDeviation * StandardDeviation;
            double central = d - (4 * a * c) + (6 * a * a * b) - (3 * a * a * a * a);
            return (central / (variance * variance)) - 3;
        }
    }

    public override double Low => -1;

    public override double High => 1;

    public override double Cdf(double x)
    {
        double count = (double)_rows * _waves.Length;
        if (_sorted.Value is { } sorted)
        {
            (int low, int high) = (0, sorted.Length);
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = sorted[middle] <= x ? (middle + 1, high) : (low, middle);
            }
            return low / count;
        }
        long below = 0;
        foreach (Wave wave in _waves)
        {
            for (long p = 0; p < _rows; p++)
            {
                below += wave.At(p) <= x ? 1 : 0;
            }
        }
        return below / count;
    }

    private double[] Sorted()
    {
        double[] values = new double[_rows * _waves.Length];
        int next = 0;
        foreach (Wave wave in _waves)
        {
            for (long p = 0; p < _rows; p++)
            {
                values[next++] = wave.At(p);
            }
        }
        Array.Sort(values);
        return values;
    }

    /// <summary>E x^k by the powers' expansion in multiple angles, averaged over the columns.</summary>
    private static (double First, double Second, double Third, double Fourth) Moments(
        ImmutableArray<Wave> waves,
        long rows
    )
    {
        (double first, double second, double third, double fourth) = (0, 0, 0, 0);
        foreach (Wave wave in waves)
        {
            (double sin1, double cos1) = SeriesMean(wave.Frequency, rows);
            (_, double cos2) = SeriesMean(2 * wave.Frequency, rows);
            (double sin3, double cos3) = SeriesMean(3 * wave.Frequency, rows);
            (_, double cos4) = SeriesMean(4 * wave.Frequency, rows);
            first += wave.IsCosine ? cos1 : sin1;
            second += (wave.IsCosine ? 1 + cos2 : 1 - cos2) / 2;
            third += (wave.IsCosine ? (3 * cos1) + cos3 : (3 * sin1) - sin3) / 4;
            fourth += (3 + (wave.IsCosine ? 4 * cos2 : -4 * cos2) + cos4) / 8;
        }
        double n = waves.Length;
        return (first / n, second / n, third / n, fourth / n);
    }

    /// <summary>The means of sin(p a) and cos(p a) over p = 0 .. rows - 1: the sum of a geometric series.</summary>
    private static (double Sin, double Cos) SeriesMean(double angle, long rows)
    {
        double half = angle / 2;
        double step = RealAngle.SinOfProduct(half, 1);
        double length = step == 0 ? 1 : RealAngle.SinOfProduct(rows, half) / (step * rows);
        return (length * RealAngle.SinOfProduct(rows - 1, half), length * RealAngle.CosOfProduct(rows - 1, half));
    }
}
