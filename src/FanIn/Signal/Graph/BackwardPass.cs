using System.Collections.Immutable;
using static System.Math;

namespace FanIn;

/// <summary>
/// The gradients' second moments from the last node to the first. As usual in mean-field theory the weights of the way
/// back count as drawn anew; what this misses at order one over the width is kept in <see cref="SignalState.Alignment"/>.
/// </summary>
/// <remarks>
/// Each gradient is a sum of parts that are uncorrelated, as weights lie between them; sums and skips hand parts on, so
/// that one that arrives on two ways counts as one. Parts that have no other way are handed on as the one that they make.
/// </remarks>
internal sealed partial class BackwardPass
{
    private readonly ImmutableArray<SignalNode> _nodes;
    private readonly ForwardPass _forward;
    private readonly List<SignalState> _parts = [];

    /// <summary>For each part the number of nodes that have yet to hand it on.</summary>
    private readonly List<int> _holders = [];
    private readonly Dictionary<int, double>[] _terms;
    private readonly SignalState?[] _gradients;

    /// <param name="graph">A valid one.</param>
    /// <param name="forward">Its signal.</param>
    /// <param name="outputRms">At the last node; null where it isn't known.</param>
    public BackwardPass(SignalGraph graph, ForwardPass forward, double? outputRms)
    {
        (_nodes, _forward) = (graph.Nodes, forward);
        _terms = new Dictionary<int, double>[_nodes.Length];
        _gradients = new SignalState?[_nodes.Length];
        for (int i = _nodes.Length - 1; i >= 0; i--)
        {
            _terms[i] ??= [];
            double? measured = _nodes[i].MeasuredGradientRms ?? (i == _nodes.Length - 1 ? outputRms : null);
            if (measured is { } rms)
            {
                Release(i);
                _terms[i] = [];
                Send(i, Measured(forward[i], rms, _nodes[i].MeasuredGradientCorrelation ?? 0.0));
            }
            _gradients[i] = _terms[i].Count > 0 ? Gradient(i, _terms[i]) : null;
            Release(i);
            if (_gradients[i] is { } gradient)
            {
                Step(i, gradient);
            }
        }
    }

    /// <summary>The gradient with respect to the node's output; null where none is known.</summary>
    public SignalState? this[int node] => _gradients[node];

    /// <summary>
    /// Of examples' gradients the size is known, at most. Beside what they have in common, with labels by chance, their
    /// squared cosine is one over the number of units that they lie in.
    /// </summary>
    private static SignalState Measured(SignalState signal, double rms, double correlation) =>
        signal with
        {
            MeanSquare = Min(SignalState.Most, rms * rms),
            Mean = 0.0,
            PositionProduct = 0.0,
            ExampleProduct = correlation * Min(SignalState.Most, rms * rms),
            CosineVariance = Squared(1.0 - (correlation * correlation)) / Max(1, signal.Units - 1),
            Response = Fluctuation.Response.None,
            Members = signal.Members is null ? null : Members.Still(signal.Examples),
            Shift = 0.0,
            Alignment = 0.0,
        };

    private void Release(int index)
    {
        foreach (int part in _terms[index].Keys)
        {
            _holders[part]--;
        }
    }

    private SignalState Gradient(int index, Dictionary<int, double> terms)
    {
        SignalState signal = _forward[index];
        (SignalState State, double Weight)[] parts =
        [
            .. terms.OrderBy(term => term.Key).Select(term => (_parts[term.Key], term.Value * term.Value)),
        ];
        double Total(Func<SignalState, double> of) => parts.Sum(part => part.Weight * of(part.State));
        double q = Min(SignalState.Most, Total(state => state.MeanSquare));
        SignalState sum = new()
        {
            Units = signal.Units,
            Positions = signal.Positions,
            Examples = signal.Examples,
            MeanSquare = q,
            PositionProduct = Total(state => state.PositionProduct),
            ExampleProduct = Total(state => state.ExampleProduct),
            Projection = parts is [var (only, weight)] ? only.Projection?.Times(weight) : null,
        };
        double[] shares = [.. parts.Select(part => SignalState.Share(part.Weight * part.State.MeanSquare, q))];
        return ForwardPass.Composed(
            sum,
            [.. parts.Select((part, i) => (part.State, shares[i]))],
            parts.Length > 1 ? Max(0.0, 1.0 - shares.Sum(share => share * share)) * 2.0 / sum.Units : 0.0,
            isGradient: true,
            _forward.Fluctuation
        );
    }

    private void Step(int index, SignalState gradient)
    {
        SignalNode node = _nodes[index];
        if (node.Inputs.IsDefaultOrEmpty)
        {
            return;
        }
        int first = node.Inputs[0];
        SignalState signal = _forward[first];
        Unite(index, gradient);
        GradientProjection? projection = gradient.Projection;
        gradient = gradient with { Projection = null };
        switch (node.Operation)
        {
            case SignalOperation.Weighted op:
                Send(first, Weigh(op, gradient, signal, _forward[index]));
                break;
            case SignalOperation.Activate op:
                Send(first, Activate(index, op.Activation, gradient, signal));
                break;
            case SignalOperation.Gate op:
                Gate(op.Activation, node, gradient, signal);
                break;
            case SignalOperation.Sum op:
                for (int i = 0; i < node.Inputs.Length; i++)
                {
                    HandOn(index, node.Inputs[i], op.Weights.IsDefaultOrEmpty ? 1.0 : op.Weights[i]);
                }
                break;
            case SignalOperation.Multiply op:
                HandOn(index, first, op.Factor);
                break;
            case SignalOperation.Concatenate:
                foreach (int input in node.Inputs)
                {
                    HandOn(index, input, 1.0);
                }
                break;
            case SignalOperation.Drop { Rate: 0.0 }:
                HandOn(index, first, 1.0);
                break;
            case SignalOperation.Drop op:
                Send(first, gradient with { MeanSquare = gradient.MeanSquare / (1.0 - op.Rate) });
                break;
            case SignalOperation.Normalize op:
                Send(first, Normalize(op, gradient with { Projection = projection }, signal, _forward[index]));
                break;
            case SignalOperation.MeanPool op:
                Send(first, MeanPool(op.Window, gradient, signal));
                break;
            case SignalOperation.MaxPool:
                Send(first, MaxPool(node, gradient, signal));
                break;
            case SignalOperation.Attend op:
                Attend(op, node, gradient);
                break;
        }
    }

    private void Send(int input, SignalState gradient)
    {
        _parts.Add(gradient);
        _holders.Add(1);
        Terms(input)[_parts.Count - 1] = 1.0;
    }

    private void HandOn(int index, int input, double factor)
    {
        Dictionary<int, double> terms = Terms(input);
        foreach ((int part, double weight) in _terms[index])
        {
            if (terms.TryAdd(part, 0.0))
            {
                _holders[part]++;
            }
            terms[part] += factor * weight;
        }
    }

    /// <summary>Makes one of the parts that no other node has.</summary>
    private void Unite(int index, SignalState gradient)
    {
        Dictionary<int, double> terms = _terms[index];
        int[] own = [.. terms.Keys.Where(part => _holders[part] == 0)];
        if (own.Length < 2)
        {
            return;
        }
        SignalState united =
            own.Length == terms.Count ? gradient : Gradient(index, own.ToDictionary(part => part, part => terms[part]));
        foreach (int part in own)
        {
            terms.Remove(part);
        }
        _parts.Add(united);
        _holders.Add(0);
        terms[_parts.Count - 1] = 1.0;
    }

    private Dictionary<int, double> Terms(int input) => _terms[input] ??= [];

    private SignalState Weigh(SignalOperation.Weighted op, SignalState gradient, SignalState signal, SignalState output)
    {
        Fan fan = op.Tensor.Fan!.Value;
        bool isFlat = op.Tensor.Inputs != signal.Units;
        double units = op.Tensor.Inputs;
        double places = isFlat ? 1.0 : signal.Positions;
        // As many connections leave the input as enter the output.
        double connections = (double)output.Positions * output.Units * fan.In * op.CoveredShare / (places * units);
        double unit = 1.0 / units;
        double sampled = op.Law.IsOrthogonal ? Max(0.0, unit - (1.0 / fan.Out)) : unit;
        double share = 1.0 - SignalState.Share(op.BiasSecondMoment, output.MeanSquare);
        // What is along the values adds to the length, unless the weights keep that.
        double alignment = gradient.Alignment * share;
        SignalState input = gradient.Scaled(connections * op.Law.SecondMoment) with
        {
            Units = signal.Units,
            Positions = signal.Positions,
        };
        // Strides leave no such pattern.
        (double ofPositions, double ofPairs) =
            gradient.Positions == signal.Positions ? ForwardPass.Shared(op.CoveredShare, signal.Positions) : (1.0, 1.0);
        Fluctuation.Spread sampling = input.Average(c => 2.0 * c * c * sampled);
        int cause = _forward.Fluctuation.Add(new(default, sampling));
        return input with
        {
            CosineVariance = ForwardPass.Sampled(input, sampled),
            // What was another unit is another position now: nothing is known of it but that its weights are its own.
            PositionProduct = isFlat ? 0.0 : ofPositions * input.PositionProduct,
            ExampleProduct = isFlat ? input.ExampleProduct / signal.Positions : ofPairs * input.ExampleProduct,
            Response = gradient.Response.PlusGradient(cause),
            Members = gradient.Members?.Moved(
                (alignment * sampled) - (0.5 * sampling.Single),
                _forward.Fluctuation.Draws(cause, ofGradient: true)
            ),
            Shift = gradient.Shift - (0.5 * sampling.Single) + (alignment * sampled),
            Alignment = alignment,
        };
    }

    private SignalState Activate(int index, Activation activation, SignalState gradient, SignalState signal)
    {
        NormalResponse f = _forward.Response(activation, signal);
        double unit = 1.0 / signal.Units;
        double position = signal.CentredPositionCosine;
        double example = signal.CentredExampleCosine;
        SignalState scaled = gradient.Scaled(f.DerivativeSecondMoment);
        // f'^2 and g^2 are independent; what f'^2 alone does to the mean is the activation's cause already.
        double Products(double c, double cosine) => 2.0 * cosine * cosine * (f.SlopeSquares(c) - 1.0) * unit;
        Fluctuation.Spread products = gradient.Average(
            Products(1.0, 1.0),
            Products(position, gradient.PositionCosine),
            Both(signal, gradient, Products)
        );
        double slope = f.SlopeProduct(example);
        double single = _forward.Fluctuation.Variance(signal.Response).Single;
        Fluctuation.Spread values = signal.AverageCentred(c => f.GradientCovariance(c) * unit);
        int ofProducts = _forward.Fluctuation.Add(new(default, products));
        int ofValues = _forward.CauseOf[index];
        double constant =
            (gradient.Alignment * (f.ValueAndSlope - 1.0) * unit)
            - (f.GradientSecondSlope * unit)
            - (0.5 * (values.Single + products.Single));
        Members? answer = _forward.Bent(activation, signal, f.GradientSlope, ofGradient: true);
        return scaled with
        {
            PositionProduct = scaled.PositionProduct * f.SlopeProduct(position),
            ExampleProduct = scaled.ExampleProduct * slope,
            CosineVariance = Min(
                1.0,
                (slope * slope * gradient.CosineVariance)
                    + Both(signal, gradient, (c, cosine) => f.GradientCosineVariance(c, cosine) * unit)
            ),
            Response = gradient
                .Response.Plus(signal.Response.Times(f.GradientSlope))
                .PlusGradient(ofValues)
                .PlusGradient(ofProducts),
            Members = answer is null
                ? null
                : gradient
                    .Members?.Plus(answer)
                    .Moved(constant, _forward.Fluctuation.Draws(ofValues, ofGradient: true))
                    .Moved(0.0, _forward.Fluctuation.Draws(ofProducts, ofGradient: true)),
            Shift = gradient.Shift + (f.GradientSlope * signal.Shift) + (0.5 * f.GradientCurvature * single) + constant,
            Alignment = (2.0 * f.GradientSlope) + (f.Alignment(signal.MeanSquare) * gradient.Alignment),
            Projection = new(
                scaled.MeanSquare * f.Projection(1.0),
                scaled.PositionProduct * f.Projection(position),
                scaled.ExampleProduct * f.Projection(example),
                signal.Variance
            ),
        };
    }

    /// <summary>The mean over pairs of examples, whose values' and gradients' cosines both vary.</summary>
    private static double Both(SignalState signal, SignalState gradient, Func<double, double, double> covariance) =>
        signal.Expected(
            c => gradient.Expected(cosine => covariance(c, cosine), gradient.ExampleCosine),
            signal.CentredExampleCosine
        );

    private void Gate(Activation activation, SignalNode node, SignalState gradient, SignalState gate)
    {
        NormalResponse f = _forward.Response(activation, gate);
        bool isOne = node.Inputs.Length == 1;
        SignalState value = isOne ? gate : _forward[node.Inputs[1]];
        SignalState toGate = Both(gradient, f.DerivativeSecondMoment * value.MeanSquare, value, gate) with
        {
            Response = gradient.Response.Plus(gate.Response.Times(f.GradientSlope)).Plus(value.Response),
            Members =
                gate.Members is null || value.Members is null
                    ? null
                    : gradient.Members?.Plus(gate.Members.Times(f.GradientSlope)).Plus(value.Members),
        };
        SignalState toValue = Both(gradient, f.SecondMoment, gate, value) with
        {
            Response = gradient.Response.Plus(gate.Response.Times(f.SignalSlope)),
            Members = gate.Members is null ? null : gradient.Members?.Plus(gate.Members.Times(f.SignalSlope)),
        };
        if (!isOne)
        {
            Send(node.Inputs[0], toGate);
            Send(node.Inputs[1], toValue);
            return;
        }
        double q = 0.5 * (toGate.MeanSquare + toValue.MeanSquare);
        double share = SignalState.Share(0.5 * toGate.MeanSquare, q);
        Send(
            node.Inputs[0],
            toGate with
            {
                MeanSquare = q,
                PositionProduct = 0.5 * (toGate.PositionProduct + toValue.PositionProduct),
                ExampleProduct = 0.5 * (toGate.ExampleProduct + toValue.ExampleProduct),
                Response = toGate.Response.Times(share).Plus(toValue.Response.Times(1.0 - share)),
                Members = toValue.Members is null
                    ? null
                    : toGate.Members?.Times(share).Plus(toValue.Members.Times(1.0 - share)),
            }
        );
    }

    private static SignalState Both(SignalState gradient, double factor, SignalState other, SignalState to)
    {
        SignalState scaled = gradient.Scaled(factor);
        return scaled with
        {
            Units = to.Units,
            PositionProduct = scaled.PositionProduct * other.PositionCosine,
            ExampleProduct = scaled.ExampleProduct * other.ExampleCosine,
            Alignment = 0.0,
        };
    }
}
