using System.Collections.Immutable;

namespace FanIn;

/// <summary>What the rules look at: the rows of the report, medians over the sets of weights, and which zeros are meant.</summary>
internal sealed class SignalEvidence
{
    private const double LeastPattern = 10;
    private readonly ImmutableArray<ImmutableArray<LayerObservation>> _layers;
    private readonly Lazy<Remedy?> _remedy;
    private readonly Dictionary<string, ParameterObservation> _parameters = new(StringComparer.Ordinal);

    /// <param name="observations">At least one.</param>
    /// <param name="prediction">What theory says, or null.</param>
    /// <param name="expectation">What the weights are taken for.</param>
    public SignalEvidence(
        IReadOnlyList<ModelObservation> observations,
        SignalPrediction? prediction,
        SignalExpectation expectation
    )
    {
        (Observations, Prediction, Expectation) = (observations, prediction, expectation);
        _remedy = new(() => FanIn.Remedy.For(UsualActivation), LazyThreadSafetyMode.None);
        // A layer that another set of weights didn't run at the same place isn't the same one.
        _layers =
        [
            .. First.Layers.Select(
                (layer, i) =>
                    observations
                        .Where(o => i < o.Layers.Length && o.Layers[i].Name == layer.Name)
                        .Select(o => o.Layers[i])
                        .ToImmutableArray()
            ),
        ];
        foreach (ParameterObservation parameter in First.Parameters)
        {
            _parameters[parameter.Description.Name] = parameter;
        }
        Rows = [.. First.Layers.Select(Row)];
        HasOpeningGate = First.Parameters.Any(IsGate);
    }

    public IReadOnlyList<ModelObservation> Observations { get; }

    /// <summary>That of the first set of weights.</summary>
    public ModelObservation First => Observations[0];

    public SignalPrediction? Prediction { get; }

    public SignalExpectation Expectation { get; }

    /// <summary>A row for each layer, in order of execution, the output last.</summary>
    public ImmutableArray<SignalLayer> Rows { get; }

    /// <summary>Every layer but the output: the output's scale is a matter of the loss.</summary>
    public IEnumerable<int> Hidden => Enumerable.Range(0, Math.Max(0, Rows.Length - 1));

    /// <summary>
    /// True where some parameter is 0 on purpose: it gets a gradient itself, while it keeps one from all that lies before
    /// it in its branch (Fixup, ReZero, SkipInit, the last scale of a residual branch, LoRA's B, a zero output layer). It
    /// opens with the first step, so zero gradients are no fault.
    /// </summary>
    public bool HasOpeningGate { get; }

    /// <summary>True where the engine measured gradients.</summary>
    public bool WithGradients => First.Layers.Any(l => l.Gradient is not null);

    /// <summary>The median of a figure of layer <paramref name="layer"/> over the sets of weights that have it.</summary>
    public double? Median(int layer, Func<LayerObservation, double?> figure) =>
        Median(_layers[layer].Select(figure).OfType<double>().Where(double.IsFinite));

    public bool IsAnyNonFinite(int layer) => _layers[layer].Any(l => l.Output.NonFinite > 0);

    /// <summary>
    /// True where far more units of the layer pass nothing on than theory has it: what comes behind has its cause there.
    /// </summary>
    public bool IsShut(int layer) => DeadRule.IsBeyond(this, layer);

    /// <summary>True where two layers' weights have, within five standard errors, one scale: fan-in times second moment.</summary>
    public bool HaveOneScale(int first, int second) =>
        WeightOf(first) is { } a
        && WeightOf(second) is { } b
        && ScaleOf(a) is { } one
        && ScaleOf(b) is { } other
        && Math.Abs(one.Scale - other.Scale) <= (one.Tolerance * one.Scale) + (other.Tolerance * other.Scale);

    /// <summary>True where a weight has the scale that a remedy would give it, within five standard errors and a tenth.</summary>
    public bool HasScale(string weight, Remedy remedy) =>
        remedy.Scale is { } wanted
        && _parameters.TryGetValue(weight, out ParameterObservation? parameter)
        && ScaleOf(parameter) is { } found
        && Math.Abs(found.Scale - wanted) <= (found.Tolerance + 0.1) * wanted;

    /// <summary>The parameter that is the layer's weight, if it is known.</summary>
    public ParameterObservation? WeightOf(int layer) =>
        First.Layers[layer].Weight is { } name ? _parameters.GetValueOrDefault(name) : null;

    /// <summary>The activation that a layer's input has passed, as far as the order of execution shows it.</summary>
    public Activation? ActivationBefore(int layer) => layer == 0 ? null : First.Layers[layer - 1].Activation;

    /// <summary>The activation that most hidden layers have; null where none is known.</summary>
    public Activation? UsualActivation =>
        Prediction?.Activation
        ?? First
            .Layers.Select(l => l.Activation)
            .OfType<Activation>()
            .GroupBy(a => a)
            .MaxBy(group => group.Count())
            ?.Key;

    /// <summary>What carries a signal through layers of <see cref="UsualActivation"/>; null where no weights do.</summary>
    public Remedy? Remedy => _remedy.Value;

    /// <summary>
    /// The length map of a plain chain whose hidden layers have one scale, as predicted or, within five standard errors of
    /// each, as measured; null for other networks.
    /// </summary>
    public LengthMap? Map =>
        Prediction is { IsChain: true, Activation: { IsGated: false } activation } chain
        && (chain.WeightVariance ?? CommonScale()) is { } weights and > 0
        && double.IsFinite(weights)
        && chain.BiasVariance >= 0
        && double.IsFinite(chain.BiasVariance)
            ? new(activation, weights, chain.BiasVariance)
            : null;

    /// <summary>The layer whose weight a parameter is, or null.</summary>
    public int? LayerOf(ParameterObservation parameter)
    {
        int index = First.Layers.Select(l => l.Weight).ToImmutableArray().IndexOf(parameter.Description.Name);
        return index < 0 ? null : index;
    }

    /// <summary>A parameter of zeros that gets a gradient: see <see cref="HasOpeningGate"/>.</summary>
    public static bool IsGate(ParameterObservation parameter) =>
        parameter.Description.IsTrainable
        && IsZero(parameter)
        && parameter.Description.Role is not (ParameterRole.Bias or ParameterRole.NormShift)
        && parameter.Gradient is { Rms: > 0 };

    /// <summary>
    /// True for a layer of zeros that is meant to be: it gets a gradient; or another gate keeps that from it, or none was
    /// measured, and it is the output or what comes after it lives all the same, since the signal has another way.
    /// </summary>
    public bool IsMeantZero(ParameterObservation parameter)
    {
        if (!IsZero(parameter))
        {
            return false;
        }
        bool isMeasured = parameter.Gradient is not null || parameter.ReceivesGradient is not null;
        if (isMeasured && (parameter.Gradient is { Rms: > 0 } || !HasOpeningGate))
        {
            return parameter.Gradient is { Rms: > 0 };
        }
        return LayerOf(parameter) is not { } layer
            || layer == Rows.Length - 1
            || First.Layers[layer + 1].Input is { Rms: > 0, StandardDeviation: > 0 };
    }

    /// <summary>
    /// True for weights of which neighbours hang together far more than chance makes them (<see cref="NeighbourCorrelation"/>:
    /// 1 with a standard deviation of sqrt(2 / units) at most, where they are independent): filters, windows, a Fourier basis.
    /// </summary>
    public static bool IsPattern(ParameterObservation parameter) =>
        parameter.NeighbourCorrelation
        > LeastPattern + (LeastPattern * Math.Sqrt(2.0 / Math.Max(1, parameter.Description.Tensor.Outputs)));

    public static bool IsZero(ParameterObservation parameter) =>
        parameter.Values.Count > 0 && parameter.Values.Zeros == parameter.Values.Count;

    public static double? Median(IEnumerable<double> figures)
    {
        double[] sorted = [.. figures.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length == 0 ? null
            : sorted.Length % 2 == 1 ? sorted[middle]
            : (sorted[middle - 1] / 2) + (sorted[middle] / 2);
    }

    /// <summary>fan-in times the weights' second moment, of hidden layers after the first.</summary>
    private double? CommonScale()
    {
        ParameterObservation[] weights = [.. Hidden.Skip(1).Select(WeightOf).OfType<ParameterObservation>()];
        (double Scale, double Tolerance)[] scales = [.. weights.Select(ScaleOf).OfType<(double, double)>()];
        if (scales.Length == 0 || scales.Length != Rows.Length - 2)
        {
            return null;
        }
        double mean = scales.Average(s => s.Scale);
        return scales.All(s => Math.Abs(s.Scale - mean) <= s.Tolerance * mean) ? mean : null;
    }

    private static (double Scale, double Tolerance)? ScaleOf(ParameterObservation weight) =>
        weight is { Values: { NonFinite: 0, Rms: var rms }, Description.Tensor.Fan: { } fan }
            ? (rms * rms * fan.In, UsualLaw.Tolerance(weight.Values) + 1e-6)
            : null;

    private SignalLayer Row(LayerObservation layer, int index)
    {
        double[] sizes = [.. _layers[index].Select(l => l.Output.Rms)];
        return new(layer.Name, Median(sizes.Where(double.IsFinite)) ?? double.NaN)
        {
            Observation = layer,
            Prediction = PredictionOf(layer.Name, index),
            MeasuredGradientRms = Median(index, l => l.Gradient?.Rms),
            Correlation = Median(index, l => l.Correlation),
            TokenCorrelation = Median(index, l => l.TokenCorrelation),
            DeadShare = Median(index, l => l.DeadShare),
            SaturatedShare = Median(index, l => l.SaturatedShare),
            AttentionEntropy = Median(index, l => l.AttentionEntropy),
            Spread = sizes.Length > 1 ? (sizes.Min(), sizes.Max()) : null,
        };
    }

    /// <summary>By place where the names agree there, otherwise by name alone.</summary>
    private LayerPrediction? PredictionOf(string name, int index)
    {
        if (Prediction is null)
        {
            return null;
        }
        ImmutableArray<LayerPrediction> layers = Prediction.Layers;
        return index < layers.Length && layers[index].Name == name
            ? layers[index]
            : layers.FirstOrDefault(l => l.Name == name);
    }
}
