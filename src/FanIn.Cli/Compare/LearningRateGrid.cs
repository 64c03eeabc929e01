using System.Globalization;

namespace FanIn.Cli.Compare;

/// <summary>A learning rate, <c>0.01</c>, or a grid of them, <c>1e-4..1e-1:7</c>: equal steps on a logarithmic axis, both ends included.</summary>
internal static class LearningRateGrid
{
    private const int MostRates = 100;

    public static IReadOnlyList<double> Read(string text)
    {
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0)
        {
            return [Rate(text, text)];
        }
        int colon = text.LastIndexOf(':');
        if (
            colon < dots
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || count is < 2 or > MostRates
        )
        {
            throw new UsageException(
                $"--learning-rate '{text}' must say how many rates, 2 to {MostRates}, after a colon, as in 1e-4..1e-1:7"
            );
        }
        double low = Rate(text[..dots], text);
        double high = Rate(text[(dots + 2)..colon], text);
        if (low >= high)
        {
            throw new UsageException(
                $"--learning-rate '{text}' must go from a lower to a higher rate, as in 1e-4..1e-1:7"
            );
        }
        double step = Math.Log(high / low) / (count - 1);
        double[] rates =
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    i == 0 ? low
                    : i == count - 1 ? high
                    : Round(low * Math.Exp(i * step))
                ),
        ];
        return rates.Distinct().Count() == count
            ? rates
            : throw new UsageException(
                $"--learning-rate '{text}' has rates that are the same to three digits: take fewer, or a wider range"
            );
    }

    /// <summary>Three digits are as many as anyone would write.</summary>
    private static double Round(double rate) =>
        double.Parse(rate.ToString("0.##e0", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static double Rate(string text, string whole) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double rate)
        && rate > 0
        && rate <= float.MaxValue
            ? rate
            : throw new UsageException(
                $"--learning-rate '{whole}' must be a number above 0 and within float32, such as 0.003, or a grid, such as 1e-4..1e-1:7"
            );
}
