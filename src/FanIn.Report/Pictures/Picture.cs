using System.Text;
using System.Text.RegularExpressions;
using ScottPlot;
using SkiaSharp;

namespace FanIn.Report;

/// <summary>Figures as pictures of their own, for papers and documents: on white, in the colours of the page.</summary>
public static partial class Picture
{
    /// <summary>Writes a figure as SVG: whole under its name, or not at all.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="path">The file; one that exists is replaced, a folder that doesn't exist is created.</param>
    /// <param name="series">The order of names that gives them their colours (<see cref="ReportPage.Series"/>).</param>
    /// <exception cref="ArgumentException">The figure contradicts itself; the message says how.</exception>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void WriteSvg(Figure figure, string path, IReadOnlyList<string>? series = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using Sheet sheet = Draw(figure, series);
        using var drawing = new MemoryStream();
        using (SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, sheet.Width, sheet.Height), drawing))
        {
            sheet.Render(canvas);
        }
        string svg = WithFallbackFonts(Encoding.UTF8.GetString(drawing.ToArray()));
        WholeFile.Write(path, stream => stream.Write(WholeFile.Utf8.GetBytes(svg)));
    }

    /// <summary>Writes a figure as PNG, at twice the size of the SVG: whole under its name, or not at all.</summary>
    /// <inheritdoc cref="WriteSvg"/>
    public static void WritePng(Figure figure, string path, IReadOnlyList<string>? series = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using Sheet sheet = Draw(figure, series);
        using SKSurface surface = SKSurface.Create(new SKImageInfo(2 * sheet.Width, 2 * sheet.Height));
        surface.Canvas.Scale(2);
        sheet.Render(surface.Canvas);
        using SKImage image = surface.Snapshot();
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        WholeFile.Write(path, png.SaveTo);
    }

    private static Sheet Draw(Figure figure, IReadOnlyList<string>? series)
    {
        ArgumentNullException.ThrowIfNull(figure);
        figure.Validate();
        Dictionary<string, int> order = SeriesStyle.Order(series ?? [], [figure]);
        return figure switch
        {
            LineFigure line => LinePicture.Draw(line, order),
            RangeFigure range => RangePicture.Draw(range, order),
            HistogramFigure histogram => HistogramPicture.Draw(histogram, order),
            TilesFigure tiles => TilesPicture.Draw(tiles, order),
            _ => throw new InvalidOperationException($"No picture knows the figure {figure.GetType().Name}."),
        };
    }

    // The drawing names the one font that it was measured with; a reader may have another.
    private static string WithFallbackFonts(string svg) =>
        FontFamily().Replace(svg, "font-family=\"${font}, Helvetica, Arial, sans-serif\"");

    [GeneratedRegex("font-family=\"(?<font>[^\"]*)\"", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex FontFamily();
}
