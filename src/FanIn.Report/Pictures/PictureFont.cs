using SkiaSharp;

namespace FanIn.Report;

/// <summary>The sans-serif face of the pictures: the first of a list that this machine has, with all signs needed.</summary>
internal static class PictureFont
{
    private static readonly string[] Faces =
    [
        "Helvetica Neue",
        "Segoe UI",
        "Arial",
        "Liberation Sans",
        "Roboto",
        "Noto Sans",
        "Open Sans",
        "DejaVu Sans",
    ];

    public static string Name { get; } = Faces.FirstOrDefault(Serves) ?? ScottPlot.Fonts.Sans;

    // A font manager may answer with a substitute: its name tells.
    private static bool Serves(string face)
    {
        using SKTypeface? typeface = SKFontManager.Default.MatchFamily(face);
        return typeface is not null && typeface.FamilyName == face && typeface.ContainsGlyphs("−×⁻⁰¹²³⁴⁵⁶⁷⁸⁹");
    }
}
