using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace FanIn.Report;

/// <summary>One panel for each group: the layers' histograms from the first at the top to the last.</summary>
internal static class HistogramPicture
{
    // How many rows a histogram reaches up.
    private const double Peak = 3.4;

    public static Sheet Draw(HistogramFigure figure, Dictionary<string, int> order)
    {
        double shared = HistogramScale.Shared(figure.Groups);
        double reach = (shared > 0 ? shared : 1) * 1.08;
        return Sheet.Of(
            figure.Title,
            figure.Groups.Count,
            3,
            340,
            360,
            i => Plot(figure, figure.Groups[i], order, reach)
        );
    }

    private static Plot Plot(HistogramFigure figure, HistogramGroup group, Dictionary<string, int> order, double reach)
    {
        Plot plot = Sheet.NewPlot();
        int index = order[group.Name];
        for (int i = 0; i < group.Layers.Count; i++)
        {
            Coordinates[] outline = Outline(group.Layers[i], -i, reach);
            Polygon body = plot.Add.Polygon(outline);
            body.FillColor = Colors.White.WithAlpha(0.85);
            body.LineWidth = 0;
            Scatter line = plot.Add.ScatterLine(outline);
            line.Color = Sheet.Colour(index);
            line.LineWidth = 1;
        }
        int count = group.Layers.Count;
        int every =
            count <= 8 ? 1
            : count <= 16 ? 5
            : 10;
        int[] labelled = [.. Enumerable.Range(0, count).Where(i => i == 0 || (i + 1) % every == 0)];
        plot.Axes.Left.TickGenerator = new NumericManual(
            [.. labelled.Select(i => (double)-i)],
            [.. labelled.Select(i => NumberText.Of(i + 1))]
        );
        plot.Grid.YAxisStyle.IsVisible = false;
        plot.Axes.Left.Label.Text = "layer";
        new PictureAxis(new FigureAxis(figure.ValueTitle), [-reach, reach], 0).Apply(plot.Axes.Bottom);
        plot.Axes.SetLimits(-reach, reach, -Math.Max(1, count) + 0.6, Peak + 0.3);
        Sheet.Head(plot, group.Name, index);
        return plot;
    }

    private static Coordinates[] Outline(LayerHistogram layer, double baseline, double reach)
    {
        var points = new List<Coordinates> { new(-reach, baseline) };
        double full = HistogramScale.Full(layer);
        if (full > 0 && double.IsFinite(layer.Low) && double.IsFinite(layer.High))
        {
            // Narrower than the eye can see: its place, not its shape.
            if (layer.High - layer.Low < reach / 60)
            {
                double at = (layer.Low + layer.High) / 2;
                if (Math.Abs(at) <= reach)
                {
                    points.AddRange([new(at, baseline), new(at, baseline + Peak), new(at, baseline)]);
                }
            }
            else
            {
                double width = (layer.High - layer.Low) / layer.Counts.Count;
                points.Add(new(Math.Clamp(layer.Low, -reach, reach), baseline));
                for (int i = 0; i < layer.Counts.Count; i++)
                {
                    double at = layer.Low + (i + 0.5) * width;
                    if (Math.Abs(at) <= reach)
                    {
                        double share = Math.Min(1, HistogramScale.Count(layer.Counts[i]) / full);
                        points.Add(new(at, baseline + Peak * share));
                    }
                }
                points.Add(new(Math.Clamp(layer.High, -reach, reach), baseline));
            }
        }
        points.Add(new(reach, baseline));
        return [.. points];
    }
}
