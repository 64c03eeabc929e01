using CsCheck;
using FanIn.Cli.Check;

namespace FanIn.Cli.Tests.Check;

public sealed class LogBarTests
{
    [Theory]
    [InlineData(1, "          ┊          ")]
    [InlineData(0.1, "█████┊")]
    [InlineData(0.01, "██████████┊")]
    [InlineData(10, "┊█████")]
    [InlineData(100, "┊██████████")]
    [InlineData(0.0316227766, "▐███████┊", 2)]
    [InlineData(3.16227766, "┊██▌")]
    [InlineData(0, "<█████████┊")]
    [InlineData(double.PositiveInfinity, "┊█████████>")]
    [InlineData(double.NaN, "          ┊          ")]
    public void IsAsLongAsTheLogarithm(double value, string expected, int from = -1)
    {
        // Ten characters each side, two decades: five a decade.
        string bar = new LogBar([0.01], 21, blocks: true).Of(value, predicted: null);

        Assert.Equal(21, bar.Length);
        Assert.Equal(expected.Trim(), bar.Trim());
        Assert.Equal('┊', bar[10]);
        Assert.True(from < 0 || bar[from] != ' ');
    }

    [Fact]
    public void MarksWhatIsExpected()
    {
        var bar = new LogBar([0.01, 100], 21, blocks: true);

        Assert.Equal("     │████┊          ", bar.Of(0.1, predicted: 0.1));
        Assert.Equal("          │          ", bar.Of(1, predicted: 1));
        Assert.Equal("│         ┊          ", bar.Of(1, predicted: 1e-9));
        Assert.Equal("          ┊          ", bar.Of(1, predicted: double.NaN));
        Assert.Equal("0.01      1       100", bar.Heading);
    }

    [Fact]
    public void ShowsPlainCharactersWhereThereAreNoOthers()
    {
        var bar = new LogBar([1e-8], 21, blocks: false);

        Assert.Equal("     |####:          ", bar.Of(1e-4, predicted: 1e-4));
        Assert.Equal("1e-8      1       1e8", bar.Heading);
        Assert.All(bar.Legend(foretells: true), c => Assert.True(char.IsAscii(c)));
    }

    [Fact]
    public void StaysWithinItsWidthWhateverTheValues() =>
        Gen.Double[-320, 320]
            .Select(Gen.Double[-320, 320], Gen.Double[-320, 320], Gen.Int[13, 33])
            .Sample(
                (a, b, c, width) =>
                {
                    var bar = new LogBar([Math.Pow(10, a)], width, blocks: true);
                    string drawn = bar.Of(Math.Pow(10, b), Math.Pow(10, c));
                    int expected = width - 1 + (width % 2);
                    return drawn.Length == expected && bar.Heading.Length == expected;
                }
            );
}
