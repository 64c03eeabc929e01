using ScottPlot;
using ScottPlot.Plottables;

namespace FanIn.Report;

/// <summary>Curves with bands; the legend stands to the right.</summary>
internal static class LinePicture
{
    public static Sheet Draw(LineFigure figure, Dictionary<string, int> order) =>
        Sheet
            .Of(figure.Title, 1, 1, 700, 420, _ => Plot(figure, order))
            .WithLegend([.. figure.Lines.Select(line => (Entry(line, figure.YAxis), order[line.Name]))]);

    // A curve that has no place on the axis, or leaves it, is named all the same, and why.
    private static string Entry(LineSeries line, FigureAxis axis) =>
        line.Y.Any(axis.Holds)
            ? Values(line).Any(axis.CutsOff)
                ? $"{line.Name} (cut off under {NumberText.Of(axis.Min ?? 0)})"
                : line.Name
            : line.Y.Count > 0 && line.Y.All(y => y == 0)
                ? $"{line.Name} (all 0)"
                : $"{line.Name} (none to draw)";

    private static IEnumerable<double> Values(LineSeries line) => line.Y.Concat(line.Low ?? []).Concat(line.High ?? []);

    private static Plot Plot(LineFigure figure, Dictionary<string, int> order)
    {
        Plot plot = Sheet.NewPlot();
        var x = new PictureAxis(figure.XAxis, figure.Lines.SelectMany(line => line.X), 0.012, fromZero: false);
        IEnumerable<double> values = figure.Lines.SelectMany(Values);
        var y = new PictureAxis(figure.YAxis, values.Concat(figure.References.Select(line => line.Value)));

        foreach (LineSeries line in figure.Lines)
        {
            Band(plot, line, x, y, Sheet.Colour(order[line.Name]));
        }
        for (int k = 0; k < figure.Lines.Count; k++)
        {
            Curve(plot, figure.Lines[k], x, y, order[figure.Lines[k].Name], (double)k / figure.Lines.Count);
        }
        foreach (ReferenceLine reference in figure.References.Where(line => figure.YAxis.Holds(line.Value)))
        {
            plot.Add.HorizontalLine(y.At(reference.Value), 1, Sheet.Soft);
            Text label = plot.Add.Text(reference.Label, x.High, y.At(reference.Value));
            label.LabelAlignment = Alignment.LowerRight;
            label.LabelFontColor = Sheet.Soft;
            label.LabelFontSize = 12;
            label.OffsetX = -4;
            label.OffsetY = -1;
        }
        x.Apply(plot.Axes.Bottom);
        y.Apply(plot.Axes.Left);
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.Axes.SetLimits(x.Low, x.High, y.Low, y.High);
        return plot;
    }

    private static void Curve(Plot plot, LineSeries line, PictureAxis x, PictureAxis y, int index, double phase)
    {
        Coordinates[] points = [.. line.X.Select((v, i) => new Coordinates(x.At(v), y.At(line.Y[i])))];
        plot.Add.Plottable(new DashedCurve(points, index, 1.8f));
        // A marker here and there, at other places for each curve; a single point between gaps needs its own.
        int every = Math.Max(1, (int)Math.Round(points.Length / 9.0));
        int offset = (int)(phase * every);
        bool IsDrawn(int i) =>
            i >= 0 && i < points.Length && double.IsFinite(points[i].X) && double.IsFinite(points[i].Y);
        Coordinates[] marked =
        [
            .. points.Where(
                (_, i) =>
                    IsDrawn(i) && (points.Length <= 12 || i % every == offset || (!IsDrawn(i - 1) && !IsDrawn(i + 1)))
            ),
        ];
        plot.Add.Plottable(new SeriesMarks(marked, index, 3.6f));
    }

    /// <summary>The area between the edges, broken where one of them has no place on the axis.</summary>
    private static void Band(Plot plot, LineSeries line, PictureAxis x, PictureAxis y, Color colour)
    {
        if (line.Low is not { } low || line.High is not { } high)
        {
            return;
        }
        var piece = new List<(double X, double Low, double High)>();
        for (int i = 0; i <= line.X.Count; i++)
        {
            if (i < line.X.Count)
            {
                // A lowest value of zero lies under a logarithmic axis: the band reaches down to its edge.
                double bottom = low[i] <= 0 && double.IsNaN(y.At(low[i])) ? y.Low : y.At(low[i]);
                (double X, double Low, double High) at = (x.At(line.X[i]), bottom, y.At(high[i]));
                if (double.IsFinite(at.X) && double.IsFinite(at.Low) && double.IsFinite(at.High))
                {
                    piece.Add(at);
                    continue;
                }
            }
            if (piece.Count > 1)
            {
                FillY band = plot.Add.FillY(piece);
                band.FillColor = colour.WithAlpha(0.16);
                band.LineWidth = 0;
                band.MarkerSize = 0;
            }
            piece = [];
        }
    }
}
