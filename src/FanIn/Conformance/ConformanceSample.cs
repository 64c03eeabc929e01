namespace FanIn;

/// <summary>Drawn values, their moments and their distribution function.</summary>
internal sealed class ConformanceSample
{
    private readonly Lazy<(double[] Values, int[] AtMost)> _distinct;

    public ConformanceSample(double[] values)
    {
        Values = values;
        Least = values.Min();
        Most = values.Max();
        // Around a value of the sample, so that nothing cancels where the mean is far from 0.
        double origin = values[0];
        double sum = Pieces(values, x => x - origin);
        Mean = origin + (sum / values.Length);
        Variance = Pieces(values, x => (x - Mean) * (x - Mean)) / values.Length;
        _distinct = new(Distinct);
    }

    public double[] Values { get; }

    public double Mean { get; }

    /// <summary>The mean square around the mean.</summary>
    public double Variance { get; }

    public double Least { get; }

    public double Most { get; }

    public bool IsConstant => Least == Most;

    /// <summary>The different values in order, and how many elements are at most that.</summary>
    public (double[] Values, int[] AtMost) Steps => _distinct.Value;

    /// <summary>How many elements are at most <paramref name="value"/>.</summary>
    public int CountAtMost(double value)
    {
        (double[] values, int[] atMost) = Steps;
        int index = Array.BinarySearch(values, value);
        index = index < 0 ? ~index - 1 : index;
        return index < 0 ? 0 : atMost[index];
    }

    /// <summary>The share of the commonest value.</summary>
    public double LargestShare()
    {
        int[] atMost = Steps.AtMost;
        int most = 0;
        for (int i = 0; i < atMost.Length; i++)
        {
            most = Math.Max(most, atMost[i] - (i == 0 ? 0 : atMost[i - 1]));
        }
        return (double)most / Values.Length;
    }

    /// <summary>
    /// The correlation of two sequences: of values with those at the same place, or of a tensor with itself, moved by
    /// <paramref name="lag"/>.
    /// </summary>
    public static double Correlation(double[] a, double[] b, int lag = 0)
    {
        int n = a.Length - lag;
        (double meanA, double meanB) = (0, 0);
        for (int i = 0; i < n; i++)
        {
            (meanA, meanB) = (meanA + a[i], meanB + b[i + lag]);
        }
        (meanA, meanB) = (meanA / n, meanB / n);
        (double ab, double aa, double bb) = (0, 0, 0);
        for (int i = 0; i < n; i++)
        {
            (double x, double y) = (a[i] - meanA, b[i + lag] - meanB);
            (ab, aa, bb) = (ab + (x * y), aa + (x * x), bb + (y * y));
        }
        // Of something constant nothing can be said.
        return aa > 0 && bb > 0 ? ab / Math.Sqrt(aa * bb) : 0;
    }

    /// <summary>A sum of sums of a few thousand: the error is that of thousands of additions, not of millions.</summary>
    private static double Pieces(double[] values, Func<double, double> term)
    {
        double total = 0;
        for (int start = 0; start < values.Length; start += 4096)
        {
            double sum = 0;
            foreach (double x in values.AsSpan(start, Math.Min(4096, values.Length - start)))
            {
                sum += term(x);
            }
            total += sum;
        }
        return total;
    }

    private (double[] Values, int[] AtMost) Distinct()
    {
        double[] sorted = [.. Values];
        Array.Sort(sorted);
        (List<double> values, List<int> atMost) = ([], []);
        for (int i = 0; i < sorted.Length; i++)
        {
            if (i + 1 == sorted.Length || sorted[i + 1] != sorted[i])
            {
                // -0 and 0 are one value.
                values.Add(sorted[i] + 0.0);
                atMost.Add(i + 1);
            }
        }
        return ([.. values], [.. atMost]);
    }
}
