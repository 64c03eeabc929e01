using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// Tensors that were drawn from the same random numbers, also where their scales or shapes differ: one seed for several layers.
/// Independent numbers agree in the signs of their first 64 once in 10^19 pairs.
/// </summary>
internal static class SharedDraws
{
    private const int Signs = 64;

    /// <summary>Of float32 and bfloat16, of a normal and a uniform from the same numbers; independent ones stay below 0.6.</summary>
    private const double LeastCorrelation = 0.9;

    /// <summary>Groups of two or more, in the order of the first ones.</summary>
    public static IEnumerable<ImmutableArray<TensorCheck>> Among(IEnumerable<TensorCheck> tensors)
    {
        foreach (
            IGrouping<ulong, TensorCheck> alike in tensors
                .Where(tensor => tensor.Profile is { First.Length: >= Signs, All.IsConstant: false })
                .Where(tensor => !tensor.Profile!.First.AsSpan(0, Signs).Contains(0))
                .GroupBy(tensor => SignsOf(tensor.Profile!.First))
        )
        {
            // A pattern of one sign, such as positions, says nothing.
            if (alike.Key is 0 or ulong.MaxValue)
            {
                continue;
            }
            var left = alike.ToList();
            while (left.Count > 1)
            {
                TensorCheck first = left[0];
                ImmutableArray<TensorCheck> same =
                [
                    .. left.Where(other => Correlation(first.Profile!.First, other.Profile!.First) >= LeastCorrelation),
                ];
                left.RemoveAll(same.Contains);
                left.Remove(first);
                if (same.Length > 1)
                {
                    yield return same;
                }
            }
        }
    }

    /// <summary>Whether two tensors hold the same values, as far as sums and the first ones tell.</summary>
    public static bool AreEqual(TensorCheck a, TensorCheck b) =>
        a.Tensor.Shape.SequenceEqual(b.Tensor.Shape)
        && a.Profile!.All == b.Profile!.All
        && a.Profile.First.AsSpan().SequenceEqual(b.Profile.First);

    private static ulong SignsOf(float[] values)
    {
        ulong signs = 0;
        for (int i = 0; i < Signs; i++)
        {
            signs |= values[i] > 0 ? 1UL << i : 0;
        }
        return signs;
    }

    private static double Correlation(float[] a, float[] b)
    {
        int n = Math.Min(a.Length, b.Length);
        var (ab, aa, bb) = (0.0, 0.0, 0.0);
        for (int i = 0; i < n; i++)
        {
            ab += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }
        return ab / Math.Sqrt(aa * bb);
    }
}
