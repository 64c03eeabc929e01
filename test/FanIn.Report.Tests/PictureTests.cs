using System.Xml.Linq;

namespace FanIn.Report.Tests;

public sealed class PictureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fanin-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Names => [.. DemoReport.Figures.Select(figure => figure.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_figure_becomes_an_SVG_that_names_its_series(string name)
    {
        Figure figure = DemoReport.Figures.Single(f => f.Name == name).Figure;
        string path = Path.Combine(_folder, "pictures", name + ".svg");

        Picture.WriteSvg(figure, path, DemoReport.Initializers);

        string[] texts = Texts(path);
        Assert.Contains(texts, text => text.StartsWith(figure.Title, StringComparison.Ordinal));
        Assert.All(
            DemoReport.Initializers,
            n => Assert.Contains(texts, text => text.StartsWith(n, StringComparison.Ordinal))
        );
        Assert.Single(Directory.GetFileSystemEntries(Path.Combine(_folder, "pictures")));
    }

    [Fact]
    public void A_logarithmic_axis_is_labelled_by_powers_of_ten()
    {
        string path = Path.Combine(_folder, "forward.svg");

        Picture.WriteSvg(DemoReport.Forward, path, DemoReport.Initializers);

        string svg = File.ReadAllText(path);
        Assert.Contains("10⁻¹²", svg, StringComparison.Ordinal);
        Assert.Contains("zeros (all 0)", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void A_series_that_goes_under_the_axis_says_so_by_its_name()
    {
        string lines = Path.Combine(_folder, "lines.svg");
        string ranges = Path.Combine(_folder, "ranges.svg");

        Picture.WriteSvg(Under, lines);
        Picture.WriteSvg(UnderRanges, ranges);

        string[] texts = Texts(lines);
        Assert.Contains("falls (cut off under 1×10⁻¹²)", texts);
        Assert.Contains("band (cut off under 1×10⁻¹²)", texts);
        Assert.Contains("zeros (all 0)", texts);
        Assert.Contains("at the edge", texts);
        texts = Texts(ranges);
        Assert.Contains("(cut off under 1×10⁻¹²)", texts);
        Assert.Equal(
            texts.Count(text => text == "long"),
            texts.Count(text => text.Contains("cut off", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void A_linear_axis_or_one_without_a_lowest_value_says_nothing()
    {
        FigureAxis[] axes = [new("y") { Min = 1 }, new("y", Log: true), new("y", Log: true) { Min = -1 }];

        Assert.All(axes, axis => Assert.False(axis.CutsOff(0.5)));
        Assert.False(new FigureAxis("y", Log: true) { Min = 1 }.CutsOff(0));
        Assert.True(new FigureAxis("y", Log: true) { Min = 1 }.CutsOff(0.5));
    }

    [Fact]
    public void The_lowest_value_that_was_asked_for_stays_where_all_lie_under_it()
    {
        var axis = new PictureAxis(new("y", Log: true) { Min = 1e-3 }, [1e-9, 1e-8]);

        Assert.Equal(-3, axis.Low, 12);
        Assert.True(axis.High > axis.Low);
    }

    /// <summary>Curves that leave a logarithmic axis at its lower end, and some that don't.</summary>
    internal static LineFigure Under { get; } =
        new()
        {
            Title = "under",
            XAxis = new("x"),
            YAxis = new("y", Log: true) { Min = 1e-12 },
            Lines =
            [
                new("falls", [1, 2, 3], [1, 1e-6, 1e-13]),
                new("band", [1, 2], [1, 1e-11]) { Low = [1, 1e-13], High = [1, 1e-10] },
                new("zeros", [1, 2], [0, 0]),
                new("at the edge", [1, 2], [1, 1e-12]),
            ],
        };

    internal static RangeFigure UnderRanges { get; } =
        new()
        {
            Title = "under",
            Axis = new("x", Log: true) { Min = 1e-12 },
            Values = [new("long", 1e-6, 1e-15, 1), new("short", 1e-6, 1e-7, 1e-5)],
        };

    private static string[] Texts(string path) =>
        [.. XDocument.Load(path).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value.Trim())];

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.25, "−0.25")]
    [InlineData(12345.6, "12345.6")]
    [InlineData(9.999e-6, "1×10⁻⁵")]
    [InlineData(-9.994e-6, "−9.99×10⁻⁶")]
    [InlineData(1e-12, "1×10⁻¹²")]
    [InlineData(9.9999999e-4, "0.001")]
    [InlineData(99999.99, "1×10⁵")]
    [InlineData(9.996e99, "1×10¹⁰⁰")]
    [InlineData(double.Epsilon, "4.94×10⁻³²⁴")]
    [InlineData(double.NaN, "–")]
    public void A_mantissa_is_less_than_ten_after_rounding(double value, string expected) =>
        Assert.Equal(expected, NumberText.Of(value));

    [Fact]
    public void Figures_without_a_single_value_are_drawn_empty()
    {
        Figure[] figures =
        [
            ReportPageTests.Line("a") with
            {
                Lines = [],
            },
            ReportPageTests.Line("a") with
            {
                Lines = [new("a", [], [])],
            },
            ReportPageTests.Line("a") with
            {
                YAxis = new("y", Log: true),
                Lines = [new("a", [1, 2], [0, double.NaN]) { Low = [-1, 0], High = [0, double.PositiveInfinity] }],
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
            new HistogramFigure
            {
                Title = "none",
                ValueTitle = "x",
                Groups =
                [
                    new("a", [new("1", double.NaN, 1, [1]), new("2", 0, 1, []), new("3", 0, 1, [0, double.NaN])]),
                ],
            },
            new TilesFigure { Title = "none", Groups = [new("a", [new("before", 3, 3, [])])] },
        ];

        for (int i = 0; i < figures.Length; i++)
        {
            string path = Path.Combine(_folder, $"{i}.svg");
            Picture.WriteSvg(figures[i], path);
            Assert.NotNull(XDocument.Load(path).Root);
        }
    }

    [Fact]
    public void A_PNG_has_twice_the_size()
    {
        string path = Path.Combine(_folder, "loss.png");

        Picture.WritePng(DemoReport.FinalLoss, path);

        byte[] png = File.ReadAllBytes(path);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);
        Assert.Equal(2 * 752, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
    }
}
