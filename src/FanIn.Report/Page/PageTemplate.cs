using System.Security.Cryptography;
using System.Text;

namespace FanIn.Report;

/// <summary>Fills <c>page.html</c>: the text, the figures' data, the style and the scripts in one file.</summary>
internal static class PageTemplate
{
    // Turns the figures' data into charts: curves and ranges by ECharts, histograms and tiles by hand. One script in
    // this order: each part uses those before it.
    private static readonly string[] Parts =
    [
        "base.js",
        "series.js",
        "axes.js",
        "charts.js",
        "lines.js",
        "ranges.js",
        "histograms.js",
        "tiles.js",
        "page.js",
    ];

    public static void Write(ReportPage page, TextWriter writer)
    {
        Figure[] figures = [.. page.Sections.SelectMany(section => section.Blocks).OfType<Figure>()];
        Dictionary<string, int> order = SeriesStyle.Order(page.Series, figures);
        string echarts = Script("echarts.js");
        // In a function of its own: no name of it meets one of the browser's or of the charts'.
        string script = $"\"use strict\";\n(() => {{\n{string.Join('\n', Parts.Select(Script))}}})();\n";

        // One pass over the template: what is filled in is never read as a template itself.
        string template = Resource("page.html");
        int at = 0;
        while (template.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and int start)
        {
            int end = template.IndexOf("}}", start, StringComparison.Ordinal);
            writer.Write(template.AsSpan(at, start - at));
            switch (template[(start + 2)..end])
            {
                case "policy":
                    writer.Write(Policy(echarts, script));
                    break;
                case "title":
                    writer.Write(HtmlWriter.Encode(page.Title));
                    break;
                case "style":
                    writer.Write(Resource("page.css"));
                    writer.Write(SeriesColours());
                    break;
                case "body":
                    new PageBody(new HtmlWriter(writer), order).Write(page);
                    break;
                case "data":
                    writer.Write(PageData.Json(figures, order));
                    break;
                case "echarts":
                    writer.Write(echarts);
                    break;
                case "script":
                    writer.Write(script);
                    break;
                case var name:
                    throw new InvalidOperationException($"page.html asks for '{name}', which is unknown.");
            }
            at = end + 2;
        }
        writer.Write(template.AsSpan(at));
    }

    /// <summary>
    /// Nothing is fetched, and only the page's own scripts run, known by their hashes: text that slipped through the
    /// encoding still could not.
    /// </summary>
    private static string Policy(params ReadOnlySpan<string> scripts)
    {
        var policy = new StringBuilder(
            "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src"
        );
        foreach (string script in scripts)
        {
            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(script));
            policy.Append(" 'sha256-").Append(Convert.ToBase64String(hash)).Append('\'');
        }
        return policy.ToString();
    }

    private static string SeriesColours()
    {
        var css = new StringBuilder(":root {\n");
        for (int i = 0; i < SeriesStyle.Light.Count; i++)
        {
            css.Append($"  --series-{i}: light-dark({SeriesStyle.Light[i]}, {SeriesStyle.Dark[i]});\n");
        }
        return css.Append("}\n").ToString();
    }

    // A script must not hold the text that ends it; in a string literal the added backslash means nothing.
    private static string Script(string name) =>
        Resource(name).Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase);

    private static string Resource(string name)
    {
        using Stream stream =
            typeof(PageTemplate).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource '{name}' is missing from FanIn.Report.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        // Browsers hash a script after they made its line ends LF.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
