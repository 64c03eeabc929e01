using System.Collections.Immutable;

namespace FanIn.Cli.Sample;

/// <summary>How many values an interval holds, and how many are expected there: null where there is no law.</summary>
internal readonly record struct Bin(double Low, double High, long Count, double? Expected);

/// <summary>
/// Drawn values by size, within four standard deviations and the law's bounds, or without a law within the values' own;
/// what lies beyond is counted.
/// </summary>
internal sealed record SampleHistogram(Bin Below, ImmutableArray<Bin> Bins, Bin Above)
{
    private const int MostBins = 20;
    private const double Reach = 4;

    /// <summary>Null where there is nothing to show: no values, or a law of one value.</summary>
    public static SampleHistogram? Of(
        SampleValues values,
        SampleStatistics? statistics,
        ElementDistribution? law,
        ElementType type,
        CancellationToken cancellation
    )
    {
        if (statistics is null)
        {
            return null;
        }
        var scope = law is null
            ? new Scope(statistics.Mean, statistics.Std, statistics.Min, statistics.Max)
            : new Scope(law.Mean, law.StandardDeviation, law.Low, law.High);
        if (!(scope.Std > 0))
        {
            return null;
        }
        double[] edges = Edges(scope, RoundingGrid.Of(type));
        // First and last are what lies beyond.
        long[] counts = new long[edges.Length + 1];
        double scale = (edges.Length - 1) / (edges[^1] - edges[0]);
        values.Visit(
            piece =>
            {
                foreach (double x in piece)
                {
                    if (!double.IsNaN(x))
                    {
                        counts[Place(edges, scale, x)]++;
                    }
                }
            },
            cancellation
        );
        double[]? cumulative = law is null ? null : [0, .. edges.Select(law.Cdf), 1];
        double[] bounds = [double.NegativeInfinity, .. edges, double.PositiveInfinity];
        Bin[] bins =
        [
            .. counts.Select(
                (count, i) =>
                    new Bin(
                        bounds[i],
                        bounds[i + 1],
                        count,
                        cumulative is null ? null : values.Count * (cumulative[i + 1] - cumulative[i])
                    )
            ),
        ];
        return new(bins[0], [.. bins[1..^1]], bins[^1]);
    }

    /// <summary>Where values are to be looked for.</summary>
    private readonly record struct Scope(double Mean, double Std, double Low, double High);

    private static double[] Edges(Scope scope, RoundingGrid grid)
    {
        double reach = Reach * scope.Std;
        bool reachesLow = scope.Low < scope.Mean - reach;
        bool reachesHigh = scope.High > scope.Mean + reach;
        double low = reachesLow ? scope.Mean - reach : scope.Low;
        double high = reachesHigh ? scope.Mean + reach : scope.High;
        double first = reachesLow ? grid.Near(low) : grid.Below(low);
        double last = reachesHigh ? grid.Near(high) : grid.Above(high);
        // What would be rounded to a bound or past it may have got the value next to it.
        double least = reachesLow ? first : low + grid.Spacing(low);
        double most = reachesHigh ? last : high - grid.Spacing(high);
        IEnumerable<double> between = Enumerable
            .Range(1, MostBins - 1)
            .Select(i => grid.Near(low + ((high - low) * i / MostBins)))
            .Where(edge => edge > least && edge < most);
        return [first, .. between.Distinct(), last];
    }

    /// <summary>0 below the first edge, i from edge i - 1 on.</summary>
    private static int Place(double[] edges, double scale, double x)
    {
        int place = (int)Math.Clamp((x - edges[0]) * scale, -1, edges.Length - 1) + 1;
        while (place > 0 && x < edges[place - 1])
        {
            place--;
        }
        while (place < edges.Length && x >= edges[place])
        {
            place++;
        }
        return place;
    }
}
