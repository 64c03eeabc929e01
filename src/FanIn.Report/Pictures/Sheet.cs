using ScottPlot;
using SkiaSharp;

namespace FanIn.Report;

/// <summary>A picture in the making: a title over one or more plots, each in its own rectangle.</summary>
internal sealed class Sheet : IDisposable
{
    public const int Margin = 16;
    private const int TitleHeight = 34;
    private const int LegendMark = 44;

    public static readonly Color Ink = Color.FromHex("#1d1c1a");
    public static readonly Color Soft = Color.FromHex("#5d5a54");
    public static readonly Color Grid = Color.FromHex("#eceae5");

    private readonly string _title;
    private readonly List<(Plot Plot, PixelRect Place)> _plots = [];

    private IReadOnlyList<(string Name, int Index)> _legend = [];

    private Sheet(string title, int width, int height) => (_title, Width, Height) = (title, width, height);

    public int Width { get; private set; }

    public int Height { get; }

    /// <summary>A sheet of <paramref name="count"/> plots of one size, at most <paramref name="columns"/> in a row.</summary>
    public static Sheet Of(string title, int count, int columns, int width, int height, Func<int, Plot> plot)
    {
        columns = Math.Clamp(count, 1, columns);
        int rows = Math.Max(1, (count + columns - 1) / columns);
        var sheet = new Sheet(title, columns * width + 2 * Margin, rows * height + TitleHeight + 2 * Margin);
        for (int i = 0; i < count; i++)
        {
            float left = Margin + i % columns * width;
            float top = Margin + TitleHeight + i / columns * height;
            sheet._plots.Add((plot(i), new PixelRect(left, left + width, top + height, top)));
        }
        return sheet;
    }

    /// <summary>The same sheet with the names and marks of its series to the right.</summary>
    public Sheet WithLegend(IReadOnlyList<(string Name, int Index)> entries)
    {
        using Paint paint = Paint.NewDisposablePaint();
        float widest = entries.Select(entry => LegendText(entry.Name).Measure(paint).Width).DefaultIfEmpty(0).Max();
        _legend = entries;
        Width += LegendMark + Margin + (int)Math.Ceiling(widest);
        return this;
    }

    private static LabelStyle LegendText(string name) =>
        new()
        {
            Text = name,
            FontName = PictureFont.Name,
            FontSize = 13,
            ForeColor = Ink,
            Alignment = Alignment.MiddleLeft,
        };

    private void RenderLegend(SKCanvas canvas, Paint paint)
    {
        if (_legend.Count == 0)
        {
            return;
        }
        float left = _plots[0].Place.Right + Margin;
        for (int i = 0; i < _legend.Count; i++)
        {
            (string name, int index) = _legend[i];
            float y = _plots[0].Place.Top + 24 + i * 26;
            DashedCurve.Draw(canvas, [new(left, y), new(left + LegendMark - 10, y)], index, 1.8f);
            SeriesMarks.Draw(canvas, [new(left + LegendMark / 2 - 5, y)], index, 3.6f);
            LegendText(name).Render(canvas, new Pixel(left + LegendMark, y), paint);
        }
    }

    /// <summary>A plot in the page's looks: no frame, hairline grid, one quiet axis.</summary>
    public static Plot NewPlot()
    {
        var plot = new Plot();
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.Font.Set(PictureFont.Name);
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        plot.Grid.MajorLineColor = Grid;
        plot.Grid.MinorLineColor = Colors.Transparent;
        plot.Axes.Color(Soft);
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Left.FrameLineStyle.Width = 0;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Left.MinorTickStyle.Length = 0;
        plot.Axes.Bottom.MinorTickStyle.Length = 0;
        foreach (IAxis axis in new IAxis[] { plot.Axes.Left, plot.Axes.Bottom })
        {
            axis.Label.Bold = false;
            axis.Label.FontSize = 13;
            axis.Label.ForeColor = Soft;
            axis.TickLabelStyle.FontSize = 12;
            axis.TickLabelStyle.ForeColor = Soft;
        }
        return plot;
    }

    /// <summary>The heading of one of several plots, in the colour of its series.</summary>
    public static void Head(Plot plot, string name, int index)
    {
        plot.Title(name, 13);
        plot.Axes.Title.Label.ForeColor = Colour(index);
        plot.Axes.Title.Label.Bold = true;
    }

    public static Color Colour(int index) => Color.FromHex(SeriesStyle.Light[index % SeriesStyle.Light.Count]);

    /// <summary>The dashes of the page, by their place: lengths of stroke and gap, none for a solid line.</summary>
    public static float[] Dash(int index) =>
        ((index + index / SeriesStyle.Light.Count) % 8) switch
        {
            1 or 6 => [8, 4],
            2 or 7 => [2, 3],
            4 => [14, 4],
            _ => [],
        };

    public void Render(SKCanvas canvas)
    {
        canvas.Clear(SKColors.White);
        using Paint paint = Paint.NewDisposablePaint();
        var title = new LabelStyle
        {
            Text = _title,
            FontName = PictureFont.Name,
            FontSize = 16,
            Bold = true,
            ForeColor = Ink,
            Alignment = Alignment.UpperLeft,
        };
        title.Render(canvas, new Pixel(Margin, Margin), paint);
        foreach ((Plot plot, PixelRect place) in _plots)
        {
            plot.Render(canvas, place);
        }
        RenderLegend(canvas, paint);
    }

    public void Dispose()
    {
        foreach ((Plot plot, _) in _plots)
        {
            plot.Dispose();
        }
    }
}
