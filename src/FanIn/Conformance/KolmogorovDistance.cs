using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>
/// Kolmogorov's and Smirnov's statistic: the largest difference between the share of elements at most x and the law's
/// probability of it. Exact, though of a million elements it looks at a few thousand: both functions only rise, so that a
/// run of elements in which they can't differ by more than what was found already is passed over.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KolmogorovDistance(double Distance, double At)
{
    public static KolmogorovDistance Of(ConformanceSample sample, RoundedLaw law)
    {
        var search = new Search(sample.Steps.Values, sample.Steps.AtMost, law);
        search.Between(0, sample.Steps.Values.Length);
        return search.Best;
    }

    private sealed class Search(double[] values, int[] atMost, RoundedLaw law)
    {
        private readonly double _count = atMost[^1];

        public KolmogorovDistance Best { get; private set; } = new(0, values[0]);

        /// <summary>Looks through the values of these indices.</summary>
        public void Between(int start, int end)
        {
            if (start >= end)
            {
                return;
            }
            (double before, double after) = (Share(start - 1), Share(end - 1));
            double highest = after - law.Below(values[start]).Low;
            double lowest = law.AtMost(values[end - 1]).High - before;
            if (Math.Max(highest, lowest) <= Best.Distance)
            {
                return;
            }
            int middle = start + ((end - start) / 2);
            Look(middle);
            Between(start, middle);
            Between(middle + 1, end);
        }

        private double Share(int index) => index < 0 ? 0 : atMost[index] / _count;

        private void Look(int index)
        {
            double value = values[index];
            (double low, double high) = law.AtMost(value);
            (double lowBelow, double highBelow) = law.Below(value);
            double distance = Math.Max(
                Math.Max(Share(index) - high, low - Share(index)),
                Math.Max(Share(index - 1) - highBelow, lowBelow - Share(index - 1))
            );
            if (distance > Best.Distance)
            {
                Best = new(distance, value);
            }
        }
    }
}
