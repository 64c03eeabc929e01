using System.Text.Json;
using System.Text.RegularExpressions;

namespace FanIn.Report.Tests;

public sealed class ReportPageTests : IDisposable
{
    private const string Attack =
        "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{data}}\u2028\u2029\u0000]]>--><!--";

    private readonly string _folder = Directory.CreateTempSubdirectory("fanin-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_page_loads_nothing_from_anywhere()
    {
        string html = Html(DemoReport.Page);

        Assert.DoesNotMatch("""<(link|iframe|object|embed|base)\b""", Markup(html));
        Assert.DoesNotMatch("""\b(src|href|action|data)\s*=""", Markup(html));
        Assert.DoesNotContain("url(", Markup(html), StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.Contains(
            "default-src &#x27;none&#x27;",
            html.Replace("'", "&#x27;", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Hostile_text_stays_text_wherever_it_stands()
    {
        string html = Html(HostilePage);

        // Three scripts: the data, the charts, the page's own.
        Assert.Equal(3, Regex.Count(html, "<script", RegexOptions.IgnoreCase));
        Assert.Equal(3, Regex.Count(html, "</script", RegexOptions.IgnoreCase));
        Assert.DoesNotContain("<img", Markup(html), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\u2028', html);
        Assert.Equal(
            Attack,
            Data(html).GetProperty("figures")[0].GetProperty("lines")[0].GetProperty("name").GetString()
        );
    }

    [Fact]
    public void Every_kind_of_block_has_its_place_in_the_structure()
    {
        string html = Markup(Html(DemoReport.Page));

        string[] expected =
        [
            "<h1>What an initialization is worth</h1>",
            "<h2 id=\"section-1-heading\">Verdict</h2>",
            "<ul class=\"verdict\">",
            "<li class=\"bad\"><span class=\"unseen\">Bad: </span>",
            "<caption id=\"table-1\">Three seeds",
            "<th scope=\"col\" role=\"columnheader\" class=\"number\">Final loss</th>",
            "<th scope=\"row\" role=\"rowheader\" class=\"words\">",
            "<span class=\"badge bad\">symmetric</span>",
            "<strong>Figure 1. Training loss</strong>",
            "<strong>Figure 6. Weights of the first layer</strong>",
            "<pre tabindex=\"0\"><code>fanin compare",
            "<dt>Optimizer</dt>",
        ];
        int at = 0;
        foreach (string piece in expected)
        {
            int found = html.IndexOf(piece, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"'{piece}' is missing, or stands too early.");
            at = found;
        }
    }

    [Fact]
    public void The_data_hold_every_figure_with_its_kind()
    {
        JsonElement figures = Data(Html(DemoReport.Page)).GetProperty("figures");

        Assert.Equal(
            ["line", "range", "line", "line", "histogram", "tiles"],
            figures.EnumerateArray().Select(figure => figure.GetProperty("kind").GetString()!)
        );
        JsonElement loss = figures[0].GetProperty("lines")[3];
        Assert.Equal("he_normal", loss.GetProperty("name").GetString());
        Assert.Equal(3, loss.GetProperty("index").GetInt32());
        Assert.Equal(400, loss.GetProperty("y").GetArrayLength());
        Assert.Equal(30, figures[4].GetProperty("groups")[5].GetProperty("layers").GetArrayLength());
        JsonElement panel = figures[5].GetProperty("groups")[1].GetProperty("panels")[0];
        Assert.Equal(64 * 64, panel.GetProperty("tiles").GetBytesFromBase64().Length);
    }

    [Fact]
    public void What_is_not_finite_is_null_and_the_page_still_opens()
    {
        var figure = new LineFigure
        {
            Title = "gaps",
            XAxis = new("x", Log: true) { Min = -1 },
            YAxis = new("y", Log: true) { Max = double.NaN },
            Lines = [new("a", [1, 2, 3, 4, 5], [double.NaN, double.PositiveInfinity, 0, -1, 1e300])],
            References = [new(0, "no place on a log axis"), new(2, "two")],
        };

        JsonElement data = Data(Html(Around(figure))).GetProperty("figures")[0];

        Assert.Equal("[null,null,0,-1,1E+300]", data.GetProperty("lines")[0].GetProperty("y").GetRawText());
        Assert.Equal(
            "two",
            Assert.Single(data.GetProperty("references").EnumerateArray()).GetProperty("label").GetString()
        );
        Assert.False(data.GetProperty("xAxis").TryGetProperty("min", out _));
        Assert.False(data.GetProperty("yAxis").TryGetProperty("max", out _));
    }

    [Fact]
    public void A_name_keeps_its_place_in_the_order_through_all_figures()
    {
        ReportPage page = Around(Line("b"), Line("new"), Line("a")) with { Series = ["a", "b"] };

        IEnumerable<int> indices = Data(Html(page))
            .GetProperty("figures")
            .EnumerateArray()
            .Select(figure => figure.GetProperty("lines")[0].GetProperty("index").GetInt32());

        Assert.Equal([1, 2, 0], indices);
    }

    [Fact]
    public void A_contradiction_is_named_and_leaves_no_file()
    {
        string path = Path.Combine(_folder, "report.html");
        var figure = new LineFigure
        {
            Title = "Loss",
            XAxis = new("x"),
            YAxis = new("y"),
            Lines = [new("a", [1, 2], [1])],
        };

        ArgumentException fault = Assert.Throws<ArgumentException>(() => Around(figure).Write(path));

        Assert.Equal("Figure 'Loss': 'a' has 2 x and 1 y values; they must be as many.", fault.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_table_with_a_short_row_is_named()
    {
        var table = new TableBlock
        {
            Caption = "Results",
            Columns = [new("a"), new("b")],
            Rows = [new(["1", "2"]), new(["1"])],
        };

        ArgumentException fault = Assert.Throws<ArgumentException>(() => Around(table).Write(TextWriter.Null));

        Assert.Equal("Row 1 of the table 'Results' has 1 cells; it needs 2, one for each column.", fault.Message);
    }

    [Fact]
    public void A_file_is_replaced_whole_or_stays_as_it_was()
    {
        string path = Path.Combine(_folder, "new", "report.html");
        WholeFile.Write(path, stream => stream.Write("old"u8));

        Assert.Throws<InvalidOperationException>(() =>
            WholeFile.Write(
                path,
                stream =>
                {
                    stream.Write("half"u8);
                    throw new InvalidOperationException("stopped");
                }
            )
        );

        Assert.Equal("old", File.ReadAllText(path));
        DemoReport.Page.Write(path);
        Assert.EndsWith("</html>\n", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(Path.Combine(_folder, "new")));
    }

    /// <summary>A page with hostile text in every place that takes text.</summary>
    internal static ReportPage HostilePage { get; } =
        new()
        {
            Title = Attack,
            Subtitle = Attack,
            Series = ["__proto__", Attack],
            Footer = Attack,
            Sections =
            [
                new()
                {
                    Heading = Attack,
                    Text = Attack,
                    Blocks =
                    [
                        new TextBlock(Attack),
                        new VerdictBlock([new(Attack, Severity.Bad) { Series = Attack }]),
                        new SettingsBlock([new(Attack, Attack)]),
                        new CodeBlock(Attack),
                        new TableBlock
                        {
                            Caption = Attack,
                            Columns = [new(Attack), new(Attack, ColumnKind.Badge)],
                            Rows = [new([Attack, Attack]) { Series = Attack }],
                        },
                        Line(Attack) with
                        {
                            Title = Attack,
                            Text = Attack,
                            XAxis = new(Attack),
                            References = [new(1, Attack)],
                        },
                        Line("__proto__"),
                        new RangeFigure
                        {
                            Title = Attack,
                            Axis = new(Attack),
                            Values = [new(Attack, 1, 0, 2), new("constructor", double.NaN, double.NaN, double.NaN)],
                        },
                        new HistogramFigure
                        {
                            Title = Attack,
                            ValueTitle = Attack,
                            Groups = [new(Attack, [new(Attack, -1, 1, [1, 2, 1])]), new("empty", [])],
                        },
                        new TilesFigure
                        {
                            Title = Attack,
                            Groups =
                            [
                                new(Attack, [new(Attack, 2, 1, [new float[] { 1, float.NaN }])]),
                                new("empty", []),
                            ],
                        },
                    ],
                },
            ],
        };

    internal static LineFigure Line(string name) =>
        new()
        {
            Title = "line",
            XAxis = new("x"),
            YAxis = new("y"),
            Lines = [new(name, [0, 1, 2], [1, 2, 3])],
        };

    internal static ReportPage Around(params ReportBlock[] blocks) =>
        new() { Title = "page", Sections = [new() { Heading = "section", Blocks = blocks }] };

    private static string Html(ReportPage page)
    {
        using var writer = new StringWriter();
        page.Write(writer);
        return writer.ToString();
    }

    /// <summary>The page without what its scripts and styles hold.</summary>
    internal static string Markup(string html) =>
        Regex.Replace(
            html,
            "<script.*?</script>|<style.*?</style>",
            "",
            RegexOptions.Singleline | RegexOptions.IgnoreCase,
            TimeSpan.FromSeconds(10)
        );

    private static JsonElement Data(string html)
    {
        const string Start = "<script type=\"application/json\" id=\"data\">";
        int start = html.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        return JsonElement.Parse(html[start..html.IndexOf("</script>", start, StringComparison.Ordinal)]);
    }
}
