using FanIn.Tests.Shared;

namespace FanIn.Report.Tests.Signal;

/// <summary>A signal report as a page.</summary>
public sealed class CheckReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fanin-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_verdict_says_where_and_what_instead()
    {
        Assert.Equal("Vanishing at fc8. Instead: he_normal.", Page(SignalExamples.Vanishing).Subtitle);
        Assert.StartsWith("Healthy: ", Page(SignalExamples.Healthy).Subtitle, StringComparison.Ordinal);
        Assert.DoesNotContain("gradient", Page(SignalExamples.WithoutGradients).Subtitle!, StringComparison.Ordinal);
    }

    [Fact]
    public void Signal_and_gradient_have_prediction_band_and_measurement()
    {
        SignalReport report = SignalExamples.Vanishing;
        LineFigure[] figures = [.. Figures<LineFigure>(Page(report))];

        Assert.Equal(
            [
                "Forward: the signal by layer",
                "Backward: the gradient by layer",
                "Phase diagram of relu",
                "Likeness: the correlation of two examples by layer",
                "Singular values of the Jacobian",
            ],
            figures.Select(f => f.Title)
        );
        LineFigure forward = figures[0];
        Assert.True(forward.YAxis.Log);
        Assert.Equal(["predicted", "measured"], forward.Lines.Select(line => line.Name));
        Assert.Equal(report.Layers.Select(l => l.Prediction!.Rms), forward.Lines[0].Y);
        Assert.Equal(report.Layers.Select(l => l.Prediction!.Band.Low), forward.Lines[0].Low);
        Assert.Equal(report.Layers.Select(l => l.Prediction!.Band.High), forward.Lines[0].High);
        Assert.Equal(report.Layers.Select(l => l.MeasuredRms), forward.Lines[1].Y);
        Assert.Equal(report.Layers.Select(l => l.Spread!.Value.Low), forward.Lines[1].Low);
        LineFigure backward = figures[1];
        Assert.Equal(report.Layers.Select(l => l.Prediction!.GradientRms!.Value), backward.Lines[0].Y);
        Assert.Equal(report.Layers.Select(l => l.MeasuredGradientRms!.Value), backward.Lines[1].Y);
        Assert.Null(backward.Lines[1].Low);
    }

    [Fact]
    public void Without_gradients_and_prediction_the_measurement_stands_alone_and_it_is_said_why()
    {
        ReportPage page = Page(SignalExamples.WithoutGradients);

        LineFigure forward = Figures<LineFigure>(page).First();
        Assert.Equal(["measured"], forward.Lines.Select(line => line.Name));
        Assert.DoesNotContain(Figures<LineFigure>(page), f => f.Title.StartsWith("Backward", StringComparison.Ordinal));
        Assert.Contains(
            page.Sections,
            s => s.Text?.Contains("ONNX Runtime computes none", StringComparison.Ordinal) == true
        );
    }

    [Fact]
    public void Singular_values_are_counted_on_a_logarithmic_axis_beside_the_predicted_mean()
    {
        // 64 units each: the mean of the squares is the square of the gradient's growth, here over one layer.
        SignalReport report = SignalExamples.Chain(3, 0.5);
        LineFigure figure = Figures<LineFigure>(Page(report))
            .Single(f => f.Title.StartsWith("Singular", StringComparison.Ordinal));

        Assert.True(figure.XAxis.Log);
        Assert.Equal(0.5, figure.Lines[0].X[0], 12);
        LineSeries counts = figure.Lines[1];
        double total = 0;
        for (int i = 1; i + 2 < counts.X.Count; i += 2)
        {
            Assert.Equal(counts.Y[i], counts.Y[i + 1]);
            double low = counts.X[i];
            double high = counts.X[i + 1];
            bool isLast = i + 3 >= counts.X.Count;
            Assert.Equal(
                report.Observation.SingularValues.Count(s =>
                    s >= low * (1 - 1e-12) && (s < high * (1 - 1e-12) || isLast)
                ),
                counts.Y[i]
            );
            total += counts.Y[i];
        }
        Assert.Equal(64, total);
    }

    [Fact]
    public void Singular_values_that_are_rounding_are_counted_and_not_drawn()
    {
        SignalReport report = SignalExamples.Chain(3, 0.5);
        report = report with
        {
            Observation = report.Observation with { SingularValues = [3, 2, 1e-5, 1e-8, 1e-110, 0] },
        };
        LineFigure figure = Figures<LineFigure>(Page(report))
            .Single(f => f.Title.StartsWith("Singular", StringComparison.Ordinal));

        Assert.InRange(figure.Lines[^1].X[0], 1e-6, 1e-5);
        Assert.Equal(3, figure.Lines[^1].Y.Where((_, i) => i % 2 == 1 && i + 1 < figure.Lines[^1].Y.Count).Sum());
        Assert.Contains("2 more lie below 3E-07", figure.Text, StringComparison.Ordinal);
        Assert.Contains("1 more is 0", figure.Text, StringComparison.Ordinal);
    }

    /// <summary>relu of normal weights of variance s: m_1 = (s / 2)^L, variance L (2 - 1 + 1) m_1^2; one L less in it where they are orthogonal.</summary>
    [Theory]
    [InlineData(false, "mean 0.125, variance 0.093")]
    [InlineData(true, "mean 0.125, variance 0.0469")]
    public void The_spectrum_of_theory_stands_beside_the_measured_one(bool isOrthogonal, string moments)
    {
        SignalReport report = SignalExamples.Chain(5, 0.5) with
        {
            Prediction = new([])
            {
                IsChain = true,
                Activation = Activation.Parse("relu"),
                WeightVariance = 1,
                IsOrthogonal = isOrthogonal,
            },
        };
        LineFigure figure = Figures<LineFigure>(Page(report))
            .Single(f => f.Title.StartsWith("Singular", StringComparison.Ordinal));

        Assert.Contains($"infinite width: {moments}", figure.Text, StringComparison.Ordinal);
    }

    [Theory]
    // Poole 2016, Schoenholz 2017; He 2015 at bias variance 0.
    [InlineData("tanh", 1.760954639606739, 0.05)]
    [InlineData("tanh", 1.0, 0.0)]
    [InlineData("relu", 2.0, 0.0)]
    [InlineData("leaky_relu(0.2)", 1.9230769230769231, 0.0)]
    public void The_critical_line_goes_through_known_points(string activation, double weights, double biases)
    {
        SignalReport report = SignalExamples.Healthy with
        {
            Prediction = new([])
            {
                IsChain = true,
                Activation = Activation.Parse(activation),
                WeightVariance = 1.5,
                BiasVariance = 0.1,
            },
        };

        LineFigure figure = Figures<LineFigure>(Page(report)).Single(f => f.Title == $"Phase diagram of {activation}");

        LineSeries point = figure.Lines.Single(line => line.Name == "this network");
        Assert.Equal((1.5, 0.1), (Assert.Single(point.X), Assert.Single(point.Y)));
        LineSeries line = figure.Lines.Single(l => l.Name == "critical line");
        // Straight between the points of the line, which are close to one another.
        int after = Enumerable
            .Range(1, line.X.Count - 1)
            .First(i => line.Y[i] >= biases && line.Y[i - 1] <= biases + 1e-6);
        double share =
            line.Y[after] == line.Y[after - 1] ? 0 : (biases - line.Y[after - 1]) / (line.Y[after] - line.Y[after - 1]);
        Assert.Equal(weights, line.X[after - 1] + (share * (line.X[after] - line.X[after - 1])), 0.01);
    }

    [Fact]
    public void Distributions_have_a_histogram_for_each_layer()
    {
        HistogramFigure[] figures = [.. Figures<HistogramFigure>(Page(SignalExamples.Healthy))];

        Assert.Equal(["Activations by layer", "Gradients by layer"], figures.Select(f => f.Title));
        Assert.All(figures, f => Assert.Equal(6, Assert.Single(f.Groups).Layers.Count));
        LayerHistogram first = figures[0].Groups[0].Layers[0];
        ValueHistogram expected = SignalExamples.Healthy.Layers[0].Observation.Output.Histogram!;
        Assert.Equal((-expected.Reach, expected.Reach), (first.Low, first.High));
        Assert.Equal(expected.Shares, first.Counts);
    }

    [Fact]
    public void Columns_that_no_layer_has_a_value_for_are_left_out()
    {
        TableBlock layers = Page(SignalExamples.WithoutGradients)
            .Sections.SelectMany(s => s.Blocks)
            .OfType<TableBlock>()
            .Single(table => table.Columns[0].Title == "layer" && table.Columns.Count == 2);

        Assert.Equal(["layer", "RMS"], layers.Columns.Select(c => c.Title));
        Assert.Equal("0.5", layers.Rows[0].Cells[1]);
    }

    [Theory]
    [InlineData("#light", "1600,1200")]
    [InlineData("#dark", "400,1200")]
    public async Task Every_figure_is_drawn_and_the_console_stays_silent(string hash, string size)
    {
        Assert.SkipWhen(Chromium.Path is null, "No Chromium on this machine: the page was not opened in a browser.");
        foreach (
            SignalReport report in (SignalReport[])
                [SignalExamples.Vanishing, SignalExamples.WithoutGradients, SignalExamples.Hostile]
        )
        {
            string path = Path.Combine(_folder, "check.html");
            CheckReport check = new()
            {
                Title = "a <b>network</b>",
                Signal = report,
                Command = "fanin check",
            };
            check.Write(path);

            (string document, string[] console) = await Chromium.Open(path, hash, size);

            Assert.Empty(console);
            int figures = Figures<Figure>(check.Page()).Count();
            Assert.Equal(figures, document.Split("data-drawn=\"true\"").Length - 1);
            Assert.DoesNotContain("<b>", ReportPageTests.Markup(document), StringComparison.Ordinal);
        }
    }

    /// <summary>For the eye: leaves pages in the folder that FANIN_REPORT_DEMO names.</summary>
    [Fact(Explicit = true)]
    public void Leaves_pages_where_one_can_look_at_them()
    {
        string? folder = Environment.GetEnvironmentVariable("FANIN_REPORT_DEMO");
        Assert.SkipWhen(folder is null, "Set FANIN_REPORT_DEMO to a folder to have pages there.");
        foreach (
            (string name, SignalReport report) in ((string, SignalReport)[])
                [
                    ("vanishing", SignalExamples.Vanishing),
                    ("healthy", SignalExamples.Healthy),
                    ("onnx", SignalExamples.WithoutGradients),
                    ("hostile", SignalExamples.Hostile),
                ]
        )
        {
            new CheckReport
            {
                Title = "mlp:50x64:relu with xavier_normal",
                Signal = report,
                Settings = [new("Network", "mlp:50x64:relu"), new("Weights", "xavier_normal, 5 seeds from 1")],
                Command = "fanin check --network mlp:50x64:relu --init xavier_normal --report check.html",
                Footer = "Written by FanIn.",
            }.Write(Path.Combine(folder, $"check-{name}.html"));
        }
    }

    private static ReportPage Page(SignalReport report) => new CheckReport { Title = "net", Signal = report }.Page();

    private static IEnumerable<T> Figures<T>(ReportPage page)
        where T : Figure => page.Sections.SelectMany(section => section.Blocks).OfType<T>();
}
