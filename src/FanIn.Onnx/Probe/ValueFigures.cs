namespace FanIn.Onnx;

/// <summary>What is kept of one value of a run.</summary>
/// <param name="Statistics">Of all its numbers.</param>
/// <param name="Shape">As it came.</param>
internal sealed record ValueFigures(TensorStatistics Statistics, IReadOnlyList<long> Shape)
{
    public double? Correlation { get; init; }
    public double? TokenCorrelation { get; init; }
    public double? StableRank { get; init; }
    public double? DeadShare { get; init; }
    public double? SaturatedShare { get; init; }
}

/// <summary>Where in a value its examples, units and positions lie.</summary>
/// <param name="Units">The axis of the units: 1 after a convolution, the last after a product.</param>
internal readonly record struct ValueAxes(int Units)
{
    /// <summary>Units last, as dense layers have them.</summary>
    public static ValueAxes Last => new(-1);

    /// <summary>Units behind the batch, as convolutions have them.</summary>
    public static ValueAxes Second => new(1);

    public int UnitAxis(int rank) => Units < 0 ? rank - 1 : Math.Min(Units, rank - 1);
}

/// <summary>Takes the figures of a value, [batch, units, positions] or [batch, positions, units].</summary>
internal static class FigureTaking
{
    /// <summary>Examples or tokens beyond which a stable rank is taken of those before.</summary>
    private const int MostRows = 256;

    public static ValueFigures Of(float[] values, IReadOnlyList<long> shape, ValueAxes axes, Activation? activation)
    {
        TensorStatistics statistics = TensorStatistics.Of(values) with { Histogram = ValueHistogram.Of(values) };
        var figures = new ValueFigures(statistics, shape);
        if (shape.Count < 2 || values.Length == 0 || values.Length > int.MaxValue / 2)
        {
            return figures;
        }
        int axis = axes.UnitAxis(shape.Count);
        int units = (int)shape[axis];
        int batch = axis == 0 ? 1 : (int)shape[0];
        int positions = values.Length / units / batch;
        // [batch, before, units, after]: one of both is 1 but for convolutions in other orders.
        int after = 1;
        for (int i = axis + 1; i < shape.Count; i++)
        {
            after *= (int)shape[i];
        }
        int before = positions / after;
        float[][] means = new float[batch][];
        for (int b = 0; b < batch; b++)
        {
            means[b] = PositionMeans(
                values.AsSpan(b * before * units * after, before * units * after),
                before,
                units,
                after
            );
        }
        float[][]? tokens =
            axis == shape.Count - 1 && positions > 1 ? Rows(values, Math.Min(positions, MostRows), units) : null;
        return figures with
        {
            Correlation = batch > 1 ? MeanCosine(means) : null,
            TokenCorrelation = tokens is null ? null : MeanCosine(tokens),
            StableRank = (tokens ?? (batch > 1 ? means[..Math.Min(batch, MostRows)] : null)) is { } rows
                ? Rank(rows)
                : null,
            DeadShare = Flatness.HasDeadRegion(activation) ? Dead(values, units, after) : null,
            SaturatedShare = Flatness.Threshold(activation) is { } threshold ? Beyond(values, threshold) : null,
        };
    }

    private static float[][] Rows(float[] values, int rows, int units) =>
        [.. Enumerable.Range(0, rows).Select(row => values.AsSpan(row * units, units).ToArray())];

    private static float[] PositionMeans(ReadOnlySpan<float> example, int before, int units, int after)
    {
        double[] sums = new double[units];
        for (int i = 0; i < before; i++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                foreach (float value in example.Slice(((i * units) + unit) * after, after))
                {
                    sums[unit] += value;
                }
            }
        }
        return [.. sums.Select(sum => (float)(sum / (before * after)))];
    }

    /// <summary>Over all pairs of rows: (|sum of r/|r||^2 - n) / (n (n - 1)); null where fewer than two have a direction.</summary>
    private static double? MeanCosine(float[][] rows)
    {
        double[] sum = new double[rows[0].Length];
        int count = 0;
        foreach (float[] row in rows)
        {
            double norm = Math.Sqrt(row.Sum(x => (double)x * x));
            if (norm > 0 && double.IsFinite(norm))
            {
                count++;
                for (int i = 0; i < row.Length; i++)
                {
                    sum[i] += row[i] / norm;
                }
            }
        }
        return count < 2 ? null : Math.Clamp((sum.Sum(x => x * x) - count) / ((double)count * (count - 1)), -1, 1);
    }

    /// <summary>|H|_F^2 / |H|_2^2, the largest singular value by 60 steps of the power method.</summary>
    private static double? Rank(float[][] rows)
    {
        double frobenius = rows.Sum(row => row.Sum(x => (double)x * x));
        if (frobenius == 0 || !double.IsFinite(frobenius))
        {
            return null;
        }
        int units = rows[0].Length;
        // Starts from the sum of rows, each with its own weight, so that no symmetry hides the largest direction.
        double[] v = new double[units];
        for (int r = 0; r < rows.Length; r++)
        {
            for (int i = 0; i < units; i++)
            {
                v[i] += rows[r][i] * (1 + (r * 0.6180339887 % 1));
            }
        }
        double square = 0;
        for (int step = 0; step < 60; step++)
        {
            double norm = Math.Sqrt(v.Sum(x => x * x));
            if (norm == 0)
            {
                break;
            }
            double[] next = new double[units];
            square = 0;
            foreach (float[] row in rows)
            {
                double product = 0;
                for (int i = 0; i < units; i++)
                {
                    product += row[i] * v[i] / norm;
                }
                square += product * product;
                for (int i = 0; i < units; i++)
                {
                    next[i] += product * row[i];
                }
            }
            v = next;
        }
        return square > 0 ? frobenius / square : null;
    }

    /// <summary>A unit is dead when none of its values is above zero; NaN isn't zero: whatever it is, it passes on.</summary>
    private static double Dead(ReadOnlySpan<float> values, int units, int after)
    {
        bool[] alive = new bool[units];
        for (int run = 0; run < values.Length / after; run++)
        {
            foreach (float value in values.Slice(run * after, after))
            {
                alive[run % units] |= !(value <= 0);
            }
        }
        return (double)alive.Count(unit => !unit) / units;
    }

    private static double Beyond(ReadOnlySpan<float> values, double threshold)
    {
        long beyond = 0;
        foreach (float value in values)
        {
            beyond += Math.Abs((double)value) >= threshold ? 1 : 0;
        }
        return (double)beyond / values.Length;
    }
}

/// <summary>Where activations don't pass a gradient on.</summary>
internal static class Flatness
{
    public static bool HasDeadRegion(Activation? activation) => activation?.Name is "relu" or "relu6" or "squared_relu";

    /// <summary>
    /// The size of an input from which on the slope of a bounded activation is under a twentieth of its steepest, which it
    /// has at 0; null for others.
    /// </summary>
    public static double? Threshold(Activation? activation)
    {
        if (
            activation?.Name
            is not (
                "tanh"
                or "lecun_tanh"
                or "atan"
                or "sigmoid"
                or "hardtanh"
                or "hard_sigmoid"
                or "erf"
                or "softsign"
            )
        )
        {
            return null;
        }
        double steepest = activation.Derivative(0) / 20;
        (double low, double high) = (0, 64);
        for (int step = 0; step < 60; step++)
        {
            double middle = (low + high) / 2;
            (low, high) = activation.Derivative(middle) > steepest ? (middle, high) : (low, middle);
        }
        return high;
    }
}
