using System.Globalization;
using FanIn.Lab;

namespace FanIn.Cli.Compare;

/// <summary>A study's table and verdict: within the terminal's width and coloured there, plain lines in a pipe.</summary>
internal sealed class CompareTables(Terminal terminal)
{
    private readonly int _width = terminal.OutputIsWatched ? terminal.Width ?? 80 : int.MaxValue;
    private readonly ColouredLines _lines = new(terminal);

    public void Show(StudyResult result)
    {
        StudyDescription study = result.Study;
        _lines.Write();
        _lines.Write(
            $"{study.Network} on {study.Data}, {Count(study.Seeds, "seed")}, {Count(study.Settings.Steps, "step")}"
        );
        _lines.Write(
            $"Training loss in nats: guessing gets {Loss(study.ChanceLoss)}, the target is {Loss(study.TargetLoss)}."
        );
        _lines.Write();
        var columns = Columns.Of(
            StudyTable.Columns,
            [.. result.Summary.Select(s => StudyTable.Cells(result, s))],
            _width
        );
        foreach (string line in columns.Heading)
        {
            _lines.Write(line);
        }
        for (int i = 0; i < result.Summary.Length; i++)
        {
            (string[] lines, string last) = columns.Row(i);
            foreach (string line in lines[..^1])
            {
                _lines.Write(line);
            }
            _lines.Write(lines[^1], last, Colour(result.Summary[i].Outcome));
        }
        _lines.Write();
        foreach (VerdictLine verdict in Verdict.Of(result))
        {
            string start = "* ";
            foreach (string line in Wrapping.Lines(verdict.Text, _width - 3))
            {
                _lines.Write("", start, Colour(verdict.Outcome), line);
                start = "  ";
            }
        }
    }

    private static string Colour(Outcome? outcome) =>
        outcome switch
        {
            Outcome.Learned => "green",
            null => "grey",
            _ => "red",
        };

    private static string Loss(double loss) => loss.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Count(int n, string what) => n == 1 ? $"1 {what}" : $"{n} {what}s";
}
