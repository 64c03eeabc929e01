using System.Collections.Immutable;

namespace FanIn.Onnx;

/// <summary>Measures a model with one set of weights after the other, on one batch.</summary>
internal sealed class ModelProbe
{
    private const string WithoutGradients = "ONNX Runtime has no gradients: only the forward signal is measured.";
    private readonly OnnxModel _model;
    private readonly OnnxCheckOptions _options;
    private readonly ActivationFinder _finder;
    private readonly List<LayerPlan> _layers;
    private readonly List<InputData> _inputs;

    public ModelProbe(OnnxModel model, OnnxCheckOptions options)
    {
        _model = model;
        _options = options;
        _finder = new(model);
        _layers =
        [
            .. model
                .Parameters.Layers.Select(layer => LayerPlan.Of(layer, model, _finder))
                .Where(plan => plan.Output.Length > 0),
        ];
        _inputs = new InputMaker(model, options, _finder).Make();
    }

    public (ModelObservation Observation, SignalPrediction? Prediction) Observe(ModelWeights weights)
    {
        var findings = _model.Parameters.Findings.ToBuilder();
        Dictionary<string, ValueFigures> figures = Inputs();
        bool isSeen = Measure(weights, figures, findings);
        var laws = new Dictionary<string, WeightLaw>(StringComparer.Ordinal);
        ImmutableArray<ParameterObservation> parameters = Parameters(weights, laws, findings);
        SignalPrediction? prediction = isSeen ? Predict(figures, parameters, laws, findings) : null;
        var observation = new ModelObservation
        {
            Layers = [.. _layers.Where(plan => figures.ContainsKey(plan.Output)).Select(plan => Layer(plan, figures))],
            Parameters = parameters,
            Input = _inputs.Find(input => IsFloat(input.Type)) is { } first ? figures[first.Name].Statistics : null,
            WithoutGradients = WithoutGradients,
            Structure = findings.ToImmutable(),
        };
        return (observation, prediction);
    }

    private static bool IsFloat(OnnxType type) => OnnxTypes.ElementOf(type) is not null;

    private Dictionary<string, ValueFigures> Inputs()
    {
        var figures = new Dictionary<string, ValueFigures>(StringComparer.Ordinal);
        foreach (InputData input in _inputs)
        {
            // Pictures have their channels behind the batch; what else there is has its units last.
            figures[input.Name] = FigureTaking.Of(
                input.Values,
                input.Shape,
                input.Shape.Length == 4 ? ValueAxes.Second : ValueAxes.Last,
                null
            );
        }
        return figures;
    }

    /// <summary>False where the model has operators that ONNX Runtime can't run, which the findings then say.</summary>
    private bool Measure(
        ModelWeights weights,
        Dictionary<string, ValueFigures> figures,
        ImmutableArray<SignalFinding>.Builder findings
    )
    {
        // The layer's own axes before those of the layer that reads the value; its activation goes with what it takes.
        var wanted = new Dictionary<string, (ValueAxes Axes, Activation? Activation)>(StringComparer.Ordinal);
        foreach (LayerPlan plan in _layers)
        {
            foreach (string value in (string[])[plan.Layer.DataInput, plan.Output, plan.ActivationInput])
            {
                if (
                    value.Length == 0
                    || figures.ContainsKey(value)
                    || _model.Parameters.Main.ConstantOf(value) is not null
                    || _model.Parameters.Main.ProducerOf(value) is null
                )
                {
                    continue;
                }
                bool isOwn = value != plan.Layer.DataInput;
                if (isOwn || !wanted.ContainsKey(value))
                {
                    Activation? known = wanted.GetValueOrDefault(value).Activation;
                    wanted[value] = (plan.Axes, value == plan.ActivationInput ? plan.Activation : known);
                }
            }
        }
        using var probe = new OrtProbe(_model, weights, _inputs);
        try
        {
            probe.Run(
                [.. wanted.Keys],
                _options.MemoryBudget,
                (name, values, shape) =>
                    figures[name] = FigureTaking.Of(values, shape, wanted[name].Axes, wanted[name].Activation)
            );
            return true;
        }
        catch (OnnxException e) when (OrtProbe.IsUnknownOperator(e) || _model.Parameters.UnknownNodes.Count > 0)
        {
            findings.Add(
                new(
                    FindingKind.UnknownOperator,
                    FindingSeverity.Warning,
                    "",
                    $"The weights were looked at, but the model can't be run, so that nothing is known of its signal: {e.Message}"
                )
            );
            return false;
        }
    }

    private ImmutableArray<ParameterObservation> Parameters(
        ModelWeights weights,
        Dictionary<string, WeightLaw> laws,
        ImmutableArray<SignalFinding>.Builder findings
    )
    {
        var unread = new List<OnnxParameter>();
        Dictionary<OnnxParameter, LayerPlan> layers = _layers
            .GroupBy(plan => plan.Layer.Weight)
            .ToDictionary(group => group.Key, group => group.First());
        var observed = ImmutableArray.CreateBuilder<ParameterObservation>();
        foreach (OnnxParameter parameter in _model.Parameters.All)
        {
            float[]? values = weights.Read(parameter);
            float[] biases = [];
            if (layers.TryGetValue(parameter, out LayerPlan? plan))
            {
                biases = BiasOf(plan) is { } bias ? weights.Read(bias) ?? [] : [];
                if (values is not null)
                {
                    laws[parameter.Name] = ParameterFigures.Law(parameter.Description, values);
                }
            }
            if (values is null)
            {
                unread.Add(parameter);
            }
            observed.Add(ParameterFigures.Observe(parameter, values, biases));
        }
        if (unread.Count > 0)
        {
            TensorData first = unread[0].Constant.Tensor;
            findings.Add(
                new(
                    FindingKind.UnknownOperator,
                    FindingSeverity.Note,
                    unread[0].Name,
                    $"The values of {(unread.Count == 1 ? "one parameter" : $"{unread.Count} parameters")} aren't looked at: '{ExternalData.Printable(unread[0].Name)}' has {first.Count} of the type {OnnxTypes.Word((int)first.Type)}; the check reads numbers of usual types, {Array.MaxLength} at most."
                )
            );
        }
        return observed.ToImmutable();
    }

    private OnnxParameter? BiasOf(LayerPlan plan) =>
        plan.Bias.Length > 0 && _model.Parameters.Main.ConstantOf(plan.Bias) is { } constant
            ? _model.Parameters.Of(constant.Tensor)
            : null;

    private SignalPrediction? Predict(
        Dictionary<string, ValueFigures> figures,
        ImmutableArray<ParameterObservation> parameters,
        Dictionary<string, WeightLaw> laws,
        ImmutableArray<SignalFinding>.Builder findings
    )
    {
        Dictionary<string, TensorStatistics> statistics = parameters.ToDictionary(
            p => p.Description.Name,
            p => p.Values
        );
        var builder = new GraphBuilder(
            _finder,
            _model.Parameters.Main,
            _layers,
            figures,
            value =>
                _model.Parameters.Main.ConstantOf(value) is { } constant
                && _model.Parameters.Of(constant.Tensor) is { } parameter
                    ? statistics[parameter.Name]
                    : null
        );
        SignalGraph? graph = builder.Build(
            _model.Data.Graph.Nodes,
            plan => laws.TryGetValue(plan.Layer.Weight.Name, out WeightLaw law) ? law : null
        );
        if (graph is null)
        {
            return null;
        }
        SignalPrediction prediction;
        try
        {
            prediction = graph.Predict();
        }
        catch (Exception e) when (e is ArgumentException or ExpectationException)
        {
            findings.Add(
                new(
                    FindingKind.UnknownOperator,
                    FindingSeverity.Note,
                    "",
                    $"Theory says nothing of this network: {e.Message.Split(" (Parameter")[0]}"
                )
            );
            return null;
        }
        if (builder.WithoutRule.Count > 0)
        {
            findings.Add(
                new(
                    FindingKind.UnknownOperator,
                    FindingSeverity.Note,
                    "",
                    $"Theory has no rule for {string.Join(", ", builder.WithoutRule.Order(StringComparer.Ordinal))} as used here: behind {(builder.WithoutRule.Count == 1 ? "it" : "them")} it begins anew from what was measured."
                )
            );
        }
        return prediction;
    }

    private static LayerObservation Layer(LayerPlan plan, Dictionary<string, ValueFigures> figures)
    {
        ValueFigures output = figures[plan.Output];
        ValueFigures? before = figures.GetValueOrDefault(plan.ActivationInput);
        return new(plan.Layer.Name, plan.Layer.Node.Operator, output.Statistics)
        {
            Weight = plan.Layer.Weight.Name,
            Activation = plan.Activation,
            IsNormalized = plan.IsNormalized,
            Input = figures.GetValueOrDefault(plan.Layer.DataInput)?.Statistics,
            DeadShare = before?.DeadShare,
            SaturatedShare = before?.SaturatedShare,
            Correlation = output.Correlation,
            TokenCorrelation = output.TokenCorrelation,
            StableRank = output.StableRank,
        };
    }
}
