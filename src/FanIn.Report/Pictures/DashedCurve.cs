using ScottPlot;
using SkiaSharp;

namespace FanIn.Report;

/// <summary>
/// A curve whose dashes are lines of their own: the SVG canvas has no dash patterns. It breaks where a point is NaN.
/// </summary>
internal sealed class DashedCurve(Coordinates[] points, int index, float width) : IPlottable
{
    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => [];

    public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

    public void Render(RenderPack rp) => Draw(rp.Canvas, [.. points.Select(Axes.GetPixel)], index, width);

    public static void Draw(SKCanvas canvas, ReadOnlySpan<Pixel> points, int index, float width)
    {
        using SKPath path = Cut(points, Sheet.Dash(index));
        using var paint = new SKPaint
        {
            IsStroke = true,
            IsAntialias = true,
            StrokeWidth = width,
            StrokeJoin = SKStrokeJoin.Round,
            Color = Sheet.Colour(index).ToSKColor(),
        };
        canvas.DrawPath(path, paint);
    }

    /// <param name="points">The curve, in pixels.</param>
    /// <param name="dashes">The lengths of stroke and gap, in turn; none for a solid line.</param>
    private static SKPath Cut(ReadOnlySpan<Pixel> points, ReadOnlySpan<float> dashes)
    {
        var path = new SKPath();
        bool isDown = false;
        int dash = 0;
        float left = dashes.IsEmpty ? float.PositiveInfinity : dashes[0];
        for (int i = 1; i < points.Length; i++)
        {
            (Pixel a, Pixel b) = (points[i - 1], points[i]);
            float length = MathF.Sqrt((b.X - a.X) * (b.X - a.X) + (b.Y - a.Y) * (b.Y - a.Y));
            if (!float.IsFinite(length))
            {
                isDown = false;
                continue;
            }
            float done = 0;
            while (done < length)
            {
                float next = Math.Min(length, done + left);
                if (dash % 2 == 0)
                {
                    if (!isDown)
                    {
                        path.MoveTo(a.X + (b.X - a.X) * done / length, a.Y + (b.Y - a.Y) * done / length);
                    }
                    path.LineTo(a.X + (b.X - a.X) * next / length, a.Y + (b.Y - a.Y) * next / length);
                    isDown = true;
                }
                left -= next - done;
                done = next;
                if (left <= 1e-3f)
                {
                    dash++;
                    left = dashes[dash % dashes.Length];
                    isDown = false;
                }
            }
        }
        return path;
    }
}
