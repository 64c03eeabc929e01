using System.Collections.Immutable;

namespace FanIn.Tests.Shared;

/// <summary>Signal reports as a check makes them, without a network.</summary>
internal static class SignalExamples
{
    /// <summary>A chain of 50 hidden layers that halves the mean square in each.</summary>
    public static SignalReport Vanishing =>
        FallingChain with
        {
            Prediction = new([])
            {
                IsChain = true,
                Activation = Activation.Parse("relu"),
                WeightVariance = 1,
            },
        };

    private static SignalReport FallingChain =>
        Chain(
            51,
            Math.Sqrt(0.5),
            new SignalFinding(
                FindingKind.Vanishing,
                FindingSeverity.Error,
                "fc8",
                "the signal's mean square is multiplied by 0.5 in each layer: after 50 layers 9e-16 of it is left (mean-field theory, Poole et al. 2016)."
            )
            {
                Fix = "he_normal",
                FixInitializer = Initializer.HeNormal(),
                FixPattern = "*.weight",
            },
            new SignalFinding(
                FindingKind.Fluctuation,
                FindingSeverity.Note,
                "",
                "the mean square of the output differs from seed to seed by a factor of e^1.0 (Hanin 2018)."
            )
        );

    /// <summary>A chain that keeps its signal.</summary>
    public static SignalReport Healthy => Chain(6, 1);

    /// <summary>As an ONNX file's: no gradients, no prediction, trained.</summary>
    public static SignalReport WithoutGradients =>
        Report(
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(i => new SignalLayer($"/features/conv{i}/Conv", 0.5 + i)
                    {
                        Observation = new($"/features/conv{i}/Conv", "Conv", Values(0.5 + i)),
                    }),
            ],
            new SignalFinding(
                FindingKind.UnknownOperator,
                FindingSeverity.Note,
                "/features/fft",
                "the operator 'com.example.Fft' isn't known; its output was taken as measured."
            )
        ) with
        {
            WithoutGradients = "ONNX Runtime computes none for a model that is only run forward.",
        };

    /// <summary>Names that a terminal, a page and XML must not obey, and numbers that no JSON can hold.</summary>
    public static SignalReport Hostile =>
        Report(
            [
                Layer("a\e[31m<b>\n", double.NaN, null, double.NaN) with
                {
                    Prediction = new("x", double.PositiveInfinity) { LogVariance = double.NaN },
                },
                Layer("zero", 0, 1, 0),
                Layer("infinite", double.PositiveInfinity, 1, double.PositiveInfinity),
            ],
            new SignalFinding(
                FindingKind.NonFinite,
                FindingSeverity.Error,
                "a\e[31m<b>\n",
                "5 of 10 values are not finite.\0 <script>alert(1)</script> ]]> \ud800"
            )
            {
                Fix = "Look for \u0007 a division by zero.",
            }
        );

    public static SignalReport Chain(int layers, double factor, params SignalFinding[] findings) =>
        Report(
            [
                .. Enumerable
                    .Range(0, layers)
                    .Select(i =>
                        Layer(
                            $"fc{i + 1}",
                            // A little off, as a measurement is.
                            Math.Pow(factor, i) * (1 + (0.02 * ((i % 3) - 1))),
                            Math.Pow(factor, i),
                            0.01 * Math.Pow(factor, layers - 1 - i),
                            variance: 0.02 * (i + 1)
                        )
                    ),
            ],
            findings
        );

    public static SignalLayer Layer(
        string name,
        double rms,
        double? predicted,
        double? gradient,
        double variance = 0.02
    ) =>
        new(name, rms)
        {
            MeasuredGradientRms = gradient,
            Correlation = 0.5,
            DeadShare = 0.25,
            Spread = (rms * 0.97, rms * 1.04),
            Prediction = predicted is { } expected
                ? new(name, expected)
                {
                    LogVariance = variance,
                    GradientRms = gradient,
                    GradientLogVariance = variance,
                    Correlation = 1 - (0.5 / (1 + variance)),
                }
                : null,
            Observation = new(name, "Linear", Values(rms))
            {
                Weight = $"{name}.weight",
                Activation = Activation.Parse("relu"),
                Gradient = gradient is { } g ? Values(g) : null,
                DeadShare = 0.25,
                Correlation = 0.5,
            },
        };

    public static SignalReport Report(ImmutableArray<SignalLayer> layers, params SignalFinding[] findings) =>
        new(layers, [.. findings])
        {
            Observation = new()
            {
                Layers = [.. layers.Select(layer => layer.Observation)],
                Parameters =
                [
                    .. layers.Select(layer => new ParameterObservation(
                        new ParameterDescription(
                            $"{layer.Name}.weight",
                            TensorDescription.Dense(64, 64),
                            ParameterRole.Weight
                        ),
                        Values(0.1)
                    )),
                ],
                SingularValues = [.. Enumerable.Range(1, 64).Select(i => 0.002 * i * i)],
            },
        };

    private static TensorStatistics Values(double rms) =>
        new(640, double.IsFinite(rms) ? 0 : 320, 0, rms, 3 * rms, 3, 0, 0)
        {
            Histogram =
                double.IsFinite(rms) && rms > 0
                    ? new(
                        rms,
                        3 * rms,
                        [.. Enumerable.Range(0, 51).Select(i => Math.Exp(-0.5 * Math.Pow((i - 25) / 8.5, 2)))]
                    )
                    : null,
        };
}
