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

        XDocument svg = XDocument.Load(path);
        string[] texts = [.. svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value.Trim())];
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
