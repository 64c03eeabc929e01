using System.Runtime.Intrinsics;

namespace FanIn.Cli.Sample;

/// <summary>
/// How far a drawn weight is from keeping lengths: max |Q^T Q - I|, with Q the matrix over its gain, or the convolution of
/// an image with circular borders.
/// </summary>
/// <param name="Residual">Null where the weight is too big to look at all pairs of its vectors.</param>
internal readonly record struct Orthogonality(double? Residual)
{
    private const double MostProducts = 5e9;
    private const long MostElements = 1 << 27;

    /// <summary>Null where the initializer promises no such thing.</summary>
    public static Orthogonality? Of(SampleRequest request, SampleValues values, CancellationToken cancellation)
    {
        if (request.Isometry is not { } isometry || values.Count == 0)
        {
            return null;
        }
        double square = isometry.Gain * isometry.Gain;
        return values.Count > MostElements ? new(null)
            : isometry.OfConvolution ? new(OfConvolution(request.Tensor, values, square, cancellation))
            : new(OfMatrix(Rows(request), Columns(request), values, square, cancellation));
    }

    private static double? OfMatrix(
        Axis[] rows,
        Axis[] columns,
        SampleValues values,
        double square,
        CancellationToken cancellation
    )
    {
        (Axis[] shorter, Axis[] longer) = Size(rows) <= Size(columns) ? (rows, columns) : (columns, rows);
        (long vectors, long length) = (Size(shorter), Size(longer));
        if (0.5 * vectors * vectors * length > MostProducts)
        {
            return null;
        }
        double[][] matrix = Gather(All(values), 0, shorter, longer);
        return Worst(
            vectors,
            i => Enumerable.Range(0, i + 1).Max(j => Off(Dot(matrix[i], matrix[j]) / square, i == j)),
            cancellation
        );
    }

    /// <summary>
    /// With taps W_t a convolution keeps lengths when sum_t W_t^T W_(t+s) is gain^2 I for the shift s = 0 and 0 for every
    /// other; of fewer outputs than inputs with the rows in the columns' place.
    /// </summary>
    private static double? OfConvolution(
        TensorDescription tensor,
        SampleValues values,
        double square,
        CancellationToken cancellation
    )
    {
        Steps steps = Steps.Of(tensor);
        (long outputs, long inputs) = (tensor.Outputs / tensor.Groups, tensor.Inputs / tensor.Groups);
        (Axis[] shorter, Axis[] longer) = ([new(inputs, steps.Input)], [new(outputs, steps.Output)]);
        if (outputs < inputs)
        {
            (shorter, longer) = (longer, shorter);
        }
        int taps = (int)Taps(tensor);
        double[] all = All(values);
        double worst = 0;
        for (long group = 0; group < tensor.Groups; group++)
        {
            // Of each tap that isn't all zeros the vectors of the shorter side.
            (int Tap, double[][] Vectors)[] used =
            [
                .. Enumerable
                    .Range(0, taps)
                    .Select(tap => (tap, Gather(all, (group * steps.Group) + (tap * steps.Tap), shorter, longer)))
                    .Where(tap => tap.Item2.Any(vector => vector.Any(x => x != 0))),
            ];
            long vectors = Size(shorter);
            if (0.5 * used.Length * used.Length * vectors * vectors * Size(longer) * tensor.Groups > MostProducts)
            {
                return null;
            }
            var shifts = (
                from a in used
                from b in used
                where a.Tap <= b.Tap
                group (a.Vectors, b.Vectors) by Shift(tensor, a.Tap, b.Tap)
            )
                .Select(shift => (Pairs: shift.ToArray(), IsNone: shift.Key.All(c => c is '0' or ',')))
                .ToArray();
            worst = Math.Max(
                worst,
                Worst(
                    vectors,
                    i =>
                        shifts.Max(shift =>
                            Enumerable
                                .Range(0, (int)vectors)
                                .Max(j =>
                                    Off(
                                        shift.Pairs.Sum(p => Dot(p.Item1[i], p.Item2[j])) / square,
                                        shift.IsNone && i == j
                                    )
                                )
                        ),
                    cancellation
                )
            );
        }
        return worst;
    }

    /// <summary>From one tap to another, along each axis of the kernel.</summary>
    private static string Shift(TensorDescription tensor, long from, long to)
    {
        var shift = new List<long>();
        foreach (long size in tensor.Taps.Reverse())
        {
            shift.Add((to % size) - (from % size));
            (from, to) = (from / size, to / size);
        }
        return string.Join(',', shift);
    }

    private static double Off(double product, bool isOne) => Math.Abs(product - (isOne ? 1 : 0));

    private static double Worst(long vectors, Func<int, double> of, CancellationToken cancellation)
    {
        double[] worst = new double[vectors];
        Parallel.For(0, (int)vectors, new ParallelOptions { CancellationToken = cancellation }, i => worst[i] = of(i));
        return worst.Max();
    }

    /// <summary>Places that an index runs over, and the stored elements between two of them.</summary>
    private readonly record struct Axis(long Size, long Step);

    /// <summary>The stored elements from one group, output, input and tap to the next.</summary>
    private readonly record struct Steps(long Group, long Output, long Input, long Tap)
    {
        public static Steps Of(TensorDescription tensor)
        {
            long taps = Taps(tensor);
            (long outputs, long inputs) = (tensor.Outputs / tensor.Groups, tensor.Inputs / tensor.Groups);
            return tensor.Layout switch
            {
                WeightLayout.TorchTransposed => new(inputs * outputs * taps, taps, outputs * taps, 1),
                WeightLayout.Keras or WeightLayout.KerasDepthwise => new(
                    outputs,
                    1,
                    tensor.Outputs,
                    inputs * tensor.Outputs
                ),
                WeightLayout.KerasTransposed => new(outputs * inputs * taps, inputs, 1, outputs * inputs),
                WeightLayout.Mlx => new(outputs * taps * inputs, taps * inputs, 1, inputs),
                WeightLayout.Embedding => new(1, 1, outputs, 1),
                _ => new(outputs * inputs * taps, inputs * taps, taps, 1),
            };
        }
    }

    /// <summary>What the matrix's rows are: the outputs, or the first stored axis for another framework's generator.</summary>
    private static Axis[] Rows(SampleRequest request)
    {
        TensorDescription tensor = request.Tensor;
        if (request.Framework is not null)
        {
            return IsKeras(tensor)
                ? [new(tensor.Shape[^1], 1)]
                : [new(tensor.Shape[0], tensor.Count / tensor.Shape[0])];
        }
        Steps steps = Steps.Of(tensor);
        return [new(tensor.Groups, steps.Group), new(tensor.Outputs / tensor.Groups, steps.Output)];
    }

    private static Axis[] Columns(SampleRequest request)
    {
        TensorDescription tensor = request.Tensor;
        if (request.Framework is not null)
        {
            return IsKeras(tensor)
                ? [new(tensor.Count / tensor.Shape[^1], tensor.Shape[^1])]
                : [new(tensor.Count / tensor.Shape[0], 1)];
        }
        Steps steps = Steps.Of(tensor);
        return [new(tensor.Inputs / tensor.Groups, steps.Input), new(Taps(tensor), steps.Tap)];
    }

    private static bool IsKeras(TensorDescription tensor) =>
        tensor.Layout is WeightLayout.Keras or WeightLayout.KerasTransposed or WeightLayout.KerasDepthwise;

    private static long Taps(TensorDescription tensor) => tensor.Taps.Aggregate(1L, (a, b) => a * b);

    private static long Size(Axis[] axes) => axes.Aggregate(1L, (size, axis) => size * axis.Size);

    private static double[] All(SampleValues values)
    {
        double[] all = new double[values.Count];
        values.Read(0, all);
        return all;
    }

    private static double[][] Gather(double[] all, long offset, Axis[] vectors, Axis[] along)
    {
        long[] steps = [.. Places(along)];
        return [.. Places(vectors).Select(start => Array.ConvertAll(steps, step => all[offset + start + step]))];
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
