using System.Runtime.Intrinsics;

namespace FanIn.Cli.Sample;

/// <summary>How far a drawn matrix is from orthogonal: max |Q^T Q - I|, with Q the matrix over its gain.</summary>
/// <param name="Residual">Null where the matrix is too big to look at all pairs of its vectors.</param>
internal readonly record struct Orthogonality(double? Residual)
{
    private const double MostProducts = 5e9;
    private const long MostElements = 1 << 27;

    /// <summary>Null where the initializer promises no such thing.</summary>
    public static Orthogonality? Of(SampleRequest request, SampleValues values, CancellationToken cancellation)
    {
        if (request.Initializer.Name != "orthogonal" || values.Count == 0 || request.Expected.StandardDeviation == 0)
        {
            return null;
        }
        Axis[] rows = Rows(request);
        Axis[] columns = Columns(request);
        (Axis[] shorter, Axis[] longer) = Size(rows) <= Size(columns) ? (rows, columns) : (columns, rows);
        (long vectors, long length) = (Size(shorter), Size(longer));
        if (0.5 * vectors * vectors * length > MostProducts || values.Count > MostElements)
        {
            return new(null);
        }
        double[][] matrix = Gather(values, shorter, longer);
        double square = request.Expected.StandardDeviation * request.Expected.StandardDeviation * length;
        double[] worst = new double[vectors];
        Parallel.For(
            0,
            (int)vectors,
            new ParallelOptions { CancellationToken = cancellation },
            i =>
            {
                for (int j = 0; j <= i; j++)
                {
                    double error = Math.Abs((Dot(matrix[i], matrix[j]) / square) - (i == j ? 1 : 0));
                    worst[i] = Math.Max(worst[i], error);
                }
            }
        );
        return new(worst.Max());
    }

    /// <summary>Places that an index runs over, and the stored elements between two of them.</summary>
    private readonly record struct Axis(long Size, long Step);

    /// <summary>What the matrix's rows are: the outputs, or the first stored axis for another framework's generator.</summary>
    private static Axis[] Rows(SampleRequest request)
    {
        TensorDescription tensor = request.Tensor;
        (long groups, long outputs, long taps) = (tensor.Groups, tensor.Outputs / tensor.Groups, Taps(tensor));
        long inputs = tensor.Inputs / groups;
        if (request.Framework is not null)
        {
            return IsKeras(tensor)
                ? [new(tensor.Shape[^1], 1)]
                : [new(tensor.Shape[0], tensor.Count / tensor.Shape[0])];
        }
        return tensor.Layout switch
        {
            WeightLayout.TorchTransposed => [new(groups, inputs * outputs * taps), new(outputs, taps)],
            WeightLayout.Keras or WeightLayout.KerasDepthwise => [new(groups * outputs, 1)],
            WeightLayout.KerasTransposed => [new(outputs, inputs)],
            _ => [new(tensor.Shape[0], tensor.Count / tensor.Shape[0])],
        };
    }

    private static Axis[] Columns(SampleRequest request)
    {
        TensorDescription tensor = request.Tensor;
        (long outputs, long taps) = (tensor.Outputs / tensor.Groups, Taps(tensor));
        long inputs = tensor.Inputs / tensor.Groups;
        if (request.Framework is not null)
        {
            return IsKeras(tensor)
                ? [new(tensor.Count / tensor.Shape[^1], tensor.Shape[^1])]
                : [new(tensor.Count / tensor.Shape[0], 1)];
        }
        return tensor.Layout switch
        {
            WeightLayout.TorchTransposed => [new(inputs, outputs * taps), new(taps, 1)],
            WeightLayout.Keras or WeightLayout.KerasDepthwise => [new(inputs * taps, tensor.Outputs)],
            WeightLayout.KerasTransposed => [new(inputs, 1), new(taps, outputs * inputs)],
            _ => [new(tensor.Count / tensor.Shape[0], 1)],
        };
    }

    private static bool IsKeras(TensorDescription tensor) =>
        tensor.Layout is WeightLayout.Keras or WeightLayout.KerasTransposed or WeightLayout.KerasDepthwise;

    private static long Taps(TensorDescription tensor) => tensor.Taps.Aggregate(1L, (a, b) => a * b);

    private static long Size(Axis[] axes) => axes.Aggregate(1L, (size, axis) => size * axis.Size);

    private static double[][] Gather(SampleValues values, Axis[] vectors, Axis[] along)
    {
        double[] all = new double[values.Count];
        values.Read(0, all);
        long[] steps = [.. Places(along)];
        return [.. Places(vectors).Select(start => Array.ConvertAll(steps, step => all[start + step]))];
    }

    private static IEnumerable<long> Places(IEnumerable<Axis> axes) =>
        axes.Aggregate(
            Enumerable.Repeat(0L, 1),
            (starts, axis) =>
                starts.SelectMany(s => Enumerable.Range(0, (int)axis.Size).Select(i => s + (i * axis.Step)))
        );

    /// <summary>In four sums, whatever the machine's vectors.</summary>
    private static double Dot(double[] a, double[] b)
    {
        Vector256<double> sums = Vector256<double>.Zero;
        int i = 0;
        for (; i <= a.Length - 4; i += 4)
        {
            sums += Vector256.Create(a, i) * Vector256.Create(b, i);
        }
        double sum = Vector256.Sum(sums);
        for (; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
