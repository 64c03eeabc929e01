using System.Collections.Immutable;

namespace FanIn.Cli.Check;

/// <summary>A check for a person: the verdict in words, a line for each layer, what else was found.</summary>
internal sealed class CheckText(Terminal terminal, bool allLayers)
{
    private const int NarrowestPage = 50;

    /// <summary>Where nobody watches, headings and rows have one line each.</summary>
    private const int Unwatched = 120;

    /// <summary>Findings of one kind beyond these are counted.</summary>
    private const int MostOfAKind = 3;

    private readonly int _width = terminal.OutputIsWatched
        ? Math.Max((terminal.Width ?? 80) - 1, NarrowestPage)
        : Math.Max(terminal.Width ?? Unwatched, NarrowestPage);

    private readonly ColouredLines _lines = new(terminal);

    public void Show(CheckOutcome outcome)
    {
        SignalReport report = outcome.Report;
        Verdict(outcome);
        if (!report.Layers.IsEmpty)
        {
            _lines.Write();
            Table(outcome);
        }
        if (outcome.Checkpoint is { } checkpoint)
        {
            _lines.Write();
            new CheckpointTable(
                _lines,
                terminal.OutputIsWatched ? _width : Math.Max(_width, CheckpointTable.Unwatched),
                allLayers
            ).Show(checkpoint);
        }
        if (report.WithoutGradients is { } why)
        {
            _lines.Write();
            Paragraph("", $"No gradients: {why}");
        }
        ImmutableArray<SignalFinding> others = [.. report.Findings.Where(f => !ReferenceEquals(f, report.Cause))];
        if (!others.IsEmpty)
        {
            _lines.Write();
        }
        foreach (
            IGrouping<(FindingSeverity, FindingKind), SignalFinding> kind in others.GroupBy(f => (f.Severity, f.Kind))
        )
        {
            SignalFinding[] findings = [.. kind];
            int shown = allLayers || findings.Length <= MostOfAKind + 1 ? findings.Length : MostOfAKind;
            foreach (SignalFinding finding in findings.Take(shown))
            {
                string where = finding.Layer.Length == 0 ? "" : $"{finding.Layer}: ";
                Coloured(
                    "* ",
                    $"{FindingCatalogue.Word(finding.Severity)}, {FindingKinds.Text(finding.Kind)}",
                    Colour(finding.Severity),
                    $": {where}{finding.Message}"
                );
                Fix(finding);
            }
            if (shown < findings.Length)
            {
                Paragraph(
                    "  ",
                    $"The same of {Count(findings.Length - shown, "other")}: {string.Join(", ", findings.Skip(shown).Take(5).Select(f => f.Layer))}"
                        + (findings.Length - shown > 5 ? " ...; --all-layers says it of each." : ".")
                );
            }
        }
    }

    private void Verdict(CheckOutcome outcome)
    {
        SignalReport report = outcome.Report;
        if (report.Cause is not { } cause)
        {
            Coloured("", report.Verdict, "green", $": {outcome.Title}");
            Paragraph("  ", Healthy(outcome));
            return;
        }
        string where = cause.Layer.Length == 0 ? "" : $" at {cause.Layer}";
        Coloured("", report.Verdict + where, Colour(cause.Severity), $": {outcome.Title}");
        Paragraph("  ", cause.Message);
        Fix(cause);
    }

    private static string Healthy(CheckOutcome outcome)
    {
        SignalReport report = outcome.Report;
        string notes = report.Findings.IsEmpty ? "" : $" {Count(report.Findings.Length, "note")} below.";
        return (
                outcome.Checkpoint is { } checkpoint ? CheckpointTable.Healthy(checkpoint)
                : report.Layers.IsEmpty
                    ? "No layer's signal was measured, the weights alone were looked at: nothing speaks against them."
                : report.WithoutGradients is null ? "The signal reaches the output, and the gradient the input."
                : "The signal reaches the output."
            ) + notes;
    }

    private void Fix(SignalFinding finding)
    {
        Paragraph("  ", FindingCatalogue.FixOf(finding));
    }

    private void Table(CheckOutcome outcome)
    {
        ImmutableArray<CheckRow> rows = CheckRow.Of(outcome);
        ImmutableArray<int> selection = allLayers ? [.. Enumerable.Range(0, rows.Length)] : CheckRow.Selection(rows);
        bool foretells = rows.Any(row => row.Layer.Prediction is not null);
        bool returns = rows.Any(row => row.Layer.MeasuredGradientRms is not null);
        bool foretellsReturn = returns && rows.Any(row => row.Layer.Prediction?.GradientRms is not null);
        (string Title, Func<CheckRow, string> Cell)[] numbers =
        [
            ("RMS", row => CheckRow.Number(row.Layer.MeasuredRms)),
            .. foretells ? [("predicted", row => CheckRow.Number(row.Layer.Prediction?.Rms))] : Nothing,
            .. returns ? [("gradient", row => CheckRow.Number(row.Layer.MeasuredGradientRms))] : Nothing,
            .. foretellsReturn ? [("predicted", row => CheckRow.Number(row.Layer.Prediction?.GradientRms))] : Nothing,
        ];
        string[][] cells =
        [
            .. selection.Select(i =>
                (string[])[rows[i].Layer.Name, .. numbers.Select(number => number.Cell(rows[i])), rows[i].Mark]
            ),
        ];
        string[] titles = ["layer", .. numbers.Select(number => number.Title), ""];
        LogBar? bar = Bar(titles, cells, rows, foretells);
        if (bar is not null)
        {
            titles = [.. titles[..^1], bar.Heading, ""];
            cells =
            [
                .. cells.Select(
                    (row, k) =>
                    {
                        SignalLayer layer = rows[selection[k]].Layer;
                        return (string[])[.. row[..^1], bar.Of(layer.MeasuredRms, layer.Prediction?.Rms), row[^1]];
                    }
                ),
            ];
        }
        var columns = Columns.Of(titles, cells, _width);
        if (!columns.Fits)
        {
            // Marks take lines of their own before names do.
            columns = Columns.Of(titles, [.. cells.Select(row => (string[])[.. row[..^1], ""])], _width);
        }
        foreach (string line in columns.Heading)
        {
            _lines.Write(line);
        }
        for (int k = 0; k < cells.Length; k++)
        {
            (string[] lines, _) = columns.Row(k);
            string last = cells[k][^1];
            foreach (string line in lines[..^1])
            {
                _lines.Write(line);
            }
            string colour = Colour(rows[selection[k]]);
            if (lines[^1].Length + last.Length <= _width)
            {
                _lines.Write(last.Length == 0 ? lines[^1].TrimEnd() : lines[^1], last, colour);
                continue;
            }
            _lines.Write(lines[^1].TrimEnd());
            foreach (string mark in Wrapping.Lines(last, _width - 2))
            {
                _lines.Write("  ", mark, colour);
            }
        }
        if (bar is not null)
        {
            Paragraph("", bar.Legend(foretells));
        }
        if (rows.Any(row => row.Side != 0 || row.GradientSide != 0))
        {
            Paragraph("", "Below and above: outside the interval that 95 of 100 draws of the weights keep to.");
        }
        if (selection.Length < rows.Length)
        {
            int marked = Enumerable.Range(0, rows.Length).Except(selection).Count(i => rows[i].Mark.Length > 0);
            Paragraph(
                "",
                $"{selection.Length} of {rows.Length} layers; --all-layers shows the others"
                    + (marked > 0 ? $", {marked} of them marked." : ".")
            );
        }
    }

    /// <summary>As wide as there is room; null where there is too little.</summary>
    private LogBar? Bar(string[] titles, string[][] cells, ImmutableArray<CheckRow> rows, bool foretells)
    {
        int taken = titles.Select((title, i) => Math.Max(title.Length, cells.Max(row => row[i].Length)) + 2).Sum();
        int width = Math.Min(_width - taken, LogBar.MostWidth);
        return width < LogBar.LeastWidth
            ? null
            : new(
                rows.Select(row => row.Layer.MeasuredRms)
                    .Concat(rows.Select(row => foretells ? row.Layer.Prediction?.Rms ?? 1 : 1)),
                width - 1 + (width % 2),
                terminal.CanShow(LogBar.Blocks)
            );
    }

    /// <summary>The first words coloured, what follows broken into lines under an indent as wide as the start.</summary>
    private void Coloured(string start, string coloured, string colour, string rest)
    {
        string[] lines = [.. Wrapping.Lines(coloured.Replace(' ', '\u00a0') + rest, _width - start.Length)];
        _lines.Write(start, coloured, colour, lines[0][Math.Min(coloured.Length, lines[0].Length)..]);
        foreach (string line in lines.Skip(1))
        {
            _lines.Write(new string(' ', start.Length) + line);
        }
    }

    private void Paragraph(string indent, string text)
    {
        foreach (string line in Wrapping.Lines(text, _width - indent.Length))
        {
            _lines.Write(indent + line);
        }
    }

    private static (string, Func<CheckRow, string>)[] Nothing => [];

    private static string Colour(CheckRow row) =>
        row.Severity is { } severity ? Colour(severity)
        : row.Mark.Length > 0 ? "yellow"
        : "default";

    private static string Colour(FindingSeverity severity) =>
        severity switch
        {
            FindingSeverity.Error => "red",
            FindingSeverity.Warning => "yellow",
            _ => "grey",
        };

    private static string Count(int n, string what) => n == 1 ? $"1 {what}" : $"{n} {what}s";
}
