using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace FanIn.Onnx;

/// <summary>What a check keeps of one parameter.</summary>
internal static class ParameterFigures
{
    /// <summary>Comparing units takes their number squared.</summary>
    private const int MostUnits = 8192;

    /// <summary>Multiplications that it may take to see whether a matrix is orthogonal.</summary>
    private const long MostProducts = 1L << 29;

    private const double Tolerance = 1e-3;

    /// <param name="parameter">The parameter.</param>
    /// <param name="values">As the model computes with them; null where they aren't read.</param>
    /// <param name="biases">Of the layer, where it has one for each unit; else empty.</param>
    public static ParameterObservation Observe(OnnxParameter parameter, float[]? values, float[] biases)
    {
        ParameterDescription description = parameter.Description;
        if (values is null)
        {
            return new(description, TensorStatistics.Of([]));
        }
        TensorStatistics statistics = TensorStatistics.Of(values);
        if (parameter.Constant.Sparse is not null)
        {
            return new(description, WithZeros(statistics, parameter.Constant.Count));
        }
        int? units = null;
        double? neighbours = null;
        if (Rows(description, values) is { } rows)
        {
            neighbours = NeighbourCorrelation.Of(rows.Matrix, rows.Units);
            units =
                rows.Units <= MostUnits
                    ? DistinctUnits.Count(rows.Matrix, rows.Units, biases.Length == rows.Units ? biases : [])
                    : null;
        }
        return new(description, statistics)
        {
            DistinctUnits = units,
            NeighbourCorrelation = neighbours,
            Fingerprint = Fingerprint(description, values),
            MistakenFans = MistakenFans(description),
        };
    }

    /// <summary>The law of a weight's values.</summary>
    public static WeightLaw Law(ParameterDescription description, float[] values)
    {
        TensorStatistics statistics = TensorStatistics.Of(values);
        return new(statistics.Rms * statistics.Rms, IsOrthogonal(description, values));
    }

    private static bool IsOrthogonal(ParameterDescription description, float[] values)
    {
        TensorDescription tensor = description.Tensor;
        if (tensor.Groups != 1 || Rows(description, values) is not { } rows || rows.Units == 0)
        {
            return false;
        }
        int inputs = rows.Matrix.Length / rows.Units;
        float[] matrix = rows.Units <= inputs ? rows.Matrix : Transposed(rows.Matrix, rows.Units, inputs);
        (int count, int length) = (Math.Min(rows.Units, inputs), Math.Max(rows.Units, inputs));
        if (count < 2 || (long)count * count * length / 2 > MostProducts)
        {
            return false;
        }
        double mean = values.Sum(x => (double)x * x) / count;
        for (int a = 0; a < count; a++)
        {
            // Random rows are far from it, which the first ones show.
            for (int b = a; b < count; b++)
            {
                double product = 0;
                for (int i = 0; i < length; i++)
                {
                    product += (double)matrix[(a * length) + i] * matrix[(b * length) + i];
                }
                if (!(Math.Abs(product - (a == b ? mean : 0)) <= Tolerance * mean))
                {
                    return false;
                }
            }
        }
        return mean > 0;
    }

    /// <summary>One row a unit; null where the parameter has no such form.</summary>
    private static (float[] Matrix, int Units)? Rows(ParameterDescription description, float[] values)
    {
        TensorDescription tensor = description.Tensor;
        if (description.Role != ParameterRole.Weight || values.Length == 0)
        {
            return null;
        }
        if (!description.Blocks.IsEmpty)
        {
            // Gates and the like: rows below each other, or side by side in [in, blocks x out].
            return (tensor.Shape, description.BlockAxis) switch
            {
                ([var rows, _], 0) => (values, (int)rows),
                ([1, var rows, _], 1) => (values, (int)rows),
                ([var inputs, var outputs], 1) => (Transposed(values, (int)inputs, (int)outputs), (int)outputs),
                _ => null,
            };
        }
        switch (tensor.Layout)
        {
            case WeightLayout.Torch:
                return (values, (int)tensor.Outputs);
            case WeightLayout.Keras:
                return (
                    Transposed(values, values.Length / (int)tensor.Outputs, (int)tensor.Outputs),
                    (int)tensor.Outputs
                );
            case WeightLayout.KerasTransposed when tensor.Taps is [1]:
                return (values, (int)tensor.Outputs);
            case WeightLayout.TorchTransposed:
                // [groups, in / groups, out / groups, taps].
                int groups = (int)tensor.Groups;
                (int inputs2, int outputs2) = ((int)tensor.Inputs / groups, (int)tensor.Outputs / groups);
                int taps = values.Length / groups / inputs2 / outputs2;
                var matrix = new float[values.Length];
                for (int i = 0; i < values.Length; i++)
                {
                    (int tap, int output, int input, int group) = (
                        i % taps,
                        i / taps % outputs2,
                        i / taps / outputs2 % inputs2,
                        i / taps / outputs2 / inputs2
                    );
                    matrix[(((((group * outputs2) + output) * inputs2) + input) * taps) + tap] = values[i];
                }
                return (matrix, (int)tensor.Outputs);
            default:
                return null;
        }
    }

    private static float[] Transposed(float[] values, int rows, int columns)
    {
        var transposed = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                transposed[(column * rows) + row] = values[(row * columns) + column];
            }
        }
        return transposed;
    }

    /// <summary>
    /// What frameworks compute from the stored shape alone: [out, in, taps ...], though it is that of a transposed
    /// convolution, of grouped or packed matrices, or stored as [in, out].
    /// </summary>
    private static ImmutableArray<Fan> MistakenFans(ParameterDescription parameter)
    {
        ImmutableArray<long> shape = parameter.Tensor.Shape;
        if (parameter.Role != ParameterRole.Weight || shape.Length < 2)
        {
            return [];
        }
        double taps = shape.Skip(2).Aggregate(1.0, (a, b) => a * b);
        Fan convention = new(shape[1] * taps, shape[0] * taps);
        Fan? own = parameter.Blocks.IsEmpty ? parameter.Tensor.Fan : parameter.Blocks[0].Tensor.Fan;
        return own is null || own == convention ? [] : [convention];
    }

    private static string Fingerprint(ParameterDescription description, float[] values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(
            Encoding.UTF8.GetBytes($"{description.ElementType} [{string.Join(',', description.Tensor.Shape)}]")
        );
        // In pieces: the bytes of a large array are more than one span holds.
        const int Piece = 1 << 24;
        for (int start = 0; start < values.Length; start += Piece)
        {
            hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(Piece, values.Length - start))));
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>The same with the values that aren't stored: all of them 0.</summary>
    private static TensorStatistics WithZeros(TensorStatistics stored, long count)
    {
        double share =
            count == 0 ? 0 : (double)(stored.Count - stored.NonFinite) / Math.Max(1, count - stored.NonFinite);
        return stored with
        {
            Count = count,
            Mean = stored.Mean * share,
            Rms = stored.Rms * Math.Sqrt(share),
            FourthMoment = share == 0 ? 0 : stored.FourthMoment / share,
            Zeros = stored.Zeros + (count - stored.Count),
        };
    }
}
