using System.Runtime.Intrinsics;
using static System.Math;

namespace FanIn;

/// <summary>
/// f(sqrt(q) z) and its slope in z as polynomials of degree 15 on the intervals of <see cref="GaussianQuadrature"/>: for
/// integrals over two inputs, which need thousands of values, and for functions without a derivative of their own.
/// </summary>
internal sealed class PiecewiseActivation
{
    /// <summary>Coefficients of a value and of a slope, turn by turn, highest power first.</summary>
    private const int Stride = 2 * Legendre16.Count;

    /// <summary>Here all that counts under the normal density in two dimensions has ended.</summary>
    public const double Reach = 9.0;

    private readonly double[] _ends;
    private readonly double[] _right;
    private readonly double[] _left;

    public PiecewiseActivation(GaussianInput input, IReadOnlyList<GaussianPiece> pieces)
    {
        _ends = [.. pieces.Select(piece => piece.End)];
        _right = new double[pieces.Count * Stride];
        _left = new double[pieces.Count * Stride];
        double[] need = new double[pieces.Count];
        for (int i = 0; i < pieces.Count; i++)
        {
            int degree = Max(
                Fit(pieces[i].On(right: true), _right.AsSpan(i * Stride, Stride)),
                Fit(pieces[i].On(right: false), _left.AsSpan(i * Stride, Stride))
            );
            // A rule of 16 nodes is exact to degree 31, more than two polynomials need; what is a square at most is one on all of its interval.
            need[i] = degree <= 2 ? Reach : 2.3 * pieces[i].Width * Legendre16.Count / (degree + 1);
        }
        Corners = FindCorners(input, pieces);
        Resolution = Resolve(pieces, need, Max(1.0, input.Scale));
    }

    /// <summary>Where f or its slope jumps or bends, ascending, in units of z.</summary>
    public double[] Corners { get; }

    /// <summary>The ends, from 0 up, of intervals on which a rule of 16 nodes integrates products of two values.</summary>
    public double[] Resolution { get; }

    /// <summary>Values and slopes at 16 inputs in ascending or descending order.</summary>
    /// <param name="z">The inputs; behind the last interval, where nothing has weight, its end stands for them.</param>
    /// <param name="values">f.</param>
    /// <param name="slopes">df/dz.</param>
    /// <param name="piece">Where the last one was found, to look for the next one from there.</param>
    public void At(ReadOnlySpan<double> z, Span<double> values, Span<double> slopes, ref int piece)
    {
        Span<double> x = stackalloc double[Legendre16.Count + Vector256<double>.Count];
        int start = 0;
        while (start < z.Length)
        {
            Find(z[start], ref piece);
            double left = piece == 0 ? 0.0 : _ends[piece - 1];
            double right = piece + 1 == _ends.Length ? double.PositiveInfinity : _ends[piece];
            bool isRight = z[start] >= 0.0;
            double half = (_ends[piece] - left) / 2.0;
            int end = start;
            for (; end < z.Length && z[end] >= 0.0 == isRight; end++)
            {
                double size = Abs(z[end]);
                if (size > right || (size <= left && piece > 0))
                {
                    break;
                }
                x[end - start] = Min((size - left - half) / half, 1.0);
            }
            Polynomial(isRight ? _right : _left, piece, x, end - start, values[start..], slopes[start..]);
            start = end;
        }
    }

    private void Find(double z, ref int piece)
    {
        double size = Abs(z);
        while (piece > 0 && size <= _ends[piece - 1])
        {
            piece--;
        }
        while (piece + 1 < _ends.Length && size > _ends[piece])
        {
            piece++;
        }
    }

    /// <summary>Horner's rule at several points; <paramref name="x"/> may be read a vector's length behind them.</summary>
    private static void Polynomial(
        double[] side,
        int piece,
        ReadOnlySpan<double> x,
        int count,
        Span<double> values,
        Span<double> slopes
    )
    {
        ReadOnlySpan<double> c = side.AsSpan(piece * Stride, Stride);
        for (int i = 0; i < count; i += Vector256<double>.Count)
        {
            var at = Vector256.Create(x[i..]);
            var value = Vector256.Create(c[0]);
            var slope = Vector256.Create(c[1]);
            for (int k = 2; k < c.Length; k += 2)
            {
                value = Vector256.FusedMultiplyAdd(value, at, Vector256.Create(c[k]));
                slope = Vector256.FusedMultiplyAdd(slope, at, Vector256.Create(c[k + 1]));
            }
            if (count - i >= Vector256<double>.Count)
            {
                value.CopyTo(values[i..]);
                slope.CopyTo(slopes[i..]);
                continue;
            }
            for (int lane = 0; lane < count - i; lane++)
            {
                (values[i + lane], slopes[i + lane]) = (value[lane], slope[lane]);
            }
        }
    }

    private static (double Value, double Slope) Polynomial(double[] side, int piece, double x)
    {
        ReadOnlySpan<double> c = side.AsSpan(piece * Stride, Stride);
        (double value, double slope) = (c[0], c[1]);
        for (int k = 2; k < c.Length; k += 2)
        {
            value = FusedMultiplyAdd(value, x, c[k]);
            slope = FusedMultiplyAdd(slope, x, c[k + 1]);
        }
        return (value, slope);
    }

    /// <summary>The degree that it takes to 1e-9 of the largest coefficient.</summary>
    private static int Fit((double[] Values, double[] Slopes) side, Span<double> target)
    {
        Span<double> legendre = stackalloc double[Legendre16.Count];
        Span<double> powers = stackalloc double[Legendre16.Count];
        int degree = 0;
        for (int part = 0; part < 2; part++)
        {
            Legendre16.Coefficients(part == 0 ? side.Values : side.Slopes, legendre);
            double largest = 0.0;
            foreach (double coefficient in legendre)
            {
                largest = Max(largest, Abs(coefficient));
            }
            for (int k = 0; k < legendre.Length; k++)
            {
                degree = Abs(legendre[k]) > 1e-9 * largest ? Max(degree, k) : degree;
            }
            Legendre16.ToPowers(legendre, powers);
            for (int k = 0; k < powers.Length; k++)
            {
                target[(2 * (powers.Length - 1 - k)) + part] = powers[k];
            }
        }
        return degree;
    }

    private double[] FindCorners(GaussianInput input, IReadOnlyList<GaussianPiece> pieces)
    {
        SortedSet<double> corners =
        [
            .. input.Activation.Kinks.Select(kink => kink / input.Scale).Where(z => Abs(z) < 2.0 * Reach),
        ];
        double narrow = ScaleB(Min(1.0, 1.0 / input.Scale), -16);
        if (input.Activation.IsKnown)
        {
            return [.. corners];
        }
        for (int i = 0; i < pieces.Count; i++)
        {
            GaussianPiece piece = pieces[i];
            bool isLeast =
                piece.Width < narrow
                && (i == 0 || pieces[i - 1].Width >= piece.Width)
                && (i + 1 == pieces.Count || pieces[i + 1].Width > piece.Width);
            double? corner =
                isLeast ? piece.Middle
                : BreaksBefore(i) ? piece.Start
                : null;
            if (corner is { } z && corners.GetViewBetween(z - narrow, z + narrow).Count == 0)
            {
                // On which side of 0 it is doesn't matter.
                corners.Add(z);
                corners.Add(-z);
            }
        }
        return [.. corners];
    }

    /// <summary>Whether the polynomials on both sides of an interval's start don't continue each other.</summary>
    private bool BreaksBefore(int piece)
    {
        return piece == 0
            ? Differ(Polynomial(_right, 0, -1.0), Polynomial(_left, 0, -1.0))
            : Differ(Polynomial(_right, piece - 1, 1.0), Polynomial(_right, piece, -1.0))
                || Differ(Polynomial(_left, piece - 1, 1.0), Polynomial(_left, piece, -1.0));

        static bool Differ((double Value, double Slope) a, (double Value, double Slope) b) =>
            Abs(a.Value - b.Value) > 1e-9 * (Abs(a.Value) + Abs(a.Slope) + Abs(b.Slope))
            || Abs(a.Slope - b.Slope) > 1e-5 * (Abs(a.Value) + Abs(a.Slope) + Abs(b.Slope));
    }

    /// <summary>Joins intervals as far as the one that needs the narrowest allows.</summary>
    private static double[] Resolve(IReadOnlyList<GaussianPiece> pieces, double[] need, double steepness)
    {
        double floor = ScaleB(1.0 / steepness, -6);
        List<double> ends = [];
        double start = 0.0;
        double least = double.PositiveInfinity;
        for (int i = 0; i < pieces.Count && start < Reach; i++)
        {
            // Narrower ones close in on a corner, which is an end anyway.
            double width = Max(need[i], floor);
            if (pieces[i].Start > start && pieces[i].End - start > Min(least, width))
            {
                start = pieces[i].Start;
                ends.Add(start);
                least = double.PositiveInfinity;
            }
            least = Min(least, width);
        }
        ends.Add(Reach);
        return [.. ends];
    }
}
