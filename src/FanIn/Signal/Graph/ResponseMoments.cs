using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Math;

namespace FanIn;

/// <summary>
/// Moments and normalized Hermite coefficients of f / sqrt(V) and f' / sqrt(D) of u ~ N(mean, variance), V = E f^2 and D = E
/// f'^2, and of their squares and cubes.
/// </summary>
internal sealed class ResponseMoments
{
    private const int Functions = 6;

    /// <summary>E f^4 e^(-z^2/2) h_64, the slowest to end, has ended here.</summary>
    private const double Reach = 12.0;

    /// <summary>On as much 16 nodes integrate the Hermite polynomials too.</summary>
    private const double Widest = 2.0;

    private const int Lanes = 4;

    private static readonly double[] s_roots = [.. Enumerable.Range(0, HermiteProduct.Degree + 2).Select(k => Sqrt(k))];

    private readonly double[][] _coefficients = new double[Functions][];

    private ResponseMoments()
    {
        for (int i = 0; i < Functions; i++)
        {
            _coefficients[i] = new double[HermiteProduct.Degree + 1];
        }
    }

    /// <summary>V.</summary>
    public double SecondMoment { get; private set; }

    /// <summary>E f.</summary>
    public double Mean { get; private set; }

    /// <summary>D.</summary>
    public double DerivativeSecondMoment { get; private set; }

    /// <summary>E f^4 / V^2.</summary>
    public double Fourth { get; private set; }

    /// <summary>E f'^4 / D^2.</summary>
    public double SlopeFourth { get; private set; }

    /// <summary>E f^2 f'^2 / (V D).</summary>
    public double Both { get; private set; }

    /// <summary>1, or 0 where V is 0.</summary>
    public double ValueTotal => SecondMoment > 0.0 ? 1.0 : 0.0;

    /// <summary>1, or 0 where D is 0.</summary>
    public double SlopeTotal => DerivativeSecondMoment > 0.0 ? 1.0 : 0.0;

    public double[] Values => _coefficients[0];

    public double[] Squares => _coefficients[1];

    public double[] Cubes => _coefficients[2];

    public double[] Slopes => _coefficients[3];

    public double[] SlopeSquares => _coefficients[4];

    public double[] SlopeCubes => _coefficients[5];

    /// <exception cref="ExpectationException">A user's function has no second moment.</exception>
    public static ResponseMoments Of(Activation activation, double mean, double deviation)
    {
        // Of the catalogue's functions it is known where they bend; others, and waves, are followed until polynomials fit.
        bool isKnown = activation is { IsKnown: true, HasDerivative: true, Name: not ("sin" or "cos") };
        Nodes nodes = isKnown ? Fixed(activation, mean, deviation) : Fitted(activation, mean, deviation);
        var moments = new ResponseMoments();
        moments.Sum(nodes, deviation);
        return moments;
    }

    public static ResponseMoments OfConstant(double value, double slope)
    {
        var moments = new ResponseMoments
        {
            SecondMoment = value * value,
            Mean = value,
            DerivativeSecondMoment = slope * slope,
            Fourth = value == 0.0 ? 0.0 : 1.0,
            SlopeFourth = slope == 0.0 ? 0.0 : 1.0,
            Both = value == 0.0 || slope == 0.0 ? 0.0 : 1.0,
        };
        (moments.Values[0], moments.Squares[0], moments.Cubes[0]) = (Sign(value), Abs(Sign(value)), Sign(value));
        (moments.Slopes[0], moments.SlopeSquares[0], moments.SlopeCubes[0]) = (
            Sign(slope),
            Abs(Sign(slope)),
            Sign(slope)
        );
        return moments;
    }

    /// <summary>
    /// Intervals that end at corners and, where the input is so large that f changes fast, double in width from u = 0 on: to
    /// about 1e-12.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Nodes Fixed(Activation activation, double mean, double deviation)
    {
        ActivationFunction f = activation.Function;
        double[] ends = Ends(f, mean, deviation);
        var nodes = new Nodes((ends.Length - 1) * Legendre16.Count);
        ReadOnlySpan<double> places = Legendre16.Nodes;
        ReadOnlySpan<double> weights = Legendre16.Weights;
        int at = 0;
        for (int i = 0; i + 1 < ends.Length; i++)
        {
            double half = 0.5 * (ends[i + 1] - ends[i]);
            double middle = ends[i] + half;
            for (int node = 0; node < Legendre16.Count; node++, at++)
            {
                double z = FusedMultiplyAdd(half, places[node], middle);
                double u = FusedMultiplyAdd(deviation, z, mean);
                nodes.Z[at] = z;
                nodes.Weights[at] = half * weights[node] * NormalTail.Density(z);
                nodes.Values[at] = f.Value(u);
                nodes.Slopes[at] = deviation * f.Derivative!(u);
            }
        }
        return nodes;
    }

    private static double[] Ends(ActivationFunction f, double mean, double deviation)
    {
        List<double> ends = [];
        for (double end = -Reach; end <= Reach; end += Widest)
        {
            ends.Add(end);
        }
        double centre = -mean / deviation;
        Include(centre);
        for (double width = 1.0 / deviation; width < Widest && Abs(centre) < 2.0 * Reach; width *= 2.0)
        {
            Include(centre - width);
            Include(centre + width);
        }
        foreach (double kink in f.Kinks)
        {
            Include((kink - mean) / deviation);
        }
        ends.Sort();
        return [.. ends];

        void Include(double end)
        {
            if (Abs(end) < Reach && !ends.Contains(end))
            {
                ends.Add(end);
            }
        }
    }

    private static Nodes Fitted(Activation activation, double mean, double deviation)
    {
        Activation shifted = mean == 0.0 ? activation : Shifted(activation, mean);
        var quadrature = new GaussianQuadrature(new(shifted, deviation * deviation));
        var nodes = new Nodes(2 * Legendre16.Count * quadrature.Pieces.Count);
        int at = 0;
        foreach (GaussianPiece piece in quadrature.Pieces)
        {
            piece.Visit(
                (weight, z, value, slope) =>
                {
                    nodes.Weights[at] = weight;
                    nodes.Z[at] = z;
                    nodes.Values[at] = value;
                    nodes.Slopes[at++] = quadrature.SlopeMoment > 0.0 ? slope : 0.0;
                }
            );
        }
        return nodes;
    }

    private static Activation Shifted(Activation activation, double mean)
    {
        ActivationFunction f = activation.Function;
        return Activation.Custom(
            "shifted-" + activation.Name,
            x => f.Value(x + mean),
            f.Derivative is null ? null : x => f.Derivative(x + mean),
            [.. f.Kinks.Select(kink => kink - mean)]
        );
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum(Nodes nodes, double deviation)
    {
        (double mean, double second, double slope) = (0.0, 0.0, 0.0);
        for (int i = 0; i < nodes.Z.Length; i++)
        {
            (double weight, double f, double g) = (nodes.Weights[i], nodes.Values[i], nodes.Slopes[i]);
            mean += weight * f;
            second += weight * f * f;
            slope += weight * g * g;
        }
        (Mean, SecondMoment, DerivativeSecondMoment) = (mean, second, slope / (deviation * deviation));
        double valueScale = second > 0.0 ? 1.0 / Sqrt(second) : 0.0;
        double slopeScale = slope > 0.0 ? 1.0 / Sqrt(slope) : 0.0;
        var sums = new Vector256<double>[Functions * (HermiteProduct.Degree + 1)];
        var fourth = Vector256<double>.Zero;
        var slopeFourth = Vector256<double>.Zero;
        var both = Vector256<double>.Zero;
        for (int i = 0; i < nodes.Z.Length; i += Lanes)
        {
            var weight = Vector256.Create(nodes.Weights.AsSpan(i));
            var f = Vector256.Create(nodes.Values.AsSpan(i)) * valueScale;
            var g = Vector256.Create(nodes.Slopes.AsSpan(i)) * slopeScale;
            (Vector256<double> f2, Vector256<double> g2) = (f * f, g * g);
            fourth += weight * f2 * f2;
            slopeFourth += weight * g2 * g2;
            both += weight * f2 * g2;
            Expand(Vector256.Create(nodes.Z.AsSpan(i)), weight, f, g, sums);
        }
        (Fourth, SlopeFourth, Both) = (Total(fourth), Total(slopeFourth), Total(both));
        for (int i = 0; i < sums.Length; i++)
        {
            _coefficients[i % Functions][i / Functions] = Total(sums[i]);
        }
    }

    /// <summary>Adds what four nodes have of each coefficient: sqrt(k + 1) h_(k+1) = z h_k - sqrt(k) h_(k-1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Expand(
        Vector256<double> z,
        Vector256<double> weight,
        Vector256<double> f,
        Vector256<double> g,
        Vector256<double>[] sums
    )
    {
        (Vector256<double> f1, Vector256<double> g1) = (weight * f, weight * g);
        (Vector256<double> f2, Vector256<double> g2) = (f1 * f, g1 * g);
        (Vector256<double> f3, Vector256<double> g3) = (f2 * f, g2 * g);
        double[] roots = s_roots;
        var before = Vector256<double>.Zero;
        var polynomial = Vector256<double>.One;
        for (int k = 0, at = 0; k <= HermiteProduct.Degree; k++, at += Functions)
        {
            Span<Vector256<double>> sum = sums.AsSpan(at, Functions);
            sum[0] += f1 * polynomial;
            sum[1] += f2 * polynomial;
            sum[2] += f3 * polynomial;
            sum[3] += g1 * polynomial;
            sum[4] += g2 * polynomial;
            sum[5] += g3 * polynomial;
            Vector256<double> next = ((z * polynomial) - (before * roots[k])) / Vector256.Create(roots[k + 1]);
            (before, polynomial) = (polynomial, next);
        }
    }

    private static double Total(Vector256<double> x) => x[0] + x[1] + (x[2] + x[3]);

    /// <summary>Terms of a sum over z: their weights under the normal density, f and df/dz.</summary>
    private sealed class Nodes(int count)
    {
        public double[] Weights { get; } = new double[count];

        public double[] Z { get; } = new double[count];

        public double[] Values { get; } = new double[count];

        public double[] Slopes { get; } = new double[count];
    }
}
