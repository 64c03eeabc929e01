using FanIn.Report;

namespace FanIn.Lab;

/// <summary>The figures of a study, each a plain function of its result.</summary>
internal static class StudyFigures
{
    /// <summary>All figures with the names of their pictures.</summary>
    public static IEnumerable<(string Name, Figure Figure)> All(StudyResult result)
    {
        yield return ("loss", Loss(result));
        yield return ("final-loss", FinalLoss(result));
        yield return ("activations", Forward(result));
        yield return ("gradients", Backward(result));
        yield return ("activation-histograms", Activations(result));
        yield return ("gradient-histograms", Gradients(result));
        if (result.Study.Settings.LearningRates.Count > 1)
        {
            yield return ("learning-rates", Sensitivity(result));
        }
        if (Weights(result) is { } weights)
        {
            yield return ("first-layer", weights);
        }
    }

    public static LineFigure Loss(StudyResult result) =>
        new()
        {
            Title = "Training loss",
            Text =
                $"Mean over {Seeds(result)}, smoothed over {result.Study.Settings.SmoothingWindow} steps; the band reaches from the lowest seed to the highest.",
            XAxis = new("step"),
            YAxis = new("cross entropy (nats)") { Min = 0, Max = Ceiling(result) },
            Lines =
            [
                .. result.Summary.Select(s =>
                    Band(
                        s.Init,
                        [.. result.TrialsOf(s).Select(t => Smooth(t.Curve, result.Study.Settings.SmoothingWindow))]
                    )
                ),
            ],
            References = [new(result.Study.ChanceLoss, "guessing"), new(result.Study.TargetLoss, "target")],
        };

    public static RangeFigure FinalLoss(StudyResult result) =>
        new()
        {
            Title = "Final training loss",
            Text =
                $"Mean of the last {result.Study.Settings.FinalWindow} steps over {Seeds(result)}; whiskers from the lowest to the highest. None for what diverged.",
            Axis = new("cross entropy (nats)")
            {
                Min = 0,
                // Room for the reference line's label.
                Max =
                    1.15
                    * result
                        .Summary.Select(s => s.FinalLoss.Max)
                        .Where(double.IsFinite)
                        .Append(result.Study.ChanceLoss)
                        .Max(),
            },
            Values =
            [
                .. result.Summary.Select(s => new RangeValue(
                    s.Init,
                    s.FinalLoss.Mean,
                    s.FinalLoss.Min,
                    s.FinalLoss.Max
                )),
            ],
            References = [new(result.Study.ChanceLoss, "guessing")],
        };

    public static LineFigure Forward(StudyResult result) =>
        ByLayer(result, "Forward: activations by layer", "RMS before the activation", layer => layer.ActivationRms);

    public static LineFigure Backward(StudyResult result) =>
        ByLayer(result, "Backward: gradients by layer", "RMS of the gradient", layer => layer.GradientRms);

    public static HistogramFigure Activations(StudyResult result) =>
        Histograms(
            result,
            "Activations by layer, before training",
            "output before the activation",
            l => (l.ActivationReach, l.ActivationShares)
        );

    public static HistogramFigure Gradients(StudyResult result) =>
        Histograms(
            result,
            "Gradients by layer, before training",
            "gradient of the loss",
            l => (l.GradientReach, l.GradientShares)
        );

    public static LineFigure Sensitivity(StudyResult result) =>
        new()
        {
            Title = "Final loss by learning rate",
            Text =
                "Each initializer at each rate: mean over seeds that didn't diverge, band from the lowest to the highest. Each is judged at its best.",
            XAxis = new("learning rate", Log: true),
            YAxis = new("cross entropy (nats)") { Min = 0, Max = Ceiling(result) },
            Lines =
            [
                .. result
                    .Sensitivity.GroupBy(p => p.Init)
                    .Select(points => new LineSeries(
                        points.Key,
                        [.. points.Select(p => p.LearningRate)],
                        [.. points.Select(p => p.FinalLoss.Mean)]
                    )
                    {
                        Low = [.. points.Select(p => p.FinalLoss.Min)],
                        High = [.. points.Select(p => p.FinalLoss.Max)],
                    }),
            ],
            References = [new(result.Study.ChanceLoss, "guessing")],
        };

    /// <summary>The first layer's weights before and after training, or null where they make no images.</summary>
    public static TilesFigure? Weights(StudyResult result)
    {
        TileGroup[] groups =
        [
            .. result
                .Summary.Select(s => (s.Init, First: result.TrialsOf(s).MinBy(t => t.Trial)!))
                .Where(s => s.First is { WeightsBefore: not null, WeightsAfter: not null })
                .Select(s => new TileGroup(
                    s.Init,
                    [Panel("before", s.First.WeightsBefore!), Panel("after", s.First.WeightsAfter!)]
                )),
        ];
        return groups.Length == 0
            ? null
            : new()
            {
                Title = "Weights of the first layer, before and after training",
                Text =
                    "Each tile is one unit's incoming weights (first seed). Tiles that stay alike are units that compute the same.",
                Groups = groups,
            };

        static TilePanel Panel(string label, WeightImages images) =>
            new(
                label,
                images.Width,
                images.Height,
                [.. images.Units.Select(unit => new ReadOnlyMemory<float>([.. unit]))]
            );
    }

    private static LineFigure ByLayer(StudyResult result, string title, string axis, Func<TrialLayer, double> value) =>
        new()
        {
            Title = title,
            Text = $"Before training, over {Seeds(result)}; the output layer is the last.",
            XAxis = new("layer"),
            YAxis = new(axis, Log: true) { Min = Floor(result, value) },
            Lines =
            [
                .. result.Summary.Select(s =>
                    Band(s.Init, [.. result.TrialsOf(s).Select(t => t.Layers.Select(value).ToArray())], geometric: true)
                ),
            ],
        };

    private static HistogramFigure Histograms(
        StudyResult result,
        string title,
        string valueTitle,
        Func<TrialLayer, (double Reach, IReadOnlyList<float> Shares)> histogram
    ) =>
        new()
        {
            Title = title,
            Text = "First seed. Each reaches to five times its own root mean square, or to its largest value.",
            ValueTitle = valueTitle,
            Groups =
            [
                .. result.Summary.Select(s => new HistogramGroup(
                    s.Init,
                    [
                        .. result
                            .TrialsOf(s)
                            .MinBy(t => t.Trial)!
                            .Layers.Select(layer =>
                            {
                                (double reach, IReadOnlyList<float> shares) = histogram(layer);
                                return new LayerHistogram(
                                    layer.Name,
                                    -reach,
                                    reach,
                                    [.. shares.Select(share => (double)share)]
                                );
                            }),
                    ]
                )),
            ],
        };

    /// <summary>What is fainter than float32 resolves beside 1 counts as gone: it may leave the figure at the bottom.</summary>
    private static double? Floor(StudyResult result, Func<TrialLayer, double> value) =>
        result.Trials.SelectMany(t => t.Layers).Select(value).Any(v => v is > 0 and < Faintest) ? Faintest : null;

    private const double Faintest = 1e-12;

    private static string Seeds(StudyResult result) =>
        result.Study.Seeds == 1 ? "one seed" : $"{result.Study.Seeds} seeds";

    /// <summary>Losses above this are cut off: what diverges would flatten all the rest.</summary>
    private static double Ceiling(StudyResult result) => 1.5 * result.Study.ChanceLoss;

    private static double[] Smooth(IReadOnlyList<double> curve, int window)
    {
        double[] smooth = new double[curve.Count];
        for (int i = 0; i < smooth.Length; i++)
        {
            int start = Math.Max(0, i + 1 - window);
            smooth[i] = curve.Skip(start).Take(i + 1 - start).Average();
        }
        return smooth;
    }

    /// <summary>Mean (by logarithms, on a log axis) and range over trials; a trial that ended early drops out where it ends.</summary>
    private static LineSeries Band(string name, IReadOnlyList<double[]> trials, bool geometric = false)
    {
        int length = trials.Max(t => t.Length);
        (double[] x, double[] mean, double[] low, double[] high) = (
            new double[length],
            new double[length],
            new double[length],
            new double[length]
        );
        for (int i = 0; i < length; i++)
        {
            double[] values = [.. trials.Where(t => i < t.Length && double.IsFinite(t[i])).Select(t => t[i])];
            x[i] = i + 1;
            bool any = values.Length > 0;
            mean[i] =
                !any ? double.NaN
                : geometric && values.All(v => v > 0) ? Math.Exp(values.Average(Math.Log))
                : values.Average();
            low[i] = any ? values.Min() : double.NaN;
            high[i] = any ? values.Max() : double.NaN;
        }
        return trials.Count == 1 ? new(name, x, mean) : new(name, x, mean) { Low = low, High = high };
    }
}
