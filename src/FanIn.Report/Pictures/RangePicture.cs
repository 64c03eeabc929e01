using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace FanIn.Report;

/// <summary>Dots with whiskers, top to bottom.</summary>
internal static class RangePicture
{
    public static Sheet Draw(RangeFigure figure, Dictionary<string, int> order) =>
        Sheet.Of(figure.Title, 1, 1, 720, 90 + 40 * figure.Values.Count, _ => Plot(figure, order));

    private static Plot Plot(RangeFigure figure, Dictionary<string, int> order)
    {
        Plot plot = Sheet.NewPlot();
        IEnumerable<double> values = figure.Values.SelectMany(value => new[] { value.Value, value.Low, value.High });
        var x = new PictureAxis(figure.Axis, values.Concat(figure.References.Select(line => line.Value)));
        foreach (ReferenceLine reference in figure.References.Where(line => figure.Axis.Holds(line.Value)))
        {
            plot.Add.VerticalLine(x.At(reference.Value), 1, Sheet.Soft);
            Text label = plot.Add.Text(reference.Label, x.At(reference.Value), 0.9);
            label.LabelAlignment = Alignment.LowerCenter;
            label.LabelFontColor = Sheet.Soft;
            label.LabelFontSize = 12;
            label.LabelBackgroundColor = Colors.White;
        }
        for (int i = 0; i < figure.Values.Count; i++)
        {
            Whisker(plot, figure.Values[i], x, -i, order[figure.Values[i].Name]);
        }
        x.Apply(plot.Axes.Bottom);
        plot.Axes.Left.TickGenerator = new NumericManual(
            [.. figure.Values.Select((_, i) => (double)-i)],
            [.. figure.Values.Select(value => Label(value, figure.Axis))]
        );
        plot.Axes.Left.TickLabelStyle.ForeColor = Sheet.Ink;
        plot.Axes.Left.TickLabelStyle.FontSize = 13;
        plot.Grid.YAxisStyle.IsVisible = false;
        plot.Axes.SetLimits(x.Low, x.High, -figure.Values.Count + 0.3, 1.3);
        return plot;
    }

    private static string Label(RangeValue value, FigureAxis axis) =>
        axis.CutsOff(value.Value) || axis.CutsOff(value.Low) || axis.CutsOff(value.High)
            ? $"{value.Name}\n(cut off under {NumberText.Of(axis.Min ?? 0)})"
            : value.Name;

    private static void Whisker(Plot plot, RangeValue value, PictureAxis x, double y, int index)
    {
        Color colour = Sheet.Colour(index);
        double low = value.Low <= 0 && double.IsNaN(x.At(value.Low)) ? x.Low : x.At(value.Low);
        double high = x.At(value.High);
        if (double.IsFinite(low) && double.IsFinite(high))
        {
            Segment(plot, low, y, high, y, colour);
            Segment(plot, low, y - 0.14, low, y + 0.14, colour);
            Segment(plot, high, y - 0.14, high, y + 0.14, colour);
        }
        if (double.IsFinite(x.At(value.Value)))
        {
            plot.Add.Plottable(new SeriesMarks([new Coordinates(x.At(value.Value), y)], index, 5));
        }
    }

    private static void Segment(Plot plot, double x1, double y1, double x2, double y2, Color colour)
    {
        LinePlot line = plot.Add.Line(x1, y1, x2, y2);
        line.LineColor = colour;
        line.LineWidth = 1.8f;
        line.MarkerSize = 0;
    }
}
