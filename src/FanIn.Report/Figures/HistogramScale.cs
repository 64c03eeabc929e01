namespace FanIn.Report;

/// <summary>How far histograms reach, and how high: what page and picture must agree on.</summary>
internal static class HistogramScale
{
    // Beyond each end of the bulk lies this share of the values.
    private const double Tail = 0.0025;

    /// <summary>How far from zero the bulk of the values lies: all but one in 200; 0 for an empty histogram.</summary>
    public static double Reach(LayerHistogram layer)
    {
        if (!double.IsFinite(layer.Low) || !double.IsFinite(layer.High))
        {
            return 0;
        }
        double total = layer.Counts.Sum(Count);
        if (!(total > 0))
        {
            return 0;
        }
        int bins = layer.Counts.Count;
        int first = 0;
        for (double seen = Count(layer.Counts[0]); seen <= total * Tail; seen += Count(layer.Counts[first]))
        {
            first++;
        }
        int last = bins - 1;
        for (double seen = Count(layer.Counts[last]); seen <= total * Tail; seen += Count(layer.Counts[last]))
        {
            last--;
        }
        double width = (layer.High - layer.Low) / bins;
        return Math.Max(Math.Abs(layer.Low + first * width), Math.Abs(layer.Low + (last + 1) * width));
    }

    /// <summary>
    /// One reach for all groups: the widest of them, but none that exceeds the median of those above zero a
    /// hundredfold, since a single exploded group would turn all others into a line.
    /// </summary>
    public static double Shared(IEnumerable<HistogramGroup> groups) =>
        TileScale.Shared(groups.Select(group => group.Layers.Select(Reach).DefaultIfEmpty().Max()));

    /// <summary>
    /// The count that takes the full height. One bin far above all others (the zeros of a ReLU) is cut off, so that the
    /// rest keeps a shape.
    /// </summary>
    public static double Full(LayerHistogram layer)
    {
        double[] highest = [.. layer.Counts.Select(Count).OrderDescending().Take(3)];
        return highest.Length switch
        {
            0 => 0,
            3 when highest[0] > 6 * highest[1] && highest[2] > highest[1] / 4 => highest[1] * 1.6,
            _ => highest[0],
        };
    }

    /// <summary>A count as it is drawn: what is not a positive number is none.</summary>
    public static double Count(double count) => double.IsFinite(count) && count > 0 ? count : 0;
}
