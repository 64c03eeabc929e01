namespace FanIn.Report;

/// <summary>The symmetric scale of tiles: from -s over 0 to s.</summary>
internal static class TileScale
{
    /// <summary>The size that 99 of 100 weights of the group stay within: a few outliers must not fade all the rest.</summary>
    public static double Of(TileGroup group)
    {
        float[] sizes =
        [
            .. group
                .Panels.SelectMany(panel => panel.Tiles)
                .SelectMany(tile => tile.ToArray())
                .Where(float.IsFinite)
                .Select(Math.Abs),
        ];
        if (sizes.Length == 0)
        {
            return 0;
        }
        Array.Sort(sizes);
        double usual = sizes[(int)(0.99 * (sizes.Length - 1))];
        return usual > 0 ? usual : sizes[^1];
    }

    /// <summary>
    /// One scale for groups whose own differ: the largest, but none that exceeds the median of those above zero a
    /// hundredfold, since a single exploded group would leave all others blank.
    /// </summary>
    public static double Shared(IEnumerable<double> scales)
    {
        double[] positive = [.. scales.Where(scale => scale > 0).Order()];
        return positive.Length == 0 ? 0 : positive.Last(scale => scale <= 100 * positive[positive.Length / 2]);
    }

    /// <summary>The weight's place on the scale, -1 to 1.</summary>
    public static double Relative(double weight, double scale) => scale > 0 ? Math.Clamp(weight / scale, -1, 1) : 0;
}
