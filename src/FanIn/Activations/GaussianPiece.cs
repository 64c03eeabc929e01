using static System.Math;

namespace FanIn;

/// <summary>
/// A function on a pair of intervals, [start, end] and its mirror image, by its values at the nodes of a quadrature rule:
/// so the sums over odd functions are exactly 0.
/// </summary>
internal sealed class GaussianPiece
{
    private const double Epsilon = 1.1102230246251565e-16;

    /// <summary>How many roundings a value may be off.</summary>
    private const double Roundings = 8.0;

    /// <summary>By how much differentiation enlarges errors, root mean square over the nodes, on an interval of length 2.</summary>
    private const double DerivativeNorm = 64.0;

    private readonly double _half;
    private readonly Side _right;
    private readonly Side _left;

    /// <summary>The root of the normal density at the nodes.</summary>
    private readonly double[] _root = new double[Legendre16.Count];
    private readonly double _rootAtCheckPoint;
    private readonly double _mass;
    private readonly bool _isDifferentiated;
    private Measured? _slopes;

    public GaussianPiece(GaussianInput input, double start, double end)
    {
        (Start, End) = (start, end);
        _half = (end - start) / 2.0;
        double middle = start + _half;
        _isDifferentiated = !input.HasSlope;
        for (int i = 0; i < Legendre16.Count; i++)
        {
            Z[i] = FusedMultiplyAdd(_half, Legendre16.Nodes[i], middle);
            _root[i] = Root(Z[i]);
            _mass += Weight(i);
        }
        double checkPoint = FusedMultiplyAdd(_half, Legendre16.CheckPoint, middle);
        _rootAtCheckPoint = Root(checkPoint);
        _right = Side.Sample(input, Z, checkPoint, 1.0, _half);
        _left = Side.Sample(input, Z, checkPoint, -1.0, _half);
    }

    public double Start { get; }

    public double End { get; }

    public double Width => End - Start;

    public double Middle => Start + _half;

    /// <summary>True once nothing is to be gained from a division.</summary>
    public bool IsSettled { get; set; }

    private double[] Z { get; } = new double[Legendre16.Count];

    /// <summary>The value next to 0.</summary>
    public double FirstValue => _right.Values[0];

    /// <summary>
    /// The sum over both intervals of <paramref name="integrand"/> of z, value and slope, under the normal density.
    /// </summary>
    public double Sum(Func<double, double, double, double> integrand)
    {
        double sum = 0.0;
        for (int i = 0; i < Legendre16.Count; i++)
        {
            sum +=
                Weight(i)
                * (
                    integrand(Z[i], _right.Values[i], _right.Slopes[i])
                    + integrand(-Z[i], _left.Values[i], -_left.Slopes[i])
                );
        }
        return sum;
    }

    /// <summary>Calls <paramref name="node"/> with the weight, z, value and slope of each term of <see cref="Sum"/>.</summary>
    public void Visit(Action<double, double, double, double> node)
    {
        for (int i = 0; i < Legendre16.Count; i++)
        {
            node(Weight(i), Z[i], _right.Values[i], _right.Slopes[i]);
            node(Weight(i), -Z[i], _left.Values[i], -_left.Slopes[i]);
        }
    }

    /// <summary>Values at the nodes in the order of their distance from 0, and slopes along z.</summary>
    public (double[] Values, double[] Slopes) On(bool right) =>
        right ? (_right.Values, _right.Slopes) : (_left.Values, [.. _left.Slopes.Select(slope => -slope)]);

    /// <summary>The second moment of the values about <paramref name="centre"/>, and what it may be wrong by.</summary>
    public Measured Values(double centre) =>
        Measure(_right, centre, ofSlopes: false).Plus(Measure(_left, centre, ofSlopes: false));

    /// <summary>The second moment of the slopes, and what it may be wrong by.</summary>
    public Measured Slopes() =>
        _slopes ??= Measure(_right, 0.0, ofSlopes: true).Plus(Measure(_left, 0.0, ofSlopes: true));

    /// <summary>
    /// Where the function jumps, or might, its polynomial is steep for no reason: there is no slope then, unless stated.
    /// </summary>
    public void ForgetSlopes()
    {
        if (_isDifferentiated)
        {
            Array.Clear(_right.Slopes);
            Array.Clear(_left.Slopes);
            _slopes = null;
        }
    }

    private double Weight(int node) => _half * Legendre16.Weights[node] * _root[node] * _root[node];

    /// <summary>(2 pi)^(-1/4) e^(-z^2/4), exact in the bits that count where all is far out.</summary>
    private static double Root(double z) => 0.6316187777460647 * Exponential.Of(DoubleDouble.Product(z, z) * -0.25);

    /// <summary>
    /// If the last terms of a polynomial of degree 15 are small, so is what comes after them. The estimate is generous:
    /// what is left out is nearly orthogonal to the rest.
    /// </summary>
    private Measured Measure(Side side, double centre, bool ofSlopes)
    {
        double[] y = ofSlopes ? side.Slopes : side.Values;
        Span<double> weighted = stackalloc double[Legendre16.Count];
        double energy = 0.0;
        for (int i = 0; i < Legendre16.Count; i++)
        {
            weighted[i] = (y[i] - centre) * _root[i];
            energy += _half * Legendre16.Weights[i] * weighted[i] * weighted[i];
        }
        double tail = _half * Legendre16.TailEnergy(weighted);
        double noise = Noise(side, ofSlopes);
        double noiseEnergy = noise * noise * _mass;
        if (!ofSlopes || !_isDifferentiated)
        {
            double expected = ofSlopes ? side.SlopeAtCheckPoint : side.ValueAtCheckPoint;
            double miss = Legendre16.AtCheckPoint(weighted) - ((expected - centre) * _rootAtCheckPoint);
            tail = Max(tail, _half * miss * miss);
        }
        return new(energy, Sqrt(tail * energy), tail <= noiseEnergy);
    }

    /// <summary>What rounding does to the values, from their own size and from the rounding of z.</summary>
    private double Noise(Side side, bool ofSlopes)
    {
        double ofValues = Roundings * Epsilon * (side.LargestValue + (End * side.TypicalSlope));
        return !ofSlopes ? ofValues
            : _isDifferentiated ? ofValues * DerivativeNorm / _half
            : Roundings * Epsilon * (side.LargestSlope + (End * side.LargestCurvature));
    }

    /// <summary>An integral over a piece.</summary>
    /// <param name="Energy">Its value.</param>
    /// <param name="Error">What it may be wrong by.</param>
    /// <param name="IsNoise">True if that is as little as rounding lets it be.</param>
    internal readonly record struct Measured(double Energy, double Error, bool IsNoise)
    {
        public Measured Plus(Measured other) =>
            new(Energy + other.Energy, Error + other.Error, IsNoise && other.IsNoise);

        public bool IsGoodFor(double total, double tolerance) => IsNoise || Error <= tolerance * total;
    }

    /// <summary>One of the two intervals. Slopes are along the distance from 0.</summary>
    private sealed class Side
    {
        public double[] Values { get; } = new double[Legendre16.Count];

        public double[] Slopes { get; } = new double[Legendre16.Count];

        public double ValueAtCheckPoint { get; private init; }

        public double SlopeAtCheckPoint { get; private init; }

        public double LargestValue { get; private set; }

        public double LargestSlope { get; private set; }

        /// <summary>The median: at a jump the polynomial's largest slope is beyond all measure.</summary>
        public double TypicalSlope { get; private set; }

        public double LargestCurvature { get; private set; }

        public static Side Sample(GaussianInput input, double[] z, double checkPoint, double sign, double half)
        {
            var side = new Side
            {
                ValueAtCheckPoint = input.Value(sign * checkPoint),
                SlopeAtCheckPoint = input.HasSlope ? sign * input.Slope(sign * checkPoint) : 0.0,
            };
            for (int i = 0; i < z.Length; i++)
            {
                side.Values[i] = input.Value(sign * z[i]);
                side.Slopes[i] = input.HasSlope ? sign * input.Slope(sign * z[i]) : 0.0;
            }
            if (!input.HasSlope)
            {
                Differentiate(side.Values, side.Slopes, half);
            }
            Span<double> curvatures = stackalloc double[Legendre16.Count];
            Differentiate(side.Slopes, curvatures, half);
            side.LargestValue = Largest(side.Values);
            side.LargestSlope = Largest(side.Slopes);
            side.LargestCurvature = Largest(curvatures);
            double[] sizes = [.. side.Slopes.Select(Abs).Order()];
            side.TypicalSlope = sizes[sizes.Length / 2];
            return side;
        }

        private static void Differentiate(ReadOnlySpan<double> values, Span<double> derivative, double half)
        {
            Legendre16.Differentiate(values, derivative);
            for (int i = 0; i < derivative.Length; i++)
            {
                derivative[i] /= half;
            }
        }

        private static double Largest(ReadOnlySpan<double> values)
        {
            double largest = 0.0;
            foreach (double value in values)
            {
                largest = Max(largest, Abs(value));
            }
            return largest;
        }
    }
}
