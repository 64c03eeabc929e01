namespace FanIn.Report.Tests;

/// <summary>The page in a real browser.</summary>
public sealed class BrowserTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fanin-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("#light", "1600,1200")]
    [InlineData("#dark", "400,1200")]
    public async Task Every_figure_is_drawn_and_the_console_stays_silent(string hash, string size)
    {
        Assert.SkipWhen(Chromium.Path is null, "No Chromium on this machine: the page was not opened in a browser.");
        string page = Path.Combine(_folder, "report.html");
        DemoReport.Page.Write(page);

        (string document, string[] console) = await Chromium.Open(page, hash, size);

        Assert.Empty(console);
        int figures = DemoReport.Page.Sections.SelectMany(section => section.Blocks).OfType<Figure>().Count();
        Assert.Equal(figures, Count(document, "<figure ", "data-drawn=\"true\""));
        // A chart with axes each for four figures, a ridge plot for each initializer, tiles before and after.
        int initializers = DemoReport.Initializers.Length;
        Assert.Equal(2 * initializers, Count(document, "<canvas ", "data-drawn=\"true\""));
        Assert.Equal(initializers, Count(document, "<svg ", "role=\"img\""));
        Assert.Equal(4, Count(document, "<svg ", "xmlns:xlink"));
    }

    [Fact]
    public async Task Hostile_names_and_empty_figures_do_no_harm()
    {
        Assert.SkipWhen(Chromium.Path is null, "No Chromium on this machine: the page was not opened in a browser.");
        string page = Path.Combine(_folder, "report.html");
        ReportPage hostile = ReportPageTests.HostilePage;
        Figure[] empty =
        [
            ReportPageTests.Line("a") with
            {
                Lines = [],
            },
            ReportPageTests.Line("a") with
            {
                YAxis = new("y", Log: true),
                Lines = [new("a", [1, 2], [0, double.NaN])],
            },
            new RangeFigure
            {
                Title = "none",
                Axis = new("x"),
                Values = [],
            },
            new HistogramFigure
            {
                Title = "none",
                ValueTitle = "x",
                Groups = [],
            },
            new TilesFigure { Title = "none", Groups = [] },
        ];
        ReportSection section = new() { Heading = "Empty", Blocks = empty };
        (hostile with { Sections = [.. hostile.Sections, section] }).Write(page);

        (string document, string[] console) = await Chromium.Open(page, "#light", "1200,900");

        Assert.Empty(console);
        Assert.Equal(10, Count(document, "<figure ", "data-drawn=\"true\""));
        Assert.Contains("Not drawn", document, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", ReportPageTests.Markup(document), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_mantissa_is_less_than_ten_after_rounding()
    {
        Assert.SkipWhen(Chromium.Path is null, "No Chromium on this machine: the page was not opened in a browser.");
        (double Value, string Text)[] expected =
        [
            (9.997e-6, "1×10⁻⁵"),
            (-9.94e-6, "−9.94×10⁻⁶"),
            (9.998e-4, "0.001"),
            (99999, "1×10⁵"),
            (98765, "98770"),
            (double.Epsilon, "4.94×10⁻³²⁴"),
        ];
        string page = Path.Combine(_folder, "report.html");
        // All values lie at one: the panel under the histogram says which.
        HistogramGroup[] groups =
        [
            .. expected.Select((e, i) => new HistogramGroup($"{i}", [new("layer", e.Value, e.Value, [1])])),
            new("wide", [new("layer", -1.002e-5, 1.002e-5, [1])]),
        ];
        var figure = new HistogramFigure
        {
            Title = "values",
            ValueTitle = "x",
            Groups = groups,
        };
        ReportPageTests.Around(figure).Write(page);

        (string document, string[] console) = await Chromium.Open(page, "#light", "1200,900");

        Assert.Empty(console);
        Assert.All(expected, e => Assert.Contains($"all values are {e.Text}</p>", document, StringComparison.Ordinal));
        Assert.Contains("99.5 % within ±1×10⁻⁵</p>", document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_under_the_axis_are_named_beside_those_that_have_no_place_on_it()
    {
        Assert.SkipWhen(Chromium.Path is null, "No Chromium on this machine: the page was not opened in a browser.");
        string page = Path.Combine(_folder, "report.html");
        ReportPageTests.Around(PictureTests.Under, PictureTests.UnderRanges).Write(page);

        (string document, string[] console) = await Chromium.Open(page, "#light", "1200,900");

        Assert.Empty(console);
        Assert.Contains(
            "Not drawn, because zero, negative or not a number: zeros (all 2 values). Values under 1×10⁻¹² are cut off: falls, band.</p>",
            document,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "<p class=\"note\">Values under 1×10⁻¹² are cut off: long.</p>",
            document,
            StringComparison.Ordinal
        );
    }

    private static int Count(string document, string start, string with) =>
        document
            .Split(start)
            .Skip(1)
            .Count(part =>
                part[..part.IndexOf('>', StringComparison.Ordinal)].Contains(with, StringComparison.Ordinal)
            );
}
