using System.Collections.Immutable;

namespace FanIn.Tests.Signal.Findings;

/// <summary>Made-up observations: a healthy chain, of which a test changes what it is about.</summary>
internal static class Observed
{
    public const int Width = 100;
    public const int Classes = 10;

    /// <summary>Values of a centred normal of the given size.</summary>
    public static TensorStatistics Normal(double rms, long count = Width * 32) =>
        new(count, 0, 0, rms, 4 * rms, rms == 0 ? 0 : 3, rms == 0 ? count : 0, 0);

    /// <summary>A chain of hidden layers and an output, with the given RMS forward and gradient RMS backward by layer.</summary>
    public static ModelObservation Chain(
        int hidden = 10,
        Func<int, double>? rms = null,
        Func<int, double>? gradient = null,
        Activation? activation = null
    )
    {
        activation ??= Activation.Parse("relu");
        ImmutableArray<LayerObservation> layers =
        [
            .. Enumerable
                .Range(0, hidden + 1)
                .Select(i => new LayerObservation(
                    Name(i, hidden),
                    "Linear",
                    Normal(i == hidden ? 0.5 : rms?.Invoke(i) ?? 1, i == hidden ? Classes * 320 : Width * 32)
                )
                {
                    Weight = $"{Name(i, hidden)}.weight",
                    Activation = i == hidden ? null : activation,
                    Input = Normal(1),
                    Gradient = Normal(i == hidden ? 1e-3 : gradient?.Invoke(i) ?? 1e-3),
                }),
        ];
        return new()
        {
            Layers = layers,
            Input = Normal(1),
            Parameters = [.. layers.SelectMany(l => Parameters(l.Name, l.Name == "output" ? Classes : Width))],
            Loss = new(2.42, Classes, 0.25),
        };
    }

    public static SignalPrediction Prediction(ModelObservation observation, double variance = 0.01) =>
        new([
            .. observation.Layers.Select(l => new LayerPrediction(l.Name, 1)
            {
                LogVariance = variance,
                GradientRms = 1e-3,
                GradientLogVariance = variance,
            }),
        ])
        {
            IsChain = true,
            Activation = Activation.Parse("relu"),
            WeightVariance = 2,
            Fluctuation = 0.5,
            LogitVariance = 0.25,
        };

    public static ModelObservation WithLayer(
        this ModelObservation observation,
        int index,
        Func<LayerObservation, LayerObservation> change
    ) => observation with { Layers = observation.Layers.SetItem(index, change(observation.Layers[index])) };

    public static ModelObservation WithLayers(
        this ModelObservation observation,
        Func<LayerObservation, LayerObservation> change
    ) => observation with { Layers = [.. observation.Layers.Select(change)] };

    public static ModelObservation WithParameter(
        this ModelObservation observation,
        string name,
        Func<ParameterObservation, ParameterObservation> change
    ) =>
        observation with
        {
            Parameters = [.. observation.Parameters.Select(p => p.Description.Name == name ? change(p) : p)],
        };

    public static ModelObservation WithParameters(
        this ModelObservation observation,
        Func<ParameterObservation, ParameterObservation> change
    ) => observation with { Parameters = [.. observation.Parameters.Select(change)] };

    public static SignalReport Judge(this ModelObservation observation, SignalPrediction? prediction = null) =>
        SignalJudgement.Of([observation], prediction);

    public static SignalFinding? Find(this SignalReport report, FindingKind kind) =>
        report.Findings.FirstOrDefault(f => f.Kind == kind);

    private static string Name(int index, int hidden) => index == hidden ? "output" : $"fc{index + 1}";

    private static IEnumerable<ParameterObservation> Parameters(string layer, int units)
    {
        double std = Math.Sqrt(2.0 / Width);
        yield return new(
            new($"{layer}.weight", TensorDescription.Dense(units, Width), ParameterRole.Weight),
            Normal(std, units * Width)
        )
        {
            DistinctUnits = units,
            GradientDistinctUnits = units,
            Gradient = Normal(1e-3, units * Width),
            ReceivesGradient = true,
            Fingerprint = layer,
        };
        yield return new(new($"{layer}.bias", TensorDescription.Plain(units), ParameterRole.Bias), Normal(0, units))
        {
            ReceivesGradient = true,
        };
    }
}
