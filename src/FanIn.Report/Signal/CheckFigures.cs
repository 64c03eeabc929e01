using System.Globalization;

namespace FanIn.Report;

/// <summary>The figures of a signal report, each a plain function of it.</summary>
internal static class CheckFigures
{
    private const string Predicted = "predicted";
    private const string Measured = "measured";

    /// <summary>Of the largest singular value: what lies below is rounding, in float32.</summary>
    private const double LeastShare = 1e-7;

    /// <summary>The names that the figures use, in the order of their colours.</summary>
    public static IReadOnlyList<string> Names { get; } = [Predicted, Measured, PhaseDiagram.Line, PhaseDiagram.Point];

    /// <summary>Signal and gradient by layer, as far as they were measured.</summary>
    public static IEnumerable<LineFigure> ByLayer(SignalReport report)
    {
        yield return Sizes(
            report,
            "Forward: the signal by layer",
            "RMS before the activation",
            layer => layer.MeasuredRms,
            layer => layer.Prediction?.Rms,
            layer => layer.Prediction?.Band,
            layer => layer.Spread
        );
        if (report.Layers.Any(layer => layer.MeasuredGradientRms is not null))
        {
            yield return Sizes(
                report,
                "Backward: the gradient by layer",
                "RMS of the gradient",
                layer => layer.MeasuredGradientRms,
                layer => layer.Prediction?.GradientRms,
                layer => layer.Prediction?.GradientBand,
                _ => null
            );
        }
    }

    /// <summary>The network's point in its activation's phase diagram, how alike examples become, the singular values of its Jacobian.</summary>
    public static IEnumerable<LineFigure> Standing(SignalReport report)
    {
        if (PhaseDiagram.Of(report) is { } phases)
        {
            yield return phases;
        }
        if (report.Layers.Any(layer => layer.Correlation is not null))
        {
            yield return new()
            {
                Title = "Likeness: the correlation of two examples by layer",
                Text = "Mean cosine between the outputs of two examples. At 1 they can't be told apart any more.",
                XAxis = new("layer"),
                YAxis = new("mean cosine") { Min = Lowest(report), Max = 1 },
                Lines =
                [
                    .. Line(report, Predicted, layer => layer.Prediction?.Correlation),
                    .. Line(report, Measured, layer => layer.Correlation),
                ],
            };
        }
        if (SingularValues(report) is { } values)
        {
            yield return values;
        }
    }

    /// <summary>Histograms of outputs and gradients by layer, where they were kept.</summary>
    public static IEnumerable<HistogramFigure> Distributions(SignalReport report)
    {
        if (
            Histograms(
                report,
                "Activations by layer",
                "output before the activation",
                layer => layer.Observation.Output.Histogram
            ) is
            { } outputs
        )
        {
            yield return outputs;
        }
        if (
            Histograms(
                report,
                "Gradients by layer",
                "gradient of the loss",
                layer => layer.Observation.Gradient?.Histogram
            ) is
            { } gradients
        )
        {
            yield return gradients;
        }
    }

    private static LineFigure Sizes(
        SignalReport report,
        string title,
        string axis,
        Func<SignalLayer, double?> measured,
        Func<SignalLayer, double?> predicted,
        Func<SignalLayer, (double Low, double High)?> band,
        Func<SignalLayer, (double Low, double High)?> spread
    )
    {
        LineSeries[] foretold = Line(report, Predicted, predicted, band);
        return new()
        {
            Title = title,
            Text =
                foretold.Length == 0
                    ? "Theory has nothing to say of these layers."
                    : "The shaded band around the prediction holds 95 of 100 draws of the weights"
                        + (
                            report.Layers.Any(layer => spread(layer) is not null)
                                ? "; around the measurement it reaches from the lowest seed to the highest."
                                : "."
                        ),
            XAxis = new("layer"),
            YAxis = new(axis, Log: true),
            Lines = [.. foretold, .. Line(report, Measured, measured, spread)],
        };
    }

    /// <summary>None where no layer has a value.</summary>
    private static LineSeries[] Line(
        SignalReport report,
        string name,
        Func<SignalLayer, double?> value,
        Func<SignalLayer, (double Low, double High)?>? band = null
    )
    {
        if (!report.Layers.Any(layer => value(layer) is not null))
        {
            return [];
        }
        var line = new LineSeries(
            name,
            [.. report.Layers.Select((_, i) => i + 1.0)],
            [.. report.Layers.Select(layer => value(layer) ?? double.NaN)]
        );
        return band is null || !report.Layers.Any(layer => band(layer) is not null)
            ? [line]
            :
            [
                line with
                {
                    Low = [.. report.Layers.Select(layer => band(layer)?.Low ?? double.NaN)],
                    High = [.. report.Layers.Select(layer => band(layer)?.High ?? double.NaN)],
                },
            ];
    }

    /// <summary>0, or the tenth below a mean cosine that is negative.</summary>
    private static double Lowest(SignalReport report) =>
        report
            .Layers.SelectMany(layer => (double?[])[layer.Correlation, layer.Prediction?.Correlation])
            .Where(c => c is { } value && double.IsFinite(value))
            .Select(c => Math.Floor(10 * c!.Value) / 10)
            .Append(0)
            .Min();

    private static LineFigure? SingularValues(SignalReport report)
    {
        double[] values = [.. report.Observation.SingularValues.Where(s => double.IsFinite(s) && s > 0)];
        if (values.Length == 0)
        {
            return null;
        }
        int zeros = report.Observation.SingularValues.Count(s => s == 0);
        double floor = values.Max() * LeastShare;
        int below = values.Count(s => s < floor);
        (double[] x, double[] y) = Steps([.. values.Where(s => s >= floor)]);
        double[] squares = [.. report.Observation.SingularValues.Where(double.IsFinite).Select(s => s * s)];
        double meanSquare = squares.Average();
        double variance = squares.Average(s => Square(s - meanSquare));
        var lines = new List<LineSeries>
        {
            new(Measured, x, y) { Low = new double[x.Length], High = y },
        };
        if (MeanSquare(report) is { } predicted)
        {
            lines.Insert(0, new(Predicted, [Math.Sqrt(predicted), Math.Sqrt(predicted)], [0, 1.1 * y.Max()]));
        }
        return new()
        {
            Title = "Singular values of the Jacobian",
            Text =
                "What a small change of the first layer's output is multiplied by on its way to the last hidden layer's, direction "
                + "by direction, for one example. All at 1 is dynamical isometry; a wide spread means that few directions learn. "
                + $"Root mean square {Digits(Math.Sqrt(meanSquare))}"
                + (lines.Count > 1 ? "; the vertical line is what theory predicts. " : ". ")
                + $"Their squares have mean {Digits(meanSquare)} and variance {Digits(variance)}"
                + (
                    Spectrum(report) is { } spectrum
                        ? $"; theory, for one scale in all layers and infinite width: mean {Digits(spectrum.Mean)}, variance {Digits(spectrum.Variance)} (Pennington, Schoenholz, Ganguli 2017)."
                        : "."
                )
                + (
                    below > 0
                        ? $" {below} more {(below == 1 ? "lies" : "lie")} below {Digits(floor)}, a ten-millionth of the largest, where float32 can't tell them from 0."
                        : ""
                )
                + (zeros > 0 ? $" {zeros} more {(zeros == 1 ? "is" : "are")} 0." : ""),
            XAxis = new("singular value", Log: true),
            YAxis = new("singular values") { Min = 0 },
            Lines = lines,
        };
    }

    /// <summary>
    /// The squared singular values of a chain's Jacobian from the first layer's output to the last hidden one's: the means of
    /// its layers multiply, their relative variances add up.
    /// </summary>
    private static JacobianSpectrum? Spectrum(SignalReport report)
    {
        if (
            report.Prediction
                is not { IsChain: true, Activation: { IsGated: false } activation, WeightVariance: { } weights } chain
            || report.Layers.Length < 3
        )
        {
            return null;
        }
        var all = new JacobianSpectrum(1, 0);
        foreach (SignalLayer layer in report.Layers.SkipLast(2))
        {
            if (layer.Prediction is not { Rms: var rms } || !double.IsFinite(rms * rms))
            {
                return null;
            }
            try
            {
                var one = JacobianSpectrum.Of(activation, 1, weights, rms * rms, chain.IsOrthogonal);
                all = new(all.Mean * one.Mean, all.RelativeVariance + one.RelativeVariance);
            }
            catch (ExpectationException)
            {
                // A user's function whose moments can't be told.
                return null;
            }
        }
        return double.IsFinite(all.Variance) ? all : null;
    }

    /// <summary>
    /// The mean of the squared singular values that the gradient's growth foretells: for J from the first layer's n to the last
    /// hidden layer's m units,
    /// |J|_F^2 = n g_1^2 / g_L^2, over min(n, m) of them.
    /// </summary>
    private static double? MeanSquare(SignalReport report)
    {
        if (report.Layers.Length < 3)
        {
            return null;
        }
        SignalLayer first = report.Layers[0];
        SignalLayer last = report.Layers[^2];
        return
            first.Prediction?.GradientRms is { } start
            && last.Prediction?.GradientRms is { } end
            && end > 0
            && Units(report, first) is { } units
            ? units * Square(start / end) / report.Observation.SingularValues.Length
            : null;
    }

    /// <summary>The outputs of a dense layer; null of others, whose positions count too.</summary>
    private static double? Units(SignalReport report, SignalLayer layer) =>
        report
            .Observation.Parameters.FirstOrDefault(p => p.Description.Name == layer.Observation.Weight)
            ?.Description.Tensor
            is { Shape.Length: 2, Fan: { } fan }
            ? fan.Out
            : null;

    /// <summary>A histogram's outline on a logarithmic axis: at most 40 steps, none narrower than a fiftieth of a decade.</summary>
    private static (double[] X, double[] Y) Steps(double[] values)
    {
        double low = Math.Log10(values.Min());
        double high = Math.Log10(values.Max());
        double width = Math.Max((high - low) / 40, 0.02);
        int bins = Math.Max(1, (int)Math.Ceiling((high - low) / width));
        double start = ((low + high) / 2) - (bins * width / 2);
        double[] counts = new double[bins];
        foreach (double value in values)
        {
            counts[Math.Clamp((int)((Math.Log10(value) - start) / width), 0, bins - 1)]++;
        }
        var x = new List<double> { Math.Pow(10, start) };
        var y = new List<double> { 0 };
        for (int i = 0; i < bins; i++)
        {
            x.AddRange([Math.Pow(10, start + (i * width)), Math.Pow(10, start + ((i + 1) * width))]);
            y.AddRange([counts[i], counts[i]]);
        }
        x.Add(x[^1]);
        y.Add(0);
        return ([.. x], [.. y]);
    }

    private static HistogramFigure? Histograms(
        SignalReport report,
        string title,
        string valueTitle,
        Func<SignalLayer, ValueHistogram?> histogram
    )
    {
        LayerHistogram[] layers =
        [
            .. report.Layers.Select(layer =>
                histogram(layer) is { } h
                    ? new LayerHistogram(layer.Name, -h.Reach, h.Reach, [.. h.Shares])
                    : new LayerHistogram(layer.Name, double.NaN, double.NaN, [])
            ),
        ];
        return layers.All(layer => layer.Counts.Count == 0)
            ? null
            : new()
            {
                Title = title,
                Text = "Each reaches to five times its own root mean square, or to its largest value.",
                ValueTitle = valueTitle,
                Groups = [new(Measured, layers)],
            };
    }

    private static double Square(double x) => x * x;

    private static string Digits(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
