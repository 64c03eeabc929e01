using System.Text.RegularExpressions;
using System.Xml.Linq;
using FanIn.Report;
using static FanIn.Lab.Tests.Trials;

namespace FanIn.Lab.Tests;

public sealed class StudyReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_page_and_a_picture_of_each_figure_and_nothing_else()
    {
        IReadOnlyList<string> written = Report(Several).Write(_folder.Path);

        Assert.Equal(
            [
                "report.html",
                "loss.svg",
                "final-loss.svg",
                "activations.svg",
                "gradients.svg",
                "activation-histograms.svg",
                "gradient-histograms.svg",
            ],
            written.Select(Path.GetFileName)
        );
        Assert.Equal(
            written.Order(StringComparer.Ordinal),
            Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal)
        );
        Assert.All(written.Skip(1), path => Assert.Equal("svg", XDocument.Load(path).Root!.Name.LocalName));
        string page = File.ReadAllText(written[0]);
        Assert.Contains("fanin compare --seeds 2", page, StringComparison.Ordinal);
        Assert.Contains("each layer halves the variance", page, StringComparison.OrdinalIgnoreCase);
    }

    public static TheoryData<string> Odd =>
        ["one seed", "all diverged", "zeros", "no hidden layer", "several rates", "images"];

    [Theory]
    [MemberData(nameof(Odd))]
    public void Odd_results_make_a_report(string what)
    {
        TrialResult one = Trial("a", 0, 0.5);
        var images = new WeightImages(
            2,
            2,
            [
                [1, 2, 3, 4],
                [0, 0, 0, 0],
            ]
        );
        StudyResult result = what switch
        {
            "one seed" => Study(one),
            "all diverged" => Study(
                one with
                {
                    InitialLoss = double.PositiveInfinity,
                    FinalLoss = double.NaN,
                    TestAccuracy = double.NaN,
                    Diverged = true,
                    Outcome = Outcome.Diverged,
                    Curve = [double.NaN],
                    DistinctUnits = [0, 0],
                    Layers =
                    [
                        Layer("x", double.PositiveInfinity, double.NaN) with
                        {
                            ActivationReach = 0,
                            ActivationShares = [],
                            GradientReach = 0,
                            GradientShares = [],
                        },
                    ],
                }
            ),
            "zeros" => Study(
                one with
                {
                    Layers =
                    [
                        .. one.Layers.Select(l =>
                            l with
                            {
                                ActivationRms = 0,
                                GradientRms = 0,
                                ActivationReach = 0,
                                GradientReach = 0,
                                ActivationShares = [],
                                GradientShares = [],
                            }
                        ),
                    ],
                }
            ),
            "no hidden layer" => Study(one with { Units = [], DistinctUnits = [], Layers = [Layer("output", 1, 1)] }),
            "several rates" => Study(one, one with { LearningRate = 0.1, FinalLoss = double.NaN, Diverged = true }),
            _ => Study(one with { WeightsBefore = images, WeightsAfter = images }),
        };

        IReadOnlyList<string> written = Report(result).Write(_folder.Path);

        Assert.Equal(
            what == "several rates",
            written.Any(p => p.EndsWith("learning-rates.svg", StringComparison.Ordinal))
        );
        Assert.Equal(what == "images", written.Any(p => p.EndsWith("first-layer.svg", StringComparison.Ordinal)));
        Assert.All(written, path => Assert.True(new FileInfo(path).Length > 500));
        string visible = Regex.Replace(
            File.ReadAllText(written[0]),
            "<(?<tag>script|style).*?</\\k<tag>>",
            "",
            RegexOptions.Singleline | RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(10)
        );
        Assert.Contains("Run it again", visible, StringComparison.Ordinal);
        Assert.DoesNotMatch("NaN|Infinity|∞", visible);
    }

    [Fact]
    public void A_networks_name_is_no_path()
    {
        StudyResult Named(string network) => Several with { Study = Several.Study with { Network = network } };

        IReadOnlyList<string> written = Report(Named("../../a b/c:relu"), Named("../../a b/c:relu"))
            .Write(_folder.Path);

        Assert.All(written, path => Assert.Equal(_folder.Path, Path.GetDirectoryName(path)));
        Assert.Equal(written.Count, written.Distinct().Count());
        Assert.Equal("..-..-a-b-c-relu-loss.svg", Path.GetFileName(written[1]));
    }

    [Fact]
    public void Where_it_cannot_be_written_nothing_is_half_done()
    {
        string file = _folder.Write("out", "a file");

        Assert.ThrowsAny<IOException>(() => Report(Several).Write(file));
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_row_of_the_table()
    {
        StudyResult result = Study(
            Trial("a", 0, 0.25),
            Trial("a", 1, 1.75),
            Trial("b", 0, double.NaN, Outcome.Diverged, distinct: 0),
            Trial("b", 1, double.NaN, Outcome.Diverged, distinct: 0),
            Trial("c", 0, 12345),
            Trial("c", 1, double.NaN, Outcome.Diverged, distinct: 0)
        );

        Assert.Equal(
            [
                ["a", "1.000", "[0.250, 1.750]", "20 (1/2)", "50.0%", "64 of 64", "learned"],
                ["b", "-", "", "-", "-", "-", "diverged"],
                ["c", "1.2e4", "[1.2e4, 1.2e4]", "-", "50.0%", "64 of 64", "diverged (1/2)"],
            ],
            result.Summary.Select(s => StudyTable.Cells(result, s))
        );
    }

    [Fact]
    public void Bands_span_the_seeds_and_end_where_trials_end()
    {
        LineFigure loss = StudyFigures.Loss(Study(Trial("a", 0, 0.5), Trial("a", 1, double.NaN, Outcome.Diverged)));

        LineSeries line = Assert.Single(loss.Lines);
        Assert.Equal([2.4, (2 + 70) / 2.0, 0.5, 0.5], line.Y);
        Assert.Equal([2.4, 2, 0.5, 0.5], line.Low!);
        Assert.Equal([2.4, 70, 0.5, 0.5], line.High!);
    }

    private static StudyResult Several =>
        Study(
            Trial("he", 0, 0.4),
            Trial("he", 1, 0.5),
            Trial("lsuv", 0, 0.1),
            Trial("lsuv", 1, 0.2),
            Trial("xavier", 0, 2.3, Outcome.Stuck, forward: 0.5),
            Trial("xavier", 1, 2.3, Outcome.Stuck, forward: 0.5),
            Trial("big", 0, double.NaN, Outcome.Diverged, forward: 30),
            Trial("big", 1, double.NaN, Outcome.Diverged, forward: 30)
        );

    private static StudyReport Report(params StudyResult[] results) =>
        new()
        {
            Title = "A <study>",
            Command = "fanin compare --seeds 2",
            Results = [.. results],
        };
}
