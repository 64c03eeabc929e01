using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>How a layer's outputs for different examples and tokens lie to each other.</summary>
/// <param name="Correlation">Mean cosine of two examples' outputs, each the mean over its positions; null with fewer than two.</param>
/// <param name="TokenCorrelation">Mean cosine of two positions of one example; null with fewer than two.</param>
/// <param name="StableRank">|H|_F^2 / |H|_2^2, examples (tokens, where units come last) by units; null for zeros.</param>
internal sealed record OutputGeometry(double? Correlation, double? TokenCorrelation, double? StableRank)
{
    private const int PowerSteps = 30;

    /// <summary>Of any output; all is null where there is nothing to compare, or where a value isn't finite.</summary>
    /// <param name="output">[batch, positions ..., units], or [batch, units, positions ...].</param>
    /// <param name="unitsLast">Which of both.</param>
    /// <param name="withRank">Whether to compute the stable rank too.</param>
    public static OutputGeometry Of(Tensor output, bool unitsLast, bool withRank = false)
    {
        if (output.dim() < 2 || output.numel() == 0)
        {
            return new(null, null, null);
        }
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor values = output.detach().to(ScalarType.Float32).cpu();
        // [batch, positions, units]
        Tensor tokens =
            values.dim() == 2 ? values.unsqueeze(1)
            : unitsLast ? values.flatten(1, values.dim() - 2)
            : values.flatten(2).transpose(1, 2);
        Tensor pooled = tokens.shape[1] == 1 ? tokens.select(1, 0) : tokens.mean([1L], keepdim: false);
        double? rank = null;
        if (withRank)
        {
            rank = Rank(unitsLast ? tokens.flatten(0, 1) : pooled);
        }
        return new(Finite(MeanCosine(pooled.unsqueeze(0))), Finite(MeanCosine(tokens)), Finite(rank));
    }

    /// <summary>The variance, over examples that aren't zeros, of the logarithm of an example's mean square.</summary>
    public static double LogSpread(Tensor output)
    {
        if (output.dim() < 2 || output.shape[0] < 2 || output.numel() == 0)
        {
            return 0;
        }
        int length = (int)(output.numel() / output.shape[0]);
        return CpuTensor.Read(
            output,
            values =>
            {
                (double sum, double squares, int count) = (0, 0, 0);
                for (int start = 0; start < values.Length; start += length)
                {
                    double square = 0;
                    foreach (float x in values.Slice(start, length))
                    {
                        square += (double)x * x;
                    }
                    if (square > 0 && double.IsFinite(square))
                    {
                        double log = Math.Log(square);
                        (sum, squares, count) = (sum + log, squares + (log * log), count + 1);
                    }
                }
                return count < 2 ? 0 : Math.Max(0, (squares - (sum * sum / count)) / (count - 1));
            }
        );
    }

    /// <summary>Of ids: the share of places where two examples have the same one.</summary>
    public static double EqualShare(Tensor ids)
    {
        long examples = ids.dim() == 0 ? 1 : ids.shape[0];
        if (examples < 2 || ids.numel() == 0)
        {
            return 1;
        }
        long[] values = [.. CpuTensor.ToDoubles(ids).Select(x => (long)x)];
        int length = (int)(values.Length / examples);
        double equal = 0;
        for (int place = 0; place < length; place++)
        {
            var counts = new Dictionary<long, long>();
            for (int i = 0; i < examples; i++)
            {
                long id = values[(i * length) + place];
                counts[id] = counts.GetValueOrDefault(id) + 1;
            }
            equal += counts.Values.Sum(n => n * (n - 1.0)) / (examples * (examples - 1.0));
        }
        return equal / length;
    }

    /// <summary>Of [groups, vectors, n]: the mean over groups of the mean cosine between two of a group's vectors.</summary>
    private static double? MeanCosine(Tensor groups)
    {
        long vectors = groups.shape[1];
        if (vectors < 2)
        {
            return null;
        }
        using Tensor norms = groups.mul(groups).sum([-1L], keepdim: true).sqrt();
        // A vector of zeros has no direction: it is like any other.
        using Tensor directions = groups.div(norms);
        double[] sums = CpuTensor.ToDoubles(directions.nan_to_num(0).sum([1L]));
        double[] lengths = CpuTensor.ToDoubles(norms);
        long units = groups.shape[2];
        double mean = 0;
        int counted = 0;
        for (int g = 0; g < groups.shape[0]; g++)
        {
            double square = 0;
            for (int i = 0; i < units; i++)
            {
                square += sums[(g * units) + i] * sums[(g * units) + i];
            }
            int there = 0;
            for (int v = 0; v < vectors; v++)
            {
                double length = lengths[(g * vectors) + v];
                if (!double.IsFinite(length))
                {
                    return null;
                }
                there += length > 0 ? 1 : 0;
            }
            if (there >= 2)
            {
                mean += (square - there) / ((double)there * (there - 1));
                counted++;
            }
        }
        return counted == 0 ? null : Math.Clamp(mean / counted, -1, 1);
    }

    /// <summary>By power iteration on the smaller of both Gram matrices, from the vector of row sums of squares.</summary>
    private static double? Rank(Tensor matrix)
    {
        Tensor values = matrix.to(ScalarType.Float64);
        Tensor rows = values.shape[0] <= values.shape[1] ? values : values.t();
        double total = CpuTensor.Value(rows.mul(rows).sum());
        if (!(total > 0) || !double.IsFinite(total))
        {
            return null;
        }
        Tensor gram = rows.mm(rows.t());
        Tensor vector = gram.diag().sqrt();
        double largest = 0;
        for (int step = 0; step < PowerSteps; step++)
        {
            Tensor next = gram.mv(vector);
            double before = CpuTensor.Value(vector.dot(vector));
            (double last, largest) = (largest, CpuTensor.Value(vector.dot(next)) / before);
            if (Math.Abs(largest - last) <= 1e-4 * largest)
            {
                break;
            }
            vector = next.div(next.norm());
        }
        return total / largest;
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
