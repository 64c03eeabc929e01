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
        TensorCheck[] all = [.. tensors.Where(tensor => !tensor.Profile!.All.IsConstant && !IsCoarse(tensor))];
        var found = new HashSet<TensorCheck>(ReferenceEqualityComparer.Instance);
        foreach (int place in s_places)
        {
            foreach (
                IGrouping<ulong, TensorCheck> alike in all.Where(tensor =>
                        HasSigns(tensor, place) && !found.Contains(tensor)
                    )
                    .GroupBy(tensor => SignsOf(tensor, place))
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
                        .. left.Where(other => Correlation(first.Profile!, other.Profile!) >= LeastCorrelation),
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
    private static ulong SignsOf(TensorCheck tensor, int place)
    {
        // A pattern's mean is nothing that its values are spread around.
        float centre = tensor.IsDrawn ? CentreOf(tensor.Profile!) : 0;
        ReadOnlySpan<float> values = tensor.Profile!.First.AsSpan(place, Signs);
        ulong signs = 0;
        for (int i = 0; i < Signs; i++)
        {
            signs |= values[i] > centre != values[0] > centre ? 1UL << i : 0;
        }
        return signs;
    }

    /// <summary>The mean where 0 is farther off than a deviation: about 0 all such tensors are alike.</summary>
    private static float CentreOf(TensorProfile profile) =>
        profile.All.Mean * profile.All.Mean > profile.All.Variance ? (float)profile.All.Mean : 0;

    private static bool IsCoarse(TensorCheck tensor) =>
        TensorLaw.IsCoarse(tensor.Profile!.All.Mean, Math.Sqrt(tensor.Profile.All.Variance), tensor.Tensor.Type);

    private static double Correlation(TensorProfile one, TensorProfile other)
    {
        (float[] a, float[] b) = (one.First, other.First);
        (double centreA, double centreB) = (CentreOf(one), CentreOf(other));
        int n = Math.Min(a.Length, b.Length);
        var (ab, aa, bb) = (0.0, 0.0, 0.0);
        for (int i = 0; i < n; i++)
        {
            // A padding's row of one of them.
            if (a[i] != 0 && b[i] != 0)
            {
                (double x, double y) = (a[i] - centreA, b[i] - centreB);
                ab += x * y;
                aa += x * x;
                bb += y * y;
            }
        }
        return Math.Abs(ab) / Math.Sqrt(aa * bb);
    }
}
