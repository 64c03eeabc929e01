using System.Globalization;

namespace FanIn.Cli.Sample;

/// <summary>A drawn tensor for a person: what it is, its statistics, its histogram.</summary>
internal sealed class SampleText(Terminal terminal)
{
    private const int WidestPicture = 100;
    private const int NarrowestPage = 50;

    private readonly int _width = terminal.OutputIsWatched ? Math.Max(terminal.Width ?? 80, NarrowestPage) : 80;

    public void Show(SampleResult result)
    {
        SampleRequest request = result.Request;
        string fan = request.Tensor.Fan is { } f ? $", fan-in {Number(f.In)}, fan-out {Number(f.Out)}" : "";
        Lines($"{request.Initializer} for {request.Tensor}, {Spelling.Word(request.ElementType)}{fan}");
        Lines(
            request.Framework is null
                ? $"seed {request.Seed}, key {request.Key}"
                : $"{request.Rng}'s random numbers, seed {request.Seed}"
        );
        terminal.Output.WriteLine();
        if (result.Statistics is { } statistics)
        {
            Table(statistics, result);
        }
        else
        {
            Lines("The tensor has no elements.");
        }
        if (result.Histogram is { } histogram)
        {
            terminal.Output.WriteLine();
            int width = Math.Min(_width, WidestPicture) - 1;
            foreach (string line in HistogramText.Lines(histogram, width, terminal.CanShow(HistogramText.Blocks)))
            {
                terminal.Output.WriteLine(line);
            }
        }
        if (request.Out is not null)
        {
            terminal.Output.WriteLine();
            terminal.Output.WriteLine($"Values: {request.Out}");
        }
    }

    /// <summary>Five digits, or as many as there are before the point and two behind it.</summary>
    public static string Number(double value) =>
        double.IsNaN(value) ? "-"
        : value != 0 && Math.Abs(value) is < 1e-4 or >= 1e9 ? value.ToString("0.0##e0", CultureInfo.InvariantCulture)
        : (value + 0.0).ToString(Math.Abs(value) < 1e4 ? "G5" : "0.##", CultureInfo.InvariantCulture);

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private void Table(SampleStatistics statistics, SampleResult result)
    {
        ElementDistribution? law = result.Request.Expected;
        var rows = new List<string[]>
        {
            new[] { "count", Count(statistics.Count), "", "" },
            new[] { "mean", Number(statistics.Mean), Expected(law?.Mean), Errors(result.MeanErrors) },
            new[] { "std", Number(statistics.Std), Expected(result.Request.ExpectedStd), Errors(result.StdErrors) },
            new[] { "min", Number(statistics.Min), Expected(result.ExpectedMin), "" },
            new[] { "max", Number(statistics.Max), Expected(result.ExpectedMax), "" },
            new[] { "skewness", Number(statistics.Skewness), Expected(law?.Skewness), "" },
            new[] { "excess kurtosis", Number(statistics.ExcessKurtosis), Expected(law?.ExcessKurtosis), "" },
            new[] { "zeros", Count(statistics.Zeros), "", "" },
        };
        if (statistics.NotFinite > 0)
        {
            rows.Add(["not finite", Count(statistics.NotFinite), "", ""]);
        }
        if (result.Orthogonality is { Residual: { } residual })
        {
            rows.Add(["max |Q'Q - I|", Number(residual), "0", ""]);
        }
        bool hasErrors = rows.Exists(row => row[3].Length > 0);
        int[] shown = rows.Exists(row => row[2].Length > 0) ? [0, 1, 2, 3] : [0, 1, 3];
        string[] titles = ["statistic", "drawn", "expected", hasErrors ? "standard errors off" : ""];
        var columns = Columns.Of(
            [.. shown.Select(i => titles[i])],
            [.. rows.Select(row => (string[])[.. shown.Select(i => row[i])])],
            _width
        );
        foreach (string line in columns.Heading)
        {
            terminal.Output.WriteLine(line);
        }
        for (int i = 0; i < rows.Count; i++)
        {
            (string[] lines, string last) = columns.Row(i);
            foreach (string line in lines[..^1])
            {
                terminal.Output.WriteLine(line);
            }
            terminal.Output.WriteLine((lines[^1] + last).TrimEnd());
        }
        string type = Spelling.Word(result.Request.ElementType);
        if (statistics.NotFinite > 0)
        {
            Lines($"Values beyond the range of {type} became infinite.");
        }
        if (result.IsCoarse)
        {
            Lines($"Here the values of {type} lie too far apart for the statistics to be those of the formula.");
        }
        if (result.Orthogonality is { Residual: null })
        {
            Lines("The weight is too big to compare every pair of its vectors.");
        }
    }

    private static string Expected(double? value) => value is { } number ? Number(number) : "";

    private static string Errors(double errors) =>
        double.IsNaN(errors) ? "" : errors.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    private void Lines(string text)
    {
        foreach (string line in Wrapping.Lines(text, _width - 1))
        {
            terminal.Output.WriteLine(line);
        }
    }
}
