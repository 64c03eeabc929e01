using System.Globalization;
using System.Text;
using FanIn.Cli.Check;
using FanIn.Tests.Shared;

namespace FanIn.Cli.Tests.Check;

public sealed class CheckTextTests
{
    private static readonly CheckOutcome Vanishing = new("mlp:50x64:relu with xavier_normal", SignalExamples.Vanishing)
    {
        Seeds = 5,
    };

    [Fact]
    public void SaysTheVerdictAndShowsTheLayers() => Golden.Check("check-vanishing.txt", Show(Vanishing, width: null));

    [Fact]
    public void SaysWhatIsMissing() =>
        Golden.Check("check-onnx.txt", Show(new("model.onnx", SignalExamples.WithoutGradients), width: null));

    [Fact]
    public void ShowsAHealthyNetworkInANarrowTerminal() =>
        Golden.Check(
            "check-healthy.txt",
            WithoutColours(Show(new("mlp:5x64:relu with he_normal", SignalExamples.Healthy), 80))
        );

    [Theory]
    [InlineData(50)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(200)]
    public void KeepsWithinTheTerminal(int width)
    {
        foreach (
            CheckOutcome outcome in (CheckOutcome[])
                [Vanishing, new("m", SignalExamples.Healthy), new("m.onnx", SignalExamples.WithoutGradients)]
        )
        {
            string text = WithoutColours(Show(outcome, width));

            // Marks behind the bar may be longer than a very narrow line has room for.
            Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, Math.Max(width, 70)));
        }
    }

    [Fact]
    public void FoldsADeepNetworkAndShowsAllOnDemand()
    {
        string folded = Show(Vanishing, width: null);
        string whole = Show(Vanishing, width: null, allLayers: true);

        Assert.Equal(51, Rows(whole).Length);
        string[] rows = Rows(folded);
        Assert.InRange(rows.Length, 10, CheckRow.MostRows);
        Assert.Equal("fc1", rows[0]);
        Assert.Equal("fc51", rows[^1]);
        Assert.Contains("fc8", rows);
        Assert.Contains($"{rows.Length} of 51 layers; --all-layers shows the others", folded, StringComparison.Ordinal);
        Assert.DoesNotContain("--all-layers", whole, StringComparison.Ordinal);
    }

    [Fact]
    public void AThousandLayersAtFaultStayReadable()
    {
        SignalFinding[] findings =
        [
            .. Enumerable
                .Range(1, 1000)
                .Select(i => new SignalFinding(
                    FindingKind.Dead,
                    FindingSeverity.Warning,
                    $"fc{i}",
                    "all units are dead."
                )),
        ];
        string text = Show(new("deep", SignalExamples.Chain(1000, 1, findings)), width: null);

        Assert.InRange(text.Split('\n').Length, 20, 60);
        Assert.Contains("996 others: fc5, fc6, fc7, fc8, fc9 ...", text, StringComparison.Ordinal);
    }

    [Fact]
    public void MarksWhatLeavesItsBand()
    {
        SignalReport report = SignalExamples.Report([
            SignalExamples.Layer("low", 0.5, 1, 0.1),
            SignalExamples.Layer("high", 2, 1, 0.1),
            SignalExamples.Layer("inside", 1.05, 1, 0.1) with
            {
                MeasuredGradientRms = 0.3,
            },
        ]);

        string[] lines = Show(new("net", report), width: null).Split('\n');

        Assert.EndsWith("RMS below", Line(lines, "low"), StringComparison.Ordinal);
        Assert.EndsWith("RMS above", Line(lines, "high"), StringComparison.Ordinal);
        Assert.EndsWith("gradient above", Line(lines, "inside"), StringComparison.Ordinal);
    }

    [Fact]
    public void HasColoursOnATerminalOnly()
    {
        Assert.DoesNotContain('\e', Show(Vanishing, width: null));
        Assert.Contains('\e', Show(Vanishing, width: 100));
    }

    [Fact]
    public void WritesNothingThatATerminalObeys()
    {
        string text = Show(new("hostile\e[2J", SignalExamples.Hostile), width: null);

        Assert.DoesNotContain('\e', text);
        Assert.DoesNotContain('\0', text);
        Assert.DoesNotContain('\u0007', text);
        Assert.Contains("a?[31m<b>?", text, StringComparison.Ordinal);
    }

    [Fact]
    public void KeepsToAsciiWhereTheOutputDoes()
    {
        using var writer = new AsciiWriter();
        new CheckText(
            new Terminal(writer, writer, OutputIsWatched: false, ErrorIsWatched: false),
            allLayers: true
        ).Show(Vanishing);

        Assert.All(writer.ToString(), c => Assert.True(char.IsAscii(c), $"{(int)c:x}"));
    }

    /// <summary>At every width a mark is whole, and no line is longer than the page.</summary>
    [Theory]
    [InlineData(51, true)]
    [InlineData(51, false)]
    [InlineData(61, true)]
    [InlineData(81, false)]
    [InlineData(141, true)]
    public void NoWordIsBrokenAtTheEdge(int width, bool isWatched)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        new CheckText(
            new Terminal(output, output, isWatched, ErrorIsWatched: false) { Width = width },
            allLayers: true
        ).Show(Vanishing);
        string text = WithoutColours(output.ToString());

        Assert.Contains("vanishing", text.Split("\nlayer")[1], StringComparison.Ordinal);
        Assert.All(
            text.Split('\n'),
            line => Assert.InRange(line.TrimEnd('\r').Length, 0, isWatched ? width - 1 : width)
        );
    }

    private static string Line(string[] lines, string name) =>
        Assert.Single(lines, line => line.StartsWith($"{name} ", StringComparison.Ordinal));

    /// <summary>The names in the table.</summary>
    private static string[] Rows(string text) =>
        [
            .. text.Split('\n')
                .SkipWhile(line => !line.StartsWith("layer", StringComparison.Ordinal))
                .Skip(1)
                .TakeWhile(line => line.StartsWith("fc", StringComparison.Ordinal))
                .Select(line => line.Split(' ')[0]),
        ];

    private static string Show(CheckOutcome outcome, int? width, bool allLayers = false)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var terminal = new Terminal(output, output, OutputIsWatched: width is not null, ErrorIsWatched: false)
        {
            Width = width,
        };
        new CheckText(terminal, allLayers).Show(outcome);
        return output.ToString();
    }

    private static string WithoutColours(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, "\e\\[[0-9;]*m", "", default, TimeSpan.FromSeconds(1));

    private sealed class AsciiWriter() : StringWriter(CultureInfo.InvariantCulture)
    {
        public override Encoding Encoding => Encoding.ASCII;
    }
}
