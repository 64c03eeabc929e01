using FanIn.Lab;
using Spectre.Console;

namespace FanIn.Cli.Compare;

/// <summary>A study's table and verdict: coloured on a terminal, plain columns in a pipe.</summary>
internal sealed class CompareTables(Terminal terminal)
{
    public void Show(StudyResult result)
    {
        terminal.Output.WriteLine();
        terminal.Output.WriteLine(
            $"{result.Study.Network} on {result.Study.Data}, {Count(result.Study.Seeds, "seed")}, {Count(result.Study.Settings.Steps, "step")}"
        );
        terminal.Output.WriteLine();
        List<IReadOnlyList<string>> rows = [.. result.Summary.Select(s => StudyTable.Cells(result, s))];
        if (terminal.OutputIsWatched)
        {
            ShowTable(result, rows);
        }
        else
        {
            ShowColumns(rows);
        }
        terminal.Output.WriteLine();
        foreach (VerdictLine line in Verdict.Of(result))
        {
            if (terminal.OutputIsWatched)
            {
                Spectre().MarkupLine($"[{Colour(line.Outcome)}]*[/] {Markup.Escape(line.Text)}");
            }
            else
            {
                terminal.Output.WriteLine($"* {line.Text}");
            }
        }
    }

    private void ShowTable(StudyResult result, List<IReadOnlyList<string>> rows)
    {
        Table table = new Table().Border(TableBorder.Rounded);
        for (int i = 0; i < StudyTable.Columns.Count; i++)
        {
            var column = new TableColumn(Markup.Escape(StudyTable.Columns[i]));
            table.AddColumn(IsText(i) ? column.LeftAligned() : column.RightAligned());
        }
        for (int r = 0; r < rows.Count; r++)
        {
            string colour = Colour(result.Summary[r].Outcome);
            table.AddRow([
                .. rows[r]
                    .Select(
                        (cell, i) =>
                            i == rows[r].Count - 1 ? $"[{colour}]{Markup.Escape(cell)}[/]" : Markup.Escape(cell)
                    ),
            ]);
        }
        Spectre().Write(table);
    }

    private void ShowColumns(List<IReadOnlyList<string>> rows)
    {
        int[] widths =
        [
            .. StudyTable.Columns.Select(
                (title, i) => rows.Max(r => r[i].Length) is var w && w > title.Length ? w : title.Length
            ),
        ];
        foreach (IReadOnlyList<string> row in rows.Prepend(StudyTable.Columns))
        {
            terminal.Output.WriteLine(
                string.Join(
                        "  ",
                        row.Select((cell, i) => IsText(i) ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))
                    )
                    .TrimEnd()
            );
        }
    }

    private IAnsiConsole Spectre() =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Output) });

    private static bool IsText(int column) => column == 0 || column == StudyTable.Columns.Count - 1;

    private static string Colour(Outcome? outcome) =>
        outcome switch
        {
            Outcome.Learned => "green",
            null => "grey",
            _ => "red",
        };

    private static string Count(int n, string what) => n == 1 ? $"1 {what}" : $"{n} {what}s";
}
