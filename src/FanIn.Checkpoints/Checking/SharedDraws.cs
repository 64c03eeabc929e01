using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// Tensors that were drawn from the same random numbers, also where their scales or shapes differ: one seed for several layers.
/// Independent numbers agree in the signs of their first 64 once in 10^19 pairs.
/// </summary>
internal static class SharedDraws
{
    private const int Signs = 64;

    /// <summary>Of float32 and bfloat16, of a normal and a uniform from the same numbers; independent ones stay below 0.3.</summary>
    private const double LeastCorrelation = 0.9;

    /// <summary>Where signs are looked at: where a table begins with rows of zeros, behind them.</summary>
    private static readonly ImmutableArray<int> s_places = [0, 128, 512, 1088];

    /// <summary>Groups of two or more, in the order of the first ones.</summary>
    public static IEnumerable<ImmutableArray<TensorCheck>> Among(IEnumerable<TensorCheck> tensors)
    {
        TensorCheck[] all = [.. tensors.Where(tensor => !tensor.Profile!.All.IsConstant)];
        var found = new HashSet<TensorCheck>(ReferenceEqualityComparer.Instance);
        foreach (int place in s_places)
        {
            foreach (
                IGrouping<ulong, TensorCheck> alike in all.Where(tensor =>
                        HasSigns(tensor, place) && !found.Contains(tensor)
                    )
                    .GroupBy(tensor => SignsOf(tensor.Profile!.First.AsSpan(place, Signs)))
            )
            {
                // A pattern of one sign, such as positions, says nothing.
                if (alike.Key == 0)
                {
                    continue;
                }
                var left = alike.ToList();
                while (left.Count > 1)
                {
                    TensorCheck first = left[0];
                    ImmutableArray<TensorCheck> same =
                    [
                        .. left.Where(other =>
                            Correlation(first.Profile!.First, other.Profile!.First) >= LeastCorrelation
                        ),
                    ];
                    left.RemoveAll(tensor => ReferenceEquals(tensor, first) || same.Contains(tensor));
                    if (same.Length > 1)
                    {
                        found.UnionWith(same);
                        yield return same;
                    }
                }
            }
        }
    }

    private static bool HasSigns(TensorCheck tensor, int place) =>
        tensor.Profile!.First.Length >= place + Signs && !tensor.Profile.First.AsSpan(place, Signs).Contains(0);

    /// <summary>Whether two tensors hold the same values, as far as sums and the first ones tell.</summary>
    public static bool AreEqual(TensorCheck a, TensorCheck b) =>
        a.Tensor.Shape.SequenceEqual(b.Tensor.Shape)
        && a.Profile!.All == b.Profile!.All
        && a.Profile.First.AsSpan().SequenceEqual(b.Profile.First);

    /// <summary>The first one positive: a sign in common says nothing.</summary>
    private static ulong SignsOf(ReadOnlySpan<float> values)
    {
        ulong signs = 0;
        for (int i = 0; i < Signs; i++)
        {
            signs |= values[i] > 0 != values[0] > 0 ? 1UL << i : 0;
        }
        return signs;
    }

    private static double Correlation(float[] a, float[] b)
    {
        int n = Math.Min(a.Length, b.Length);
        var (ab, aa, bb) = (0.0, 0.0, 0.0);
        for (int i = 0; i < n; i++)
        {
            // A padding's row of one of them.
            if (a[i] != 0 && b[i] != 0)
            {
                ab += (double)a[i] * b[i];
                aa += (double)a[i] * a[i];
                bb += (double)b[i] * b[i];
            }
        }
        return Math.Abs(ab) / Math.Sqrt(aa * bb);
    }
}
