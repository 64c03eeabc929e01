using System.Globalization;

namespace FanIn.Cli.Sample;

/// <summary>
/// A histogram as lines of text: a bar a bin, as long as its density, and a mark where it is expected to end, if it is.
/// </summary>
internal static class HistogramText
{
    /// <summary>One to eight eighths of a character, and the mark.</summary>
    public const string Blocks = "▏▎▍▌▋▊▉█│";

    private const string Ascii = "       #|";
    private const int LeastBar = 8;

    /// <param name="histogram">What to draw.</param>
    /// <param name="width">The longest line.</param>
    /// <param name="blocks">False where only ASCII can be shown.</param>
    public static IEnumerable<string> Lines(SampleHistogram histogram, int width, bool blocks)
    {
        string signs = blocks ? Blocks : Ascii;
        Bin[] bins =
        [
            .. histogram.Below.Count > 0 || histogram.Below.Expected is > 0 ? [histogram.Below] : Array.Empty<Bin>(),
            .. histogram.Bins,
            histogram.Above,
        ];
        Func<double, string> edge = EdgeFormat(histogram);
        string[] edges = [.. bins.Select(bin => double.IsFinite(bin.Low) ? edge(bin.Low) : "below")];
        string[] counts = [.. bins.Select(bin => IsEnd(bin) ? "" : SampleText.Count(bin.Count))];
        string[] expected = [.. bins.Select(bin => IsEnd(bin) ? "" : Expected(bin.Expected))];
        int edgeWidth = Math.Max("from".Length, edges.Max(e => e.Length));
        int countWidth = Math.Max("drawn".Length, counts.Max(c => c.Length));
        bool foretells = histogram.Above.Expected is not null;
        int expectedWidth = foretells ? Math.Max("expected".Length, expected.Max(e => e.Length)) + 2 : 0;
        int barWidth = Math.Max(LeastBar, width - edgeWidth - countWidth - expectedWidth - 4);
        // Densities by the narrowest bin's width: by 1 they would overflow where bins are minute.
        double unit = histogram.Bins.Min(bin => bin.High - bin.Low);
        double highest = histogram.Bins.Max(bin =>
            Math.Max(bin.Count, bin.Expected ?? 0) / ((bin.High - bin.Low) / unit)
        );
        double scale = (barWidth - 1) / highest;

        string legend = foretells ? $"{signs[7]} drawn, {signs[8]} expected" : "";
        yield return Line("from", legend.Length <= barWidth ? legend : "", "drawn", foretells ? "expected" : "");
        for (int i = 0; i < bins.Length; i++)
        {
            yield return Line(edges[i], Bar(bins[i], unit, scale, signs), counts[i], expected[i]);
        }

        string Line(string from, string bar, string drawn, string foretold) =>
            $"{from.PadLeft(edgeWidth)}  {bar.PadRight(barWidth)}  {drawn.PadLeft(countWidth)}{foretold.PadLeft(expectedWidth)}".TrimEnd();
    }

    /// <summary>Nothing for the end of a bounded law, beyond which nothing is expected and nothing was drawn.</summary>
    private static bool IsEnd(Bin bin) => bin.Count == 0 && (bin.Expected ?? 0) == 0 && double.IsInfinity(bin.High);

    private static string Expected(double? count) =>
        count?.ToString(count is > 0 and < 9.95 ? "0.0" : "N0", CultureInfo.InvariantCulture) ?? "";

    private static string Bar(Bin bin, double unit, double scale, string signs)
    {
        double width = (bin.High - bin.Low) / unit;
        if (!double.IsFinite(width))
        {
            return "";
        }
        int eighths = (int)Math.Round(bin.Count / width * scale * 8);
        string rest = eighths % 8 == 0 ? "" : signs[(eighths % 8) - 1].ToString();
        string drawn = new string(signs[7], eighths / 8) + rest;
        if (bin.Expected is not { } expected)
        {
            return drawn;
        }
        int mark = (int)(expected / width * scale);
        char[] bar = drawn.PadRight(mark + 1).ToCharArray();
        bar[mark] = signs[8];
        return new string(bar);
    }

    /// <summary>As many decimals as tell neighbouring edges apart.</summary>
    private static Func<double, string> EdgeFormat(SampleHistogram histogram)
    {
        double largest = Math.Max(Math.Abs(histogram.Bins[0].Low), Math.Abs(histogram.Bins[^1].High));
        double narrowest = histogram.Bins.Min(bin => bin.High - bin.Low);
        if (largest is < 1e-3 or >= 1e7)
        {
            int digits = 1 + Math.Max(1, (int)Math.Ceiling(Math.Log10(largest / narrowest)));
            string pattern = $"0.{new string('0', Math.Min(digits, 15))}e0";
            return x => (Math.Abs(x) < narrowest / 100 ? 0 : x).ToString(pattern, CultureInfo.InvariantCulture);
        }
        int decimals = Math.Clamp(2 - (int)Math.Floor(Math.Log10(narrowest)), 0, 15);
        return x => (Math.Round(x, decimals) + 0.0).ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }
}
