using System.Runtime.Intrinsics;
using static System.Math;

namespace FanIn;

/// <summary>
/// Expectations of squared differences (f(u1) - f(u2))^2 / 2 over two normal inputs of variance 1 and correlation c. They
/// are integrated along the sum and the difference of the inputs, w and v, which are independent: u = l w +- s v with l^2 =
/// (1 + |c|) / 2 and s^2 = (1 - |c|) / 2. Corners of f are straight lines there, at which the intervals end; so nothing is
/// lost where c is close to 1 or -1 and the strips between two lines become narrow.
/// </summary>
internal sealed class PairQuadrature
{
    private const double Reach = PiecewiseActivation.Reach;

    /// <summary>The widest interval on which 16 nodes integrate the normal density itself.</summary>
    private const double Widest = 4.5;

    /// <summary>1 / sqrt(2 pi).</summary>
    private const double DensityAtZero = 0.3989422804014327;

    /// <summary>
    /// Where intervals narrower than this are wanted, their ends are followed; otherwise all are as narrow as the narrowest.
    /// </summary>
    private const double Even = 1.0;

    private readonly PiecewiseActivation _function;
    private readonly double _large;
    private readonly double _small;
    private readonly bool _isMirrored;
    private readonly double[] _lines;
    private readonly double _width;
    private readonly List<double> _ends = [];

    private PairQuadrature(PiecewiseActivation function, double correlation)
    {
        _function = function;
        _isMirrored = correlation < 0.0;
        _large = Sqrt((1.0 + Abs(correlation)) / 2.0);
        _small = Sqrt((1.0 - Abs(correlation)) / 2.0);
        double narrowest = Reach;
        double start = 0.0;
        foreach (double end in function.Resolution)
        {
            narrowest = start < 6.0 ? Min(narrowest, end - start) : narrowest;
            start = end;
        }
        bool isEven = narrowest >= Even;
        _width = Min(Widest, isEven ? narrowest : Reach);
        IEnumerable<double> ends = isEven ? [] : function.Resolution.Where(end => end < Reach);
        _lines = [.. function.Corners.Concat(ends).Concat(ends.Select(end => -end)).Distinct().Order()];
    }

    /// <summary>Halves of the mean squares of f(u1) - f(u2), of its slope's, of f^2's and of the slope's square's.</summary>
    public static (double Values, double Slopes, double Squares, double SlopeSquares) Distances(
        PiecewiseActivation function,
        double correlation
    ) => correlation == 1.0 ? default : new PairQuadrature(function, correlation).Integrate();

    private (double, double, double, double) Integrate()
    {
        (double values, double slopes, double squares, double slopeSquares) = (0.0, 0.0, 0.0, 0.0);
        double[] outer = Outer();
        for (int i = 0; i + 1 < outer.Length; i++)
        {
            double half = (outer[i + 1] - outer[i]) / 2.0;
            for (int node = 0; node < Legendre16.Count; node++)
            {
                double v = FusedMultiplyAdd(half, Legendre16.Nodes[node], outer[i] + half);
                double weight = half * Legendre16.Weights[node] * NormalTail.Density(v);
                (double a, double b, double c, double d) = Inner(v);
                values += weight * a;
                slopes += weight * b;
                squares += weight * c;
                slopeSquares += weight * d;
            }
        }
        // By symmetry, half of one of the two axes stands for all of it; and the halves of the squares.
        return (values, slopes, squares, slopeSquares);
    }

    private (double, double, double, double) Inner(double v)
    {
        double shift = _small * v;
        _ends.Clear();
        _ends.Add(_isMirrored ? 0.0 : -Reach);
        foreach (double line in _lines)
        {
            _ends.Add((line - shift) / _large);
            _ends.Add((_isMirrored ? shift - line : line + shift) / _large);
        }
        Divide(_ends, _isMirrored ? 0.0 : -Reach, Reach, _width);
        const int Count = Legendre16.Count;
        Span<double> first = stackalloc double[Count];
        Span<double> second = stackalloc double[Count];
        Span<double> weights = stackalloc double[Count];
        Span<double> f = stackalloc double[Count];
        Span<double> df = stackalloc double[Count];
        Span<double> g = stackalloc double[Count];
        Span<double> dg = stackalloc double[Count];
        double sign = _isMirrored ? -1.0 : 1.0;
        (double values, double slopes, double squares, double slopeSquares) = (0.0, 0.0, 0.0, 0.0);
        (int pieceOfFirst, int pieceOfSecond) = (0, 0);
        for (int i = 0; i + 1 < _ends.Count; i++)
        {
            double half = (_ends[i + 1] - _ends[i]) / 2.0;
            Weigh(_ends[i] + half, half, weights);
            double middle = _large * (_ends[i] + half);
            for (int node = 0; node < Count; node++)
            {
                double w = FusedMultiplyAdd(_large * half, Legendre16.Nodes[node], middle);
                (first[node], second[node]) = (w + shift, sign * (w - shift));
            }
            _function.At(first, f, df, ref pieceOfFirst);
            _function.At(second, g, dg, ref pieceOfSecond);
            for (int node = 0; node < Count; node++)
            {
                double square = (f[node] - g[node]) * (f[node] - g[node]);
                double slopeSquare = (df[node] - dg[node]) * (df[node] - dg[node]);
                double sum = f[node] + g[node];
                double slopeSum = df[node] + dg[node];
                values += weights[node] * square;
                slopes += weights[node] * slopeSquare;
                squares += weights[node] * square * sum * sum;
                slopeSquares += weights[node] * slopeSquare * slopeSum * slopeSum;
            }
        }
        return (values, slopes, squares, slopeSquares);
    }

    /// <summary>
    /// The rule's weights times the normal density, with e^-t = (e^(-t/64))^64, the latter by its series: relatively exact
    /// to 1e-14 for the t below 41 that occur here.
    /// </summary>
    private static void Weigh(double middle, double half, Span<double> weights)
    {
        for (int i = 0; i < Legendre16.Count; i += Vector256<double>.Count)
        {
            Vector256<double> w =
                (Vector256.Create(Legendre16.Nodes[i..]) * Vector256.Create(half)) + Vector256.Create(middle);
            Vector256<double> x = w * w * Vector256.Create(-1.0 / 128.0);
            Vector256<double> e = Vector256<double>.One;
            for (int k = 15; k > 0; k--)
            {
                e = Vector256.FusedMultiplyAdd(e * x, Vector256.Create(1.0 / k), Vector256<double>.One);
            }
            e *= e;
            e *= e;
            e *= e;
            e *= e;
            e *= e;
            e *= e;
            (e * Vector256.Create(Legendre16.Weights[i..]) * Vector256.Create(half * DensityAtZero)).CopyTo(
                weights[i..]
            );
        }
    }

    /// <summary>Ends of the intervals of v: where two lines cross, and finer where f has features finer than the density.</summary>
    private double[] Outer()
    {
        List<double> ends = [];
        double least = _isMirrored ? -Reach : 0.0;
        if (2.0 * _small * Reach > 1e-12)
        {
            foreach (double a in _function.Corners)
            {
                foreach (double b in _function.Corners)
                {
                    ends.Add((_isMirrored ? a + b : a - b) / (2.0 * _small));
                }
            }
            foreach (double end in _lines)
            {
                ends.Add((_isMirrored ? 1.0 : Sign(end)) * end / _small);
            }
        }
        Divide(ends, least, Reach, Min(Widest, _width / _small));
        return [.. ends];
    }

    /// <summary>Sorts the ends, takes away what lies outside or twice, adds the outermost, and divides what is too wide.</summary>
    private static void Divide(List<double> ends, double low, double high, double widest)
    {
        ends.RemoveAll(end => !(end > low && end < high));
        ends.Add(low);
        ends.Add(high);
        ends.Sort();
        int count = ends.Count;
        for (int i = 0; i + 1 < count; i++)
        {
            double width = ends[i + 1] - ends[i];
            int parts = (int)Ceiling(width / widest);
            for (int part = 1; part < parts; part++)
            {
                ends.Add(ends[i] + (width * part / parts));
            }
        }
        ends.Sort();
        for (int i = ends.Count - 1; i > 0; i--)
        {
            if (ends[i] == ends[i - 1])
            {
                ends.RemoveAt(i);
            }
        }
    }
}
