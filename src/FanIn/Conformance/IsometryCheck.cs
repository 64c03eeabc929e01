using System.Numerics;

namespace FanIn;

/// <summary>That a weight keeps lengths: its Gram matrix over gain^2 against the identity.</summary>
internal static class IsometryCheck
{
    // More products than these take seconds: then a part of the vectors stands for all.
    private const double MostProducts = 4e9;

    /// <summary>The largest error of an element of the Gram matrix; weights in the canonical order.</summary>
    public static OpenFinding Of(double[] weights, TensorDescription tensor, Isometry isometry, ElementType type)
    {
        double square = isometry.Gain * isometry.Gain;
        double error = isometry.OfConvolution
            ? ConvolutionError(weights, tensor, square)
            : MatrixError(weights, Rows(tensor), square);
        double tolerance = type switch
        {
            ElementType.BFloat16 => 1e-2,
            ElementType.Float16 => 2e-3,
            _ => 1e-5,
        };
        string what = isometry.OfConvolution ? "The convolution" : "The matrix";
        return new(
            new("isometry")
            {
                Statistic = error,
                Expected = 0,
                Bound = tolerance,
            },
            $"{what} keeps lengths, times {isometry.Gain:G5}.",
            () =>
                $"{what} doesn't keep lengths times {isometry.Gain:G5}: an element of its Gram matrix over gain^2 is {error:G3} off the identity's, where {tolerance:G1} is allowed."
        );
    }

    /// <summary>The matrix's rows: outputs, a table's rows, or the first axis of a tensor without a layout.</summary>
    public static int Rows(TensorDescription tensor) =>
        (int)(
            tensor.Layout == WeightLayout.None ? (tensor.Shape.IsEmpty ? 1 : tensor.Shape[0])
            : tensor.Layout == WeightLayout.Embedding ? tensor.Inputs
            : tensor.Outputs
        );

    private static double MatrixError(double[] weights, int rows, double square)
    {
        int columns = weights.Length / rows;
        bool isTall = rows > columns;
        (int count, int length) = isTall ? (columns, rows) : (rows, columns);
        int step = 1;
        while (0.5 * count / step * count / step * length > MostProducts)
        {
            step++;
        }
        double[][] vectors =
        [
            .. Enumerable
                .Range(0, count)
                .Where(i => i % step == 0)
                .Select(i => isTall ? Column(weights, i, columns) : weights[(i * length)..((i + 1) * length)]),
        ];
        double error = 0;
        for (int i = 0; i < vectors.Length; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                error = Larger(error, Math.Abs((Dot(vectors[i], vectors[j]) / square) - (i == j ? 1 : 0)));
            }
        }
        return error;
    }

    /// <summary>
    /// With taps W_t a convolution keeps norms when sum_t W_t^T W_(t+s) is gain^2 I for the shift s = 0, and 0 for every
    /// other: then the sum is the same for every frequency. Of fewer outputs than inputs the rows take the columns' place.
    /// </summary>
    private static double ConvolutionError(double[] weights, TensorDescription tensor, double square)
    {
        (int groups, int taps) = ((int)tensor.Groups, (int)tensor.TapCount);
        (int outputs, int inputs) = ((int)tensor.Outputs / groups, (int)tensor.Inputs / groups);
        bool isTall = outputs >= inputs;
        (int count, int length) = isTall ? (inputs, outputs) : (outputs, inputs);
        double error = 0;
        for (int group = 0; group < groups; group++)
        {
            // Of each tap the vectors of the shorter side; null where they are all 0.
            var matrices = new List<double[][]?>(taps);
            for (int tap = 0; tap < taps; tap++)
            {
                var vectors = new double[count][];
                bool isZero = true;
                for (int i = 0; i < count; i++)
                {
                    vectors[i] = new double[length];
                    for (int k = 0; k < length; k++)
                    {
                        (int output, int input) = isTall ? (k, i) : (i, k);
                        vectors[i][k] = weights[((((group * outputs) + output) * inputs + input) * taps) + tap];
                        isZero &= vectors[i][k] == 0;
                    }
                }
                matrices.Add(isZero ? null : vectors);
            }
            foreach (List<(int From, int To)> pairs in Shifts(tensor))
            {
                bool isCentre = pairs[0].From == pairs[0].To;
                for (int i = 0; i < count; i++)
                {
                    for (int j = 0; j < count; j++)
                    {
                        double sum = 0;
                        foreach ((int from, int to) in pairs)
                        {
                            if (matrices[from] is { } a && matrices[to] is { } b)
                            {
                                sum += Dot(a[i], b[j]);
                            }
                        }
                        error = Larger(error, Math.Abs((sum / square) - (isCentre && i == j ? 1 : 0)));
                    }
                }
            }
        }
        return error;
    }

    /// <summary>For each shift the pairs of taps that it leads from and to; one of a shift and its negative.</summary>
    private static IEnumerable<List<(int From, int To)>> Shifts(TensorDescription tensor)
    {
        int taps = (int)tensor.TapCount;
        return from pair in (
                from a in Enumerable.Range(0, taps)
                from b in Enumerable.Range(a, taps - a)
                select (From: a, To: b)
            )
            group pair by string.Join(
                ',',
                Place(tensor, pair.To).Zip(Place(tensor, pair.From), (end, start) => end - start)
            ) into shift
            select shift.ToList();
    }

    private static IEnumerable<long> Place(TensorDescription tensor, int tap)
    {
        long rest = tap;
        for (int axis = tensor.Taps.Length - 1; axis >= 0; axis--)
        {
            yield return rest % tensor.Taps[axis];
            rest /= tensor.Taps[axis];
        }
    }

    private static double[] Column(double[] weights, int column, int columns)
    {
        double[] values = new double[weights.Length / columns];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = weights[(i * columns) + column];
        }
        return values;
    }

    // A NaN is the largest error of all.
    private static double Larger(double a, double b) => double.IsNaN(a) || a > b ? a : b;

    private static double Dot(double[] a, double[] b)
    {
        Vector<double> sums = Vector<double>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            sums += new Vector<double>(a, i) * new Vector<double>(b, i);
        }
        double sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
