namespace FanIn;

/// <summary>Of which connections a <c>sparse</c> initializer leaves only some.</summary>
public enum SparseAxis
{
    /// <summary>Of those into each output, its in / groups x taps inputs: Martens's rule.</summary>
    Input,

    /// <summary>Of those out of each input, its out / groups x taps outputs: what PyTorch's <c>sparse_</c> does.</summary>
    Output,
}

/// <summary>How many of n connections a sparsity s sets to zero.</summary>
public enum SparseCount
{
    /// <summary>The least whole number that is at least s n, as in PyTorch.</summary>
    Ceil,

    /// <summary>The greatest whole number that is at most s n.</summary>
    Floor,

    /// <summary>The whole number nearest to s n, the even one of two.</summary>
    Round,

    /// <summary>A random number: each connection by itself, with probability s.</summary>
    Bernoulli,
}

public abstract partial class Initializer
{
    /// <summary>
    /// Few connections, which aren't small: of the n connections of each unit about n <paramref name="sparsity"/> are 0, the
    /// others ~ N(0, std^2). Units see different inputs from the start, and how far they saturate doesn't depend on the
    /// layer's width. Martens left 15 connections of std 1 to each unit.
    /// </summary>
    /// <param name="sparsity">The share of zeros, from 0 to 1.</param>
    /// <param name="std">The standard deviation of the others.</param>
    /// <param name="axis">Whether the inputs of each output are thinned out, or the outputs of each input.</param>
    /// <param name="count">
    /// The number of zeros. A product n sparsity within rounding of a whole number is that number: ceil of 0.55 x 100 is
    /// 55 here, in PyTorch 56.
    /// </param>
    /// <remarks>
    /// Martens: Deep learning via Hessian-free optimization, 2010, section 5. Every element has a uniform float64 of the
    /// sub-stream <c>key#positions</c> at its canonical index: zero are those that have the least of their unit (Bernoulli:
    /// those below sparsity). The others have the values that <see cref="Normal"/> gives them.
    /// </remarks>
    public static Initializer Sparse(
        double sparsity = 0.9,
        double std = 0.01,
        SparseAxis axis = SparseAxis.Input,
        SparseCount count = SparseCount.Ceil
    ) => FanIn.Sparse.Form.With(sparsity, std, (int)axis, (int)count);
}

/// <summary>w ~ N(0, std^2) but for some zeros in each unit's connections.</summary>
internal sealed class Sparse : Initializer
{
    public static readonly Form<Initializer> Form = new(
        "sparse",
        [
            FormParameter.Fraction("sparsity", 0.9),
            FormParameter.NotNegative("std", 0.01),
            FormParameter.Choice("axis", SparseAxis.Input),
            FormParameter.Choice("count", SparseCount.Ceil),
        ],
        (form, v) => new Sparse(form, v)
    );

    // Uniforms at a time where units lie across the tensor: a MB.
    private const int BatchLength = 1 << 17;

    private readonly double _sparsity;
    private readonly double _std;
    private readonly SparseAxis _axis;
    private readonly SparseCount _count;

    private Sparse(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments)) =>
        (_sparsity, _std, _axis, _count) = (
            arguments[0],
            arguments[1],
            (SparseAxis)arguments[2],
            (SparseCount)arguments[3]
        );

    public override bool NeedsFan => true;

    private protected override bool IsElementwise => _count == SparseCount.Bernoulli;

    public override ElementDistribution Distribution(TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        FanOf(tensor);
        if (tensor.Count == 0)
        {
            return ElementDistribution.At(0);
        }
        double zeros =
            _count == SparseCount.Bernoulli ? _sparsity : (double)ZerosOf(LineLength(tensor)) / LineLength(tensor);
        return ElementDistribution.ZeroOr(zeros, ElementDistribution.Normal(0, _std));
    }

    private protected override void FillElements<T>(Span<T> destination, TensorDescription tensor, RandomSource source)
    {
        RandomStream positions = source.PartStreamFor(this).Substream("positions");
        source.FillNormal(destination, 0, _std);
        if (_count == SparseCount.Bernoulli)
        {
            ClearBelow(destination, destination.Length == tensor.Count, source, positions);
        }
        else if ((_axis == SparseAxis.Input) != (tensor.Layout == WeightLayout.Embedding))
        {
            ClearLines(destination, tensor, source.Order, positions);
        }
        else
        {
            ClearAcross(destination, tensor, source.Order, positions);
        }
    }

    /// <summary>The connections of one unit.</summary>
    private long LineLength(TensorDescription tensor) =>
        (_axis == SparseAxis.Input ? tensor.Inputs : tensor.Outputs) / tensor.Groups * tensor.TapCount;

    private long ZerosOf(long connections)
    {
        double product = _sparsity * connections;
        double whole = Math.Round(product);
        if (Math.Abs(product - whole) <= product * 1e-15)
        {
            return (long)whole;
        }
        return (long)(
            _count switch
            {
                SparseCount.Ceil => Math.Ceiling(product),
                SparseCount.Floor => Math.Floor(product),
                _ => whole,
            }
        );
    }

    private void ClearBelow<T>(Span<T> destination, bool isWhole, RandomSource source, RandomStream positions)
        where T : unmanaged
    {
        // The whole goes by runs of the canonical order; of a part it isn't known which these would be.
        StoredOrder? canonical = isWhole ? source.Order : null;
        StoredOrder? stored = isWhole ? null : source.Order;
        double[] uniforms = new double[Math.Min(BatchLength, destination.Length)];
        for (int from = 0; from < destination.Length; from += uniforms.Length)
        {
            Span<double> batch = uniforms.AsSpan(0, Math.Min(uniforms.Length, destination.Length - from));
            positions.FillUniform(batch, 0, 1, source.Offset + from, stored);
            for (int i = 0; i < batch.Length; i++)
            {
                if (batch[i] < _sparsity)
                {
                    destination[(int)(canonical?.Place(from + i) ?? (from + i))] = default;
                }
            }
        }
    }

    /// <summary>Where a unit's connections follow one another in the canonical order.</summary>
    private void ClearLines<T>(
        Span<T> destination,
        TensorDescription tensor,
        StoredOrder? order,
        RandomStream positions
    )
        where T : unmanaged
    {
        int length = (int)LineLength(tensor);
        int zeros = (int)ZerosOf(length);
        double[] uniforms = new double[length];
        double[] scratch = new double[length];
        for (int first = 0; zeros > 0 && first < destination.Length; first += length)
        {
            positions.FillUniform(uniforms, offset: first);
            (double threshold, int ties) = Cut(uniforms, scratch, zeros);
            for (int i = 0; i < length; i++)
            {
                if (uniforms[i] < threshold || (uniforms[i] == threshold && ties-- > 0))
                {
                    destination[(int)(order?.Place(first + i) ?? (first + i))] = default;
                }
            }
        }
    }

    /// <summary>
    /// Where they lie across it: [groups, length, units, taps]. Some units at once, so that uniforms are drawn by runs.
    /// </summary>
    private void ClearAcross<T>(
        Span<T> destination,
        TensorDescription tensor,
        StoredOrder? order,
        RandomStream positions
    )
        where T : unmanaged
    {
        int length = (int)LineLength(tensor);
        int zeros = (int)ZerosOf(length);
        int taps = (int)tensor.TapCount;
        int across = length / taps;
        int units = destination.Length / (int)tensor.Groups / length;
        int atOnce = Math.Clamp(BatchLength / length, 1, units);
        double[] uniforms = new double[length * atOnce];
        double[] line = new double[length];
        double[] scratch = new double[length];
        for (int group = 0; zeros > 0 && group < tensor.Groups; group++)
        {
            for (int unit = 0; unit < units; unit += atOnce)
            {
                int run = Math.Min(atOnce, units - unit) * taps;
                for (int n = 0; n < across; n++)
                {
                    positions.FillUniform(uniforms.AsSpan(n * run, run), offset: Index(group, n, unit));
                }
                for (int u = 0; u < run; u += taps)
                {
                    for (int i = 0; i < length; i++)
                    {
                        line[i] = uniforms[(i / taps * run) + u + (i % taps)];
                    }
                    (double threshold, int ties) = Cut(line, scratch, zeros);
                    for (int i = 0; i < length; i++)
                    {
                        if (line[i] < threshold || (line[i] == threshold && ties-- > 0))
                        {
                            int index = Index(group, i / taps, unit) + u + (i % taps);
                            destination[(int)(order?.Place(index) ?? index)] = default;
                        }
                    }
                }
            }
        }

        int Index(int group, int n, int unit) => ((((group * across) + n) * units) + unit) * taps;
    }

    /// <summary>The largest of the so many least numbers, and how many of these equal it: the first ones count.</summary>
    private static (double Threshold, int Ties) Cut(double[] line, double[] scratch, int zeros)
    {
        line.CopyTo(scratch, 0);
        double threshold = Ranked(scratch, zeros - 1);
        int below = 0;
        foreach (double x in line)
        {
            below += x < threshold ? 1 : 0;
        }
        return (threshold, zeros - below);
    }

    /// <summary>The number at a rank, from 0 for the least, by Hoare's quickselect (1961); the others change places.</summary>
    private static double Ranked(double[] numbers, int rank)
    {
        (int first, int last) = (0, numbers.Length - 1);
        while (first < last)
        {
            double pivot = numbers[(first + last) / 2];
            (int i, int j) = (first, last);
            while (i <= j)
            {
                while (numbers[i] < pivot)
                {
                    i++;
                }
                while (numbers[j] > pivot)
                {
                    j--;
                }
                if (i <= j)
                {
                    (numbers[i], numbers[j]) = (numbers[j], numbers[i]);
                    (i, j) = (i + 1, j - 1);
                }
            }
            (first, last) =
                rank <= j ? (first, j)
                : rank >= i ? (i, last)
                : (rank, rank);
        }
        return numbers[rank];
    }
}
