using System.Collections.Immutable;
using static System.Math;

namespace FanIn;

/// <summary>
/// The signal's second moments from node to node: infinite width, and the first order in one over the width for what
/// fluctuates.
/// </summary>
/// <remarks>
/// The input of an activation is taken for normal with the mean and variance that it has: exact behind weights in infinite
/// width, an approximation behind a sum with something that isn't normal. Different results of weights have independent
/// signs, so they are uncorrelated in sums; of other pairs only the means count, and x with f(x), by Stein's lemma.
/// </remarks>
internal sealed partial class ForwardPass
{
    private readonly ImmutableArray<SignalNode> _nodes;
    private readonly SignalState[] _states;

    /// <summary>Each node as a sum of factors times nodes that are no sums.</summary>
    private readonly Dictionary<int, double>[] _terms;
    private readonly Dictionary<(Activation, double, double), NormalResponse> _responses;
    private readonly Dictionary<Activation, ResponseCurve> _curves = [];
    private readonly bool _isByDraws;

    public ForwardPass(SignalGraph graph)
        : this(graph, [], isByDraws: false) { }

    private ForwardPass(
        SignalGraph graph,
        Dictionary<(Activation, double, double), NormalResponse> responses,
        bool isByDraws
    )
    {
        (_responses, _isByDraws) = (responses, isByDraws);
        _nodes = graph.Nodes;
        _states = new SignalState[_nodes.Length];
        _terms = new Dictionary<int, double>[_nodes.Length];
        for (int i = 0; i < _nodes.Length; i++)
        {
            _terms[i] = new() { [i] = 1.0 };
            _states[i] = Step(i);
        }
    }

    public Fluctuation Fluctuation { get; } = new();

    /// <summary>Of a variance: beyond, every activation is as good as a power, and its features too narrow for a double.</summary>
    private const double Largest = 1e12;

    /// <summary>
    /// How far the answer to deviations departs from proportion, in logarithms of a mean square, where it enlarges them;
    /// elsewhere they are soon forgotten.
    /// </summary>
    public double Bend { get; private set; }

    /// <summary>The same once more, draw by draw.</summary>
    public ForwardPass ByDraws(SignalGraph graph) => new(graph, _responses, isByDraws: true);

    public SignalState this[int node] => _states[node];

    /// <summary>For each activation the cause of its units' fluctuation, which moves the gradient too.</summary>
    public Dictionary<int, int> CauseOf { get; } = [];

    /// <summary>The expectations of an activation at a node's values.</summary>
    public NormalResponse Response(Activation activation, SignalState input)
    {
        (double mean, double variance, double scale) = (input.Mean, input.Variance, 1.0);
        if (mean == 0.0 && NormalResponse.IsHomogeneous(activation) && variance > 0.0)
        {
            (variance, scale) = (1.0, input.Variance);
        }
        else if (variance > Largest)
        {
            scale = variance / Largest;
            (mean, variance) = (mean / Sqrt(scale), Largest);
        }
        if (!_responses.TryGetValue((activation, mean, variance), out NormalResponse? response))
        {
            response = NormalResponse.Of(activation, mean, variance);
            _responses[(activation, mean, variance)] = response;
        }
        return scale == 1.0 ? response : response.OfSize(scale);
    }

    private SignalState Step(int index)
    {
        SignalNode node = _nodes[index];
        SignalState[] inputs = node.Inputs.IsDefault ? [] : [.. node.Inputs.Select(i => _states[i])];
        GraphValidation.CheckShapes(index, node, inputs);
        SignalState input = inputs.Length == 0 ? new() : inputs[0];
        return node.Operation switch
        {
            SignalOperation.Source source => Of(source),
            SignalOperation.Lookup lookup => Look(lookup, input),
            SignalOperation.Weighted weighted => Weigh(weighted, input),
            SignalOperation.Activate activate => Activate(index, activate.Activation, input),
            SignalOperation.Gate gate => Gate(gate.Activation, input, node),
            SignalOperation.Sum sum => Add(index, node, sum.Weights),
            SignalOperation.Multiply multiply => Multiply(index, node.Inputs[0], multiply.Factor),
            SignalOperation.Concatenate => Concatenate(node),
            SignalOperation.Normalize normalize => Normalize(normalize, input),
            SignalOperation.Drop { Rate: 0.0 } => Multiply(index, node.Inputs[0], 1.0),
            SignalOperation.Drop drop => input with { MeanSquare = input.MeanSquare / (1.0 - drop.Rate) },
            SignalOperation.MeanPool pool => MeanPool(pool, input),
            SignalOperation.MaxPool pool => MaxPool(pool, node, input),
            SignalOperation.Attend attend => Attend(node, attend),
            _ => throw new InvalidOperationException($"There is no rule for {node.Operation.GetType().Name}."),
        };
    }

    private SignalState Of(SignalOperation.Source source)
    {
        double square = source.Mean * source.Mean;
        double q = Max(source.MeanSquare, square);
        double alone = 1.0 - (source.Correlation * source.Correlation);
        double position = source.PositionCorrelation is { } cosine ? cosine * q : square;
        var state = new SignalState
        {
            Units = source.Units,
            Positions = source.Positions,
            Examples = source.Examples,
            MeanSquare = q,
            Mean = source.Mean,
            PositionProduct = position,
            // The cosine that is measured is that of the means over positions.
            ExampleProduct = source.Correlation * (q + ((source.Positions - 1) * position)) / source.Positions,
            CosineVariance = source.CorrelationVariance ?? (alone * alone / source.Units),
            // The batch's mean square is known; how an example's departs from it isn't.
            Shift = -0.5 * source.LogSpread,
        };
        if (_isByDraws)
        {
            state = state with { Members = Members.Spread(source.Examples, source.LogSpread) };
        }
        return source.LogSpread == 0.0
            ? state
            : state with
            {
                Response = state.Response.PlusSignal(Fluctuation.Add(new(new(source.LogSpread, 0.0)))),
            };
    }

    private SignalState Look(SignalOperation.Lookup lookup, SignalState ids)
    {
        double q = lookup.Law.SecondMoment;
        long width = lookup.Tensor.Outputs;
        double alike = Max(0.0, ids.PooledCosine) / ids.Positions;
        double tokens = Min((double)ids.Examples * ids.Positions, Max(1.0, lookup.Tensor.Inputs));
        double sampling = lookup.Law.IsOrthogonal ? 0.0 : 2.0 / width;
        int cause = Fluctuation.Add(new(new(sampling, sampling / tokens)));
        return new()
        {
            Units = width,
            Positions = ids.Positions,
            Examples = ids.Examples,
            MeanSquare = q,
            ExampleProduct = alike * q,
            CosineVariance = 1.0 / width,
            Response = Fluctuation.Response.None.PlusSignal(cause),
            Members = _isByDraws
                ? Members.Still(ids.Examples).Moved(-0.5 * sampling, Fluctuation.Draws(cause, ofGradient: false))
                : null,
            Shift = -0.5 * sampling,
        };
    }

    private SignalState Weigh(SignalOperation.Weighted op, SignalState input)
    {
        double gain = op.Tensor.Fan!.Value.In * op.Law.SecondMoment * op.CoveredShare;
        SignalState scaled = input.Scaled(gain);
        double bias = op.BiasSecondMoment;
        double q = Min(SignalState.Most, scaled.MeanSquare + bias);
        double share = SignalState.Share(scaled.MeanSquare, q);
        (double ofPositions, double ofPairs) = Shared(op.CoveredShare, op.Positions);
        SignalState output = scaled with
        {
            Units = op.Tensor.Outputs,
            Positions = op.Positions,
            MeanSquare = q,
            Mean = 0.0,
            PositionProduct = (ofPositions * scaled.PositionProduct) + bias,
            ExampleProduct = (ofPairs * scaled.ExampleProduct) + bias,
            CosineVariance = share * share * input.CosineVariance,
        };
        // Orthogonal columns keep lengths and angles; orthogonal rows keep what falls into their space.
        double unit = 1.0 / output.Units;
        double sampled = op.Law.IsOrthogonal
            ? (share * share * Max(0.0, unit - (1.0 / op.Tensor.Fan!.Value.In))) + ((1.0 - (share * share)) * unit)
            : unit;
        Fluctuation.Spread sampling = output.Average(c => 2.0 * c * c * sampled);
        double single = Fluctuation.Variance(input.Response).Single;
        int cause = Fluctuation.Add(new(sampling));
        return output with
        {
            CosineVariance = Sampled(output, sampled),
            Response = input.Response.Times(share).PlusSignal(cause),
            Members = input
                .Members?.Times(share)
                .Moved(-0.5 * sampling.Single, Fluctuation.Draws(cause, ofGradient: false)),
            Shift = (share * input.Shift) + (0.5 * share * (1.0 - share) * single) - (0.5 * sampling.Single),
        };
    }

    /// <summary>
    /// How many of the taps that one position has, beside padding, two have both: two that differ, and any two. Along each side
    /// of a kernel of three that covers the share s it is s^2 + (1 - s)^2 / 2, and nearly so of wider ones.
    /// </summary>
    public static (double OfPositions, double OfPairs) Shared(double covered, long positions)
    {
        double side = Sqrt(covered);
        double common = covered + (0.5 * (1.0 - side) * (1.0 - side));
        double both = common * common;
        double others = positions > 1 ? Max(0.0, ((both * positions) - covered) / (positions - 1)) : covered;
        return (others / covered, both / covered);
    }

    /// <summary>
    /// The cosine of two examples over n = 1 / <paramref name="unit"/> normal units: variance (1 - c^2)^2 / n about a mean
    /// that is less by c (1 - c^2) / 2n.
    /// </summary>
    public static double Sampled(SignalState state, double unit)
    {
        double rest = 1.0 - state.SquaredCosine;
        return (state.CosineVariance * (1.0 - (rest * unit))) + (rest * rest * unit);
    }

    private SignalState Activate(int index, Activation activation, SignalState input)
    {
        NormalResponse f = Response(activation, input);
        double unit = 1.0 / input.Units;
        Fluctuation.Spread values = input.AverageCentred(c => f.SignalCovariance(c) * unit);
        Fluctuation.Spread gradients = input.AverageCentred(c => f.GradientCovariance(c) * unit);
        Fluctuation.Spread both = input.AverageCentred(c => f.JointCovariance(c) * unit);
        int cause = Fluctuation.Add(new(values, gradients, both));
        CauseOf[index] = cause;
        double single = Fluctuation.Variance(input.Response).Single;
        Bend += f.SignalSlope > 1.0 ? 0.5 * Abs(f.SignalCurvature) * single : 0.0;
        double constant = -(0.5 * values.Single) - (f.SignalSecondSlope * unit);
        double slope = f.CosineSlope(input.CentredExampleCosine);
        return input with
        {
            MeanSquare = Min(SignalState.Most, f.SecondMoment),
            Mean = f.Mean,
            PositionProduct = f.Product(input.CentredPositionCosine),
            ExampleProduct = f.Product(input.CentredExampleCosine),
            CosineVariance = Min(
                1.0,
                (slope * slope * input.CosineVariance)
                    + input.Expected(c => f.CosineVariance(c) * unit, input.CentredExampleCosine)
            ),
            Response = input.Response.Times(f.SignalSlope).PlusSignal(cause),
            Members = Bent(activation, input, f.SignalSlope, ofGradient: false)
                ?.Moved(constant, Fluctuation.Draws(cause, ofGradient: false)),
            // In the constant: at a given length the units lie on a sphere.
            Shift = (f.SignalSlope * input.Shift) + (0.5 * f.SignalCurvature * single) + constant,
        };
    }

    /// <summary>What an activation, or its slope, makes of the draws' deviations.</summary>
    public Members? Bent(Activation activation, SignalState input, double slope, bool ofGradient)
    {
        if (
            input.Members is null
            || input.Mean != 0.0
            || !(input.Variance > 0.0)
            || NormalResponse.IsHomogeneous(activation)
        )
        {
            return input.Members?.Times(slope);
        }
        if (!_curves.TryGetValue(activation, out ResponseCurve? curve))
        {
            _curves[activation] = curve = new(activation);
        }
        return input.Members.Through(curve, CorrectlyRounded.Log(input.Variance), ofGradient);
    }

    private SignalState Gate(Activation activation, SignalState gate, SignalNode node)
    {
        NormalResponse f = Response(activation, gate);
        SignalState value = node.Inputs.Length == 2 ? _states[node.Inputs[1]] : gate;
        long units = node.Inputs.Length == 2 ? gate.Units : gate.Units / 2;
        double slope = f.SignalSlope;
        double Covariance(double c, double other) =>
            (
                (f.Squares(c) * (1.0 + (2.0 * other * other)))
                - 1.0
                - (2.0 * slope * slope * c * c)
                - (2.0 * other * other)
            ) / units;
        Fluctuation.Spread fresh = gate.Average(
            Covariance(1.0, 1.0),
            Covariance(gate.CentredPositionCosine, value.PositionCosine),
            gate.Expected(c => Covariance(c, value.ExampleCosine), gate.CentredExampleCosine)
        );
        int cause = Fluctuation.Add(new(fresh));
        return gate with
        {
            Units = units,
            MeanSquare = Min(SignalState.Most, f.SecondMoment * value.MeanSquare),
            Mean = f.Mean * value.Mean,
            PositionProduct = f.Product(gate.CentredPositionCosine) * value.PositionProduct,
            ExampleProduct = f.Product(gate.CentredExampleCosine) * value.ExampleProduct,
            Response = gate.Response.Times(slope).Plus(value.Response).PlusSignal(cause),
            Members = value.Members is null
                ? null
                : gate
                    .Members?.Times(slope)
                    .Plus(value.Members)
                    .Moved(-0.5 * fresh.Single, Fluctuation.Draws(cause, ofGradient: false)),
            Shift = (slope * gate.Shift) + value.Shift - (0.5 * fresh.Single),
        };
    }

    private static SignalState Normalize(SignalOperation.Normalize op, SignalState input)
    {
        bool isBatch = op.Kind == NormalizationKind.Batch;
        double centre =
            isBatch ? BatchMean(input)
            : op.Kind == NormalizationKind.Rms ? 0.0
            : input.Mean * input.Mean;
        double variance = Max(0.0, input.MeanSquare - centre);
        double factor = op.ScaleSecondMoment / (variance + op.Epsilon);
        double kept = SignalState.Share(op.Epsilon, variance + op.Epsilon);
        double rescaled = SignalState.Share(input.MeanSquare, variance);
        double q = (variance * factor) + op.ShiftSecondMoment;
        return input with
        {
            MeanSquare = q,
            Mean = op.Kind == NormalizationKind.Rms ? input.Mean * Sqrt(factor) : 0.0,
            PositionProduct = ((input.PositionProduct - centre) * factor) + op.ShiftSecondMoment,
            ExampleProduct = ((input.ExampleProduct - centre) * factor) + op.ShiftSecondMoment,
            CosineVariance = Min(1.0, input.CosineVariance * rescaled * rescaled),
            Response = input.Response.Times(kept),
            Members = input.Members?.Times(kept),
            Shift = kept * input.Shift,
        };
    }

    /// <summary>E of the squared mean over batch and positions.</summary>
    public static double BatchMean(SignalState state) =>
        Clamp(state.Average(state.MeanSquare, state.PositionProduct, state.ExampleProduct).Mean, 0.0, state.MeanSquare);
}
