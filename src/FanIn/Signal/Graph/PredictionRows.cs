using System.Collections.Immutable;

namespace FanIn;

/// <summary>What a check shows of both passes: a row for each layer with weights, and what is true of a plain chain.</summary>
internal sealed class PredictionRows(
    SignalGraph graph,
    ForwardPass forward,
    BackwardPass backward,
    double? outputGradientRms
)
{
    /// <summary>Measured second moments of one law may differ by as much.</summary>
    private const double Alike = 0.05;

    /// <summary>Of a measurement in float32, which no band is narrower than: 3e-6 of a mean square.</summary>
    private const double Rounding = 1e-11;

    private readonly ImmutableArray<SignalNode> _nodes = graph.Nodes;
    private readonly List<int>[] _readers = Readers(graph.Nodes);

    public SignalPrediction Prediction()
    {
        ImmutableArray<LayerPrediction> layers =
        [
            .. Enumerable
                .Range(0, _nodes.Length)
                .Where(i => _nodes[i].Operation is SignalOperation.Weighted or SignalOperation.Lookup)
                .Select(Row),
        ];
        return Chain() is { } chain ? OfChain(layers, chain) : new(layers) { LogitVariance = LogitVariance() };
    }

    private LayerPrediction Row(int index)
    {
        SignalState signal = forward[index];
        (double shift, double skew, double variance) = Interval(signal);
        (int Node, Activation Activation)? next = Next(index);
        var row = new LayerPrediction(_nodes[index].Name, Math.Sqrt(signal.MeanSquare))
        {
            LogVariance = variance,
            LogShift = shift,
            LogSkew = skew,
            Correlation = signal.Examples > 1 ? signal.PooledCosine : null,
            DeadShare = next is { } dead ? UnitHealth.DeadShare(dead.Activation, forward[dead.Node]) : null,
            SaturatedShare = next is { } flat ? UnitHealth.SaturatedShare(flat.Activation, forward[flat.Node]) : null,
        };
        double? given = _nodes[index].MeasuredGradientRms ?? (index == _nodes.Length - 1 ? outputGradientRms : null);
        if (given is not null || backward[index] is not { } gradient)
        {
            return row with { GradientRms = given };
        }
        (shift, skew, variance) = Interval(gradient);
        return row with
        {
            GradientRms = Math.Sqrt(gradient.MeanSquare),
            GradientLogVariance = variance,
            GradientLogShift = shift,
            GradientLogSkew = skew,
        };
    }

    private (double Shift, double Skew, double Variance) Interval(SignalState state)
    {
        if (state.Members is { } members)
        {
            (double mean, double skew, double variance) = members.Interval();
            return (mean, skew, variance + Rounding);
        }
        Fluctuation.Spread spread = forward.Fluctuation.Variance(state.Response);
        return (state.Shift + (0.5 * (spread.Single - spread.Mean)), 0.0, spread.Mean + Rounding);
    }

    /// <summary>The activation that a layer's output goes to, through normalization and sums, and the node that it reads.</summary>
    private (int Node, Activation Activation)? Next(int index)
    {
        while (true)
        {
            if (_readers[index] is not [var reader])
            {
                return null;
            }
            switch (_nodes[reader].Operation)
            {
                case SignalOperation.Activate activate:
                    return (index, activate.Activation);
                case SignalOperation.Normalize or SignalOperation.Sum or SignalOperation.Multiply:
                    index = reader;
                    break;
                default:
                    return null;
            }
        }
    }

    /// <summary>For each node those that take its output.</summary>
    private static List<int>[] Readers(ImmutableArray<SignalNode> nodes)
    {
        List<int>[] readers = [.. nodes.Select(_ => new List<int>())];
        for (int i = 0; i < nodes.Length; i++)
        {
            foreach (int input in nodes[i].Inputs.IsDefault ? [] : nodes[i].Inputs.Distinct())
            {
                readers[input].Add(i);
            }
        }
        return readers;
    }

    /// <summary>An example's logits vary about their own mean: one of their degrees of freedom is gone.</summary>
    private double? LogitVariance() =>
        _nodes[^1].Operation is SignalOperation.Weighted { Positions: 1, Tensor.Outputs: > 1 and var classes }
            ? forward[_nodes.Length - 1].MeanSquare * (1.0 - (1.0 / classes))
            : null;

    /// <summary>The weighted nodes of a chain: input, then weights and one activation in turn, weights at last.</summary>
    private List<int>? Chain()
    {
        List<int> weighted = [];
        Activation? activation = null;
        if (_nodes[0].Operation is not SignalOperation.Source)
        {
            return null;
        }
        for (int i = 1; i < _nodes.Length; i++)
        {
            if (_nodes[i].Inputs is not [var input] || input != i - 1)
            {
                return null;
            }
            switch (_nodes[i].Operation)
            {
                case SignalOperation.Weighted when _nodes[i - 1].Operation is not SignalOperation.Weighted:
                    weighted.Add(i);
                    break;
                case SignalOperation.Activate op
                    when _nodes[i - 1].Operation is SignalOperation.Weighted
                        && (activation is null || activation == op.Activation):
                    activation = op.Activation;
                    break;
                default:
                    return null;
            }
        }
        return activation is not null && _nodes[^1].Operation is SignalOperation.Weighted ? weighted : null;
    }

    private SignalPrediction OfChain(ImmutableArray<LayerPrediction> layers, List<int> weighted)
    {
        var activation = ((SignalOperation.Activate)_nodes[weighted[0] + 1].Operation).Activation;
        SignalOperation.Weighted[] layer = [.. weighted.Select(i => (SignalOperation.Weighted)_nodes[i].Operation)];
        // The first layer's fans are the data's, the last one's the classes'.
        SignalOperation.Weighted[] hidden = layer.Length > 2 ? layer[1..^1] : layer[..^1];
        double[] variances = [.. hidden.Select(op => op.Tensor.Fan!.Value.In * op.Law.SecondMoment)];
        double mean = variances.Average();
        double fluctuation = 0.0;
        foreach (int index in weighted.SkipLast(1))
        {
            NormalResponse response = forward.Response(activation, forward[index]);
            bool isOrthogonal = ((SignalOperation.Weighted)_nodes[index].Operation).Law.IsOrthogonal;
            double sampled = isOrthogonal ? 2.0 * response.SignalSlope * response.SignalSlope : 0.0;
            fluctuation += (response.FourthMoment - 1.0 - sampled) / forward[index].Units;
        }
        return new(layers)
        {
            IsChain = true,
            Activation = activation,
            WeightVariance = Array.TrueForAll(variances, v => Math.Abs(v - mean) <= Alike * mean) ? mean : null,
            IsOrthogonal = Array.TrueForAll(hidden, op => op.Law.IsOrthogonal),
            BiasVariance = hidden.Average(op => op.BiasSecondMoment),
            Fluctuation = fluctuation,
            LogitVariance = LogitVariance(),
        };
    }
}
