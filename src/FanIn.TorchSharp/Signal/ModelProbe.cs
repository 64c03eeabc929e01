using System.Collections.Immutable;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>Runs one batch forward and backward through a model, and notes all that a check wants to know.</summary>
internal sealed class ModelProbe : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _model;
    private readonly Tensor _batch;
    private readonly SignalCheckOptions _options;
    private readonly List<TorchParameter> _parameters;
    private readonly OutputHooks _hooks = new();
    private readonly SignalTrace _trace;
    private readonly StructureFindings _structure = new();
    private readonly List<LayerSighting> _seen = [];
    private readonly Dictionary<string, int> _runs = [];
    private readonly Stack<(int Node, long[] Shape, TensorStatistics? Statistics)> _inputs = new();
    private readonly HashSet<string> _unknown = [];
    private readonly bool _isFirst;
    private double? _entropy;

    /// <param name="model">What runs.</param>
    /// <param name="batch">What it runs on.</param>
    /// <param name="options">Labels, loss, optimizer.</param>
    /// <param name="isFirst">
    /// False for a further set of weights: of those a check needs the layers' figures, not graph, histograms and Jacobian again.
    /// </param>
    public ModelProbe(nn.Module<Tensor, Tensor> model, Tensor batch, SignalCheckOptions options, bool isFirst)
    {
        _model = model;
        _isFirst = isFirst;
        _batch = batch;
        _options = options;
        _parameters = TorchParameter.ListOf(model);
        _trace = new(
            batch,
            _parameters.Where(p => p.Description.Role == ParameterRole.Other),
            _parameters.Exists(p => p.Description.ElementType is ElementType.BFloat16 or ElementType.Float16)
        )
        {
            ReadsWeights = isFirst,
        };
        string whole = "\0";
        foreach ((string path, nn.Module module) in TorchParameter.ModulesOf(model))
        {
            if (path.StartsWith(whole, StringComparison.Ordinal))
            {
                continue;
            }
            if (WatchedLayers.IsWhole(module) || !module.named_children().Any())
            {
                whole = WatchedLayers.IsWhole(module) ? $"{path}." : whole;
                Watch(path, module);
            }
        }
    }

    /// <summary>The graph is null for a further set of weights.</summary>
    public (ModelObservation Observation, SignalGraph? Graph) Run()
    {
        Tensor output = _model.call(_batch);
        _hooks.Dispose();
        bool readsTokens = !is_floating_point(_batch);
        LossProbe loss = LossProbe.Of(output, readsTokens, _options);
        int? last = _trace.Known(output, "the output", unitsLast: output.dim() <= 3);
        LossGradients gradients = LossGradients.Of(
            loss.Value,
            output,
            _seen,
            _parameters,
            UnregisteredLayers.ListOf(_model)
        );
        ModelObservation observation = new()
        {
            Layers = [.. _seen.Select((sighting, i) => Observe(sighting, gradients.Outputs[i]))],
            Parameters = Parameters(gradients),
            Input = readsTokens ? null : Statistics(_batch),
            Loss = loss.Observation,
            WithoutGradients = gradients.Missing,
            Structure = Structure(gradients, loss),
            SingularValues = _isFirst ? EndToEndJacobian.SingularValues(_model, _batch, _seen) : [],
        };
        return (observation, _isFirst ? Graph(last, gradients) : null);
    }

    public void Dispose()
    {
        _hooks.Dispose();
        _trace.Dispose();
        foreach (LayerSighting sighting in _seen)
        {
            sighting.Output.Dispose();
        }
    }

    private void Watch(string path, nn.Module module)
    {
        switch (module)
        {
            case nn.Module<Tensor, Tensor> layer:
                _hooks.Surround(layer, input => Before(path, layer, input), output => After(path, layer, output));
                break;
            case LSTM lstm:
                _hooks.Replace(lstm, (_, _, output) => (Whole(path, lstm, output.Item1), output.Item2, output.Item3));
                break;
            case GRU gru:
                _hooks.Replace(gru, (_, _, output) => (Whole(path, gru, output.Item1), output.Item2));
                break;
            case RNN rnn:
                _hooks.Replace(rnn, (_, _, output) => (Whole(path, rnn, output.Item1), output.Item2));
                break;
            case Bilinear bilinear:
                _hooks.Replace<Tensor, Tensor, Tensor>(bilinear, (_, _, output) => Whole(path, bilinear, output));
                break;
            case EmbeddingBag bag:
                _hooks.Replace<Tensor, Tensor?, Tensor?, Tensor>(bag, (_, output) => Whole(path, bag, output));
                break;
            case TransformerEncoder encoder:
                _hooks.Replace<Tensor, Tensor, Tensor, Tensor>(encoder, (_, output) => Whole(path, encoder, output));
                break;
            case MultiheadAttention attention:
                _hooks.Replace(
                    attention,
                    (_, _, _, output) =>
                    {
                        if (output.Item2 is { IsInvalid: false } weights && weights.dim() >= 2)
                        {
                            _entropy = SignalTrace.EntropyOf(weights);
                        }
                        return Tuple.Create(Whole(path, attention, output.Item1), output.Item2);
                    }
                );
                break;
        }
    }

    private void Before(string path, nn.Module layer, Tensor input)
    {
        bool isWeighted = WatchedLayers.HasWeight(layer);
        int node = _trace.Origin(input, NameOf(path, layer), LayerStep.ReadsUnitsLast(layer, input));
        _inputs.Push((node, input.shape, isWeighted && is_floating_point(input) ? Statistics(input) : null));
    }

    private Tensor After(string path, nn.Module layer, Tensor output)
    {
        (int input, long[] shape, TensorStatistics? statistics) = _inputs.Pop();
        string name = NameOf(path, layer);
        if (!WatchedLayers.HasWeight(layer))
        {
            if (layer is Softmax && output.dim() >= 3)
            {
                _entropy = SignalTrace.EntropyOf(output);
            }
            _trace.Gave(Step(name, layer, input, shape, output), output, isKept: false);
            return output;
        }
        name = Numbered(name);
        // Layers of TorchSharp's may give out the tensor that they got, so that what is kept is a view of its own.
        Tensor kept = output.alias().DetachFromDisposeScope();
        int node = Step(name, layer, input, shape, kept);
        _trace.Gave(node, kept, isKept: true);
        double? entropy = _trace.Entropies.TryGetValue(input, out double found) ? found : _entropy;
        _entropy = null;
        _seen.Add(
            new(name, path, layer, node, kept, statistics)
            {
                Entropy = entropy,
                BatchSecond = IsBatchSecond(layer, kept),
            }
        );
        return kept.clone();
    }

    /// <summary>A layer of which theory knows nothing inside: its measured output is where the graph goes on.</summary>
    private Tensor Whole(string path, nn.Module layer, Tensor output)
    {
        string name = Numbered(NameOf(path, layer));
        Tensor kept = output.alias().DetachFromDisposeScope();
        int node = _trace.Measured(name, kept, unitsLast: true);
        _trace.Gave(node, kept, isKept: true);
        Unknown(path, layer);
        _seen.Add(
            new(name, path, layer, node, kept, null) { Entropy = _entropy, BatchSecond = IsBatchSecond(layer, kept) }
        );
        _entropy = null;
        return kept.clone();
    }

    private int Step(string name, nn.Module layer, int input, long[] shape, Tensor output)
    {
        if (LayerStep.Add(_trace, name, layer, input, shape, output) is { } known)
        {
            return known;
        }
        // An activation of one's own, which its numbers give away.
        if (
            !WatchedLayers.HasWeight(layer)
            && _trace.Known(output, name, LayerStep.ReadsUnitsLast(layer, output)) is { } explained
        )
        {
            return explained;
        }
        if (layer is not (Softmax or LogSoftmax or Softmax2d or Softmin))
        {
            Unknown(name, layer);
        }
        return _trace.Measured(name, output, layer is not Convolution);
    }

    private void Unknown(string name, nn.Module layer)
    {
        if (_unknown.Add(name))
        {
            _structure.Unknown(name, layer.GetType().Name);
        }
    }

    private bool IsBatchSecond(nn.Module layer, Tensor output) =>
        WatchedLayers.IsWhole(layer)
        && output.dim() == 3
        && _batch.dim() > 0
        && output.shape[1] == _batch.shape[0]
        && output.shape[0] != _batch.shape[0];

    private static string NameOf(string path, nn.Module layer) => path.Length == 0 ? layer.GetType().Name : path;

    private string Numbered(string name)
    {
        int run = _runs[name] = _runs.GetValueOrDefault(name) + 1;
        return run == 1 ? name : $"{name}#{run}";
    }

    private LayerObservation Observe(LayerSighting sighting, Tensor? gradient)
    {
        Tensor output = sighting.BatchSecond ? sighting.Output.transpose(0, 1) : sighting.Output;
        OutputGeometry geometry = OutputGeometry.Of(output, sighting.UnitsLast, withRank: _isFirst);
        (Activation? activation, bool isNormalized, int step) = _trace.Following(sighting.Node);
        ActivationHealth? health = _trace.Health.GetValueOrDefault(step);
        string? weight = WatchedLayers.WeightsOf(sighting.Layer).ToArray() is [var only] ? only : null;
        return new(sighting.Name, sighting.Layer.GetType().Name, Statistics(sighting.Output))
        {
            Weight =
                weight is null ? null
                : sighting.Path.Length == 0 ? weight
                : $"{sighting.Path}.{weight}",
            Activation = activation,
            IsNormalized = isNormalized,
            Input = sighting.Input,
            Gradient = gradient is null ? null : Statistics(gradient),
            DeadShare = health?.DeadShare,
            SaturatedShare = health?.SaturatedShare,
            Correlation = geometry.Correlation,
            TokenCorrelation = sighting.UnitsLast ? geometry.TokenCorrelation : null,
            StableRank = geometry.StableRank,
            AttentionEntropy = sighting.Entropy,
        };
    }

    private ImmutableArray<ParameterObservation> Parameters(LossGradients gradients)
    {
        IEnumerable<Parameter>? optimized = _options.OptimizedParameters ?? _options.Optimizer?.parameters();
        HashSet<TensorIdentity>? identities = optimized?.Select(p => TensorIdentity.Of(p)).ToHashSet();
        return
        [
            .. _parameters.Select(
                (parameter, i) =>
                    ParameterProbe.Observe(
                        parameter,
                        gradients.Parameters[i],
                        gradients.Missing is null && parameter.Value.requires_grad,
                        identities,
                        isWhole: _isFirst
                    )
            ),
        ];
    }

    private ImmutableArray<SignalFinding> Structure(LossGradients gradients, LossProbe loss)
    {
        _structure.Unregistered(gradients.Unregistered);
        HashSet<string> seen = [.. _seen.Select(s => s.Path)];
        bool hasGradients = gradients.Missing is null;
        int layers = 0;
        foreach ((string path, nn.Module module) in TorchParameter.ModulesOf(_model))
        {
            if (!WatchedLayers.HasWeight(module))
            {
                continue;
            }
            layers++;
            if (seen.Contains(path))
            {
                continue;
            }
            int[] own =
            [
                .. Enumerable.Range(0, _parameters.Count).Where(i => ReferenceEquals(_parameters[i].Layer, module)),
            ];
            _structure.Unseen(
                NameOf(path, module),
                own.Any(i => _parameters[i].Value.requires_grad),
                hasGradients ? own.Any(i => gradients.Parameters[i] is not null) : null
            );
        }
        if (layers > 0 && _seen.Count == 0)
        {
            _structure.NothingSeen(layers);
        }
        string[] zeros =
        [
            .. Enumerable
                .Range(0, _parameters.Count)
                .Where(i =>
                    _parameters[i].Value.requires_grad
                    && hasGradients
                    && gradients.Parameters[i] is { } gradient
                    && _parameters[i].Value.numel() > 0
                    && IsZero(gradient)
                )
                .Select(i => _parameters[i].Description.Name),
        ];
        _structure.ZeroGradients(zeros);
        if (loss.Softmax is { } softmax)
        {
            _structure.Softmax(softmax, loss.IsGuess);
        }
        return _structure.All;
    }

    private SignalGraph Graph(int? last, LossGradients gradients)
    {
        return _trace.ToGraph(last, GradientOf);

        (double Rms, double? Cosine)? GradientOf(int node)
        {
            int seen = _seen.FindLastIndex(sighting => sighting.Node == node);
            Tensor? gradient =
                seen >= 0 ? gradients.Outputs[seen]
                : node == last ? gradients.Output
                : null;
            if (gradient is null || Statistics(gradient) is not { NonFinite: 0, Rms: var rms })
            {
                return null;
            }
            bool unitsLast = seen >= 0 ? _seen[seen].UnitsLast : gradient.dim() <= 3;
            return (rms, OutputGeometry.Of(gradient, unitsLast).Correlation);
        }
    }

    private static bool IsZero(Tensor gradient) => CpuTensor.Read(gradient, values => !values.ContainsAnyExcept(0f));

    private TensorStatistics Statistics(Tensor tensor) =>
        CpuTensor.Read(
            tensor,
            values =>
                _isFirst
                    ? TensorStatistics.Of(values) with
                    {
                        Histogram = ValueHistogram.Of(values),
                    }
                    : TensorStatistics.Of(values)
        );
}
