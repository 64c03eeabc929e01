using ScottPlot;
using SkiaSharp;

namespace FanIn.Report;

/// <summary>The markers of a series, in the shapes that the page gives them.</summary>
internal sealed class SeriesMarks(Coordinates[] points, int index, float radius) : IPlottable
{
    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => [];

    public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

    public void Render(RenderPack rp) => Draw(rp.Canvas, [.. points.Select(Axes.GetPixel)], index, radius);

    public static void Draw(SKCanvas canvas, ReadOnlySpan<Pixel> centres, int index, float radius)
    {
        using var paint = new SKPaint { IsAntialias = true, Color = Sheet.Colour(index).ToSKColor() };
        foreach (Pixel centre in centres)
        {
            using var path = new SKPath();
            if (index % 6 == 0)
            {
                path.AddCircle(centre.X, centre.Y, radius);
            }
            else
            {
                (float X, float Y)[] corners = Corners(index);
                SKPoint[] outline = new SKPoint[corners.Length];
                for (int i = 0; i < corners.Length; i++)
                {
                    outline[i] = new SKPoint(centre.X + radius * corners[i].X, centre.Y + radius * corners[i].Y);
                }
                path.AddPoly(outline);
            }
            canvas.DrawPath(path, paint);
        }
    }

    private static (float X, float Y)[] Corners(int index) =>
        (index % 6) switch
        {
            1 => [(-1, -1), (1, -1), (1, 1), (-1, 1)],
            2 => [(0, -1), (1, 1), (-1, 1)],
            3 => [(0, -1.3f), (1.3f, 0), (0, 1.3f), (-1.3f, 0)],
            4 => [(0, 1), (1, -1), (-1, -1)],
            _ =>
            [
                (0, -1.5f),
                (0.5f, -0.5f),
                (1.5f, 0),
                (0.5f, 0.5f),
                (0, 1.5f),
                (-0.5f, 0.5f),
                (-1.5f, 0),
                (-0.5f, -0.5f),
            ],
        };
}
