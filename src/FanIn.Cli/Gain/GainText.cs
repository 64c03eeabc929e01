using System.Collections.Immutable;
using System.Globalization;

namespace FanIn.Cli.Gain;

/// <summary>Gains for a person: a line each, or for a single activation its numbers to more digits.</summary>
internal sealed class GainText(Terminal terminal)
{
    private const int NarrowestPage = 50;

    /// <summary>Where nobody watches, headings and rows have one line each.</summary>
    private const int Unwatched = 120;

    private static readonly string[] s_titles =
    [
        "activation",
        "mean",
        "E f^2",
        "Var f",
        "E f'^2",
        "forward gain",
        "backward gain",
        "variance gain",
        "torch gain",
    ];

    private readonly int _width = terminal.OutputIsWatched ? Math.Max(terminal.Width ?? 80, NarrowestPage) : Unwatched;

    public void Show(ImmutableArray<GainRow> rows)
    {
        if (rows.Length == 1)
        {
            ShowOne(rows[0]);
            return;
        }
        Columns columns = Table(rows, _ => true);
        bool isNarrow = !columns.Fits;
        if (isNarrow)
        {
            columns = Table(rows, IsGain);
        }
        foreach (string line in columns.Heading)
        {
            terminal.Output.WriteLine(line);
        }
        for (int i = 0; i < rows.Length; i++)
        {
            (string[] lines, string last) = columns.Row(i);
            foreach (string line in lines[..^1])
            {
                terminal.Output.WriteLine(line);
            }
            terminal.Output.WriteLine(lines[^1] + last);
        }
        if (isNarrow)
        {
            terminal.Output.WriteLine();
            terminal.Output.WriteLine("A wider terminal has room for the moments too.");
        }
    }

    private Columns Table(ImmutableArray<GainRow> rows, Func<string, bool> isShown) =>
        Columns.Of(
            [s_titles[0], .. s_titles.Skip(1).Where(isShown)],
            [
                .. rows.Select(row =>
                    (string[])[$"{row.Activation}", .. Numbers(row).Where(n => isShown(n.Title)).Select(Short)]
                ),
            ],
            _width
        );

    private static bool IsGain(string title) => title.EndsWith("gain", StringComparison.Ordinal);

    private void ShowOne(GainRow row)
    {
        terminal.Output.WriteLine($"{row.Activation} of a normal input of variance 1");
        terminal.Output.WriteLine();
        int width = s_titles.Max(title => title.Length);
        foreach ((string title, double? value) in Numbers(row))
        {
            string text =
                value is { } number && double.IsFinite(number)
                    ? number.ToString("G10", CultureInfo.InvariantCulture)
                    : "-";
            terminal.Output.WriteLine($"{title.PadRight(width)}  {text}");
        }
    }

    private static IEnumerable<(string Title, double? Value)> Numbers(GainRow row)
    {
        GaussianExpectation e = row.Expectation;
        double?[] values =
        [
            e.Mean,
            e.SecondMoment,
            e.Variance,
            e.DerivativeSecondMoment,
            e.ForwardGain,
            e.BackwardGain,
            e.VarianceGain,
            row.Activation.TorchGain,
        ];
        return s_titles.Skip(1).Zip(values);
    }

    /// <summary>Three digits behind the point for moments, four for gains, where that says enough.</summary>
    private static string Short((string Title, double? Value) cell) =>
        cell.Value is not { } number || !double.IsFinite(number) ? "-"
        // What is left of a mean that is 0 by design, such as selu's.
        : Math.Abs(number) < 1e-15 ? "0"
        : Math.Abs(number) is < 1e-3 or >= 1e4 ? number.ToString("0.0e0", CultureInfo.InvariantCulture)
        : number.ToString(IsGain(cell.Title) ? "0.0000" : "0.000", CultureInfo.InvariantCulture);
}
