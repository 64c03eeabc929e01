namespace FanIn.Report.Tests;

/// <summary>The page in a real browser.</summary>
public sealed class BrowserTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fanin-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("#light", "1600,1200")]
    [InlineData("#dark", "1600,1200")]
    [InlineData("#light", "500,1200")]
    public async Task Every_figure_is_drawn_and_the_console_stays_silent(string hash, string size)
    {
        Assert.SkipWhen(Chromium.Path is null, "No Chromium on this machine: the page was not opened in a browser.");
        string page = Path.Combine(_folder, "report.html");
        DemoReport.Page.Write(page);

        (string document, string[] console) = await Chromium.Open(page, hash, size);

        Assert.Empty(console);
        int figures = DemoReport.Page.Sections.SelectMany(section => section.Blocks).OfType<Figure>().Count();
        Assert.Equal(figures, Count(document, "<figure ", "data-drawn=\"true\""));
    }

    private static int Count(string document, string start, string with) =>
        document
            .Split(start)
            .Skip(1)
            .Count(part => part[..part.IndexOf('>', StringComparison.Ordinal)].Contains(with, StringComparison.Ordinal));
}
