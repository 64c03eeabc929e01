using System.Collections.Immutable;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

internal sealed partial class SignalTrace
{
    /// <summary>The step that a tensor comes from; steps between known ones and it are added.</summary>
    /// <param name="tensor">What a layer takes, or the model's output.</param>
    /// <param name="consumer">Who takes it, for names.</param>
    /// <param name="unitsLast">Whether it is read as [batch, positions ..., units]; otherwise as [batch, units, positions ...].</param>
    public int Origin(Tensor tensor, string consumer, bool unitsLast)
    {
        if (Known(tensor, consumer, unitsLast) is { } known)
        {
            return known;
        }
        int source = Measured(
            is_floating_point(tensor) ? $"measured before {consumer}" : $"ids before {consumer}",
            tensor,
            unitsLast
        );
        Gave(source, tensor, isKept: false);
        return source;
    }

    /// <summary>As <see cref="Origin"/>; null where nothing explains the tensor.</summary>
    public int? Known(Tensor tensor, string consumer, bool unitsLast)
    {
        TensorSample sample = TensorSample.Of(tensor);
        if (sample.Count == 0)
        {
            return null;
        }
        if (Same(sample) is { } same)
        {
            return same;
        }
        if (sample.Count == _batchSample.Count && ValueMatch.AreSame(sample.Values, _batchSample.Values))
        {
            int input = Measured("input", tensor, unitsLast);
            Gave(input, tensor, sample, isKept: true);
            return input;
        }
        if (!is_floating_point(tensor) || !sample.Values.All(double.IsFinite))
        {
            return null;
        }
        List<TracedValue> candidates = [.. Candidates(sample.Count)];
        int? node =
            Activated(tensor, sample, candidates, consumer)
            ?? Combined(tensor, sample, candidates, consumer)
            ?? Permuted(sample, candidates)
            ?? Joined(tensor, consumer, unitsLast)
            ?? Attended(tensor, consumer)
            ?? Reduced(tensor, sample, consumer, unitsLast)
            ?? WithParameter(sample, candidates, consumer);
        if (node is { } found)
        {
            Gave(found, tensor, sample, isKept: false);
        }
        return node;
    }

    /// <summary>Also in another shape, if the order of the elements is the same.</summary>
    private int? Same(TensorSample sample)
    {
        for (int i = _values.Count - 1; i >= 0; i--)
        {
            if (_values[i].Count == sample.Count && ValueMatch.AreSame(sample.Values, _values[i].Sample.Values))
            {
                return _values[i].Node;
            }
        }
        return null;
    }

    /// <summary>The latest first; one that a later one equals is left out.</summary>
    private IEnumerable<TracedValue> Candidates(long count)
    {
        var nodes = new HashSet<int>();
        for (int i = _values.Count - 1; i >= 0 && nodes.Count < MostCandidates; i--)
        {
            if (
                _values[i].Count == count
                && nodes.Add(_values[i].Node)
                && _values[i].Sample.Values.All(double.IsFinite)
            )
            {
                yield return _values[i];
            }
        }
    }

    private int? Activated(Tensor tensor, TensorSample sample, List<TracedValue> candidates, string consumer)
    {
        foreach (TracedValue value in candidates)
        {
            if (ValueMatch.ActivationBetween(value.Sample.Values, sample.Values, _tolerance) is { } activation)
            {
                return Activate(activation, value.Node, tensor, consumer);
            }
            if (
                ValueMatch.Combination([value.Sample.Values], sample.Values, _tolerance) is [var factor]
                && value.Count > 1
            )
            {
                return factor == 1
                    ? value.Node
                    : Add(
                        $"factor before {consumer}",
                        new SignalOperation.Multiply(factor),
                        _shapes[value.Node],
                        value.Node
                    );
            }
        }
        return null;
    }

    private int Activate(Activation activation, int of, Tensor output, string consumer)
    {
        int node = Add($"{activation} before {consumer}", new SignalOperation.Activate(activation), _shapes[of], of);
        NoteHealth(node, activation, output);
        return node;
    }

    /// <summary>A skip connection, with an activation on top or none, or a gate: two values, or a sum of three.</summary>
    private int? Combined(Tensor tensor, TensorSample sample, List<TracedValue> candidates, string consumer)
    {
        List<(int Node, double[] Values)> terms = [.. candidates.Select(v => (v.Node, v.Sample.Values))];
        // A table of positions is added to each example.
        terms.AddRange(
            _values
                .Where(v =>
                    v.Count > 0
                    && v.Count < sample.Count
                    && sample.Count % v.Count == 0
                    && v.Tensor is { IsInvalid: false }
                )
                .Where(v =>
                    v.Shape.Length >= 1
                    && v.Shape[^1] == tensor.shape[^1]
                    && _nodes[v.Node].Operation is SignalOperation.Lookup
                )
                .Select(v => (v.Node, TensorSample.Repeated(v.Tensor!, sample.Count)))
        );
        for (int i = 0; i < terms.Count; i++)
        {
            for (int j = i + 1; j < terms.Count; j++)
            {
                if (!FitTogether(terms[i].Node, terms[j].Node))
                {
                    continue;
                }
                if (Pair(tensor, sample, terms[i], terms[j], consumer) is { } found)
                {
                    return found;
                }
            }
        }
        int most = Math.Min(terms.Count, 8);
        for (int i = 0; i < most; i++)
        {
            for (int j = i + 1; j < most; j++)
            {
                for (int k = j + 1; k < most; k++)
                {
                    if (
                        FitTogether(terms[i].Node, terms[j].Node)
                        && FitTogether(terms[i].Node, terms[k].Node)
                        && ValueMatch.Combination(
                            [terms[i].Values, terms[j].Values, terms[k].Values],
                            sample.Values,
                            _tolerance
                        )
                            is { } factors
                    )
                    {
                        return Sum(
                            [(terms[i].Node, factors[0]), (terms[j].Node, factors[1]), (terms[k].Node, factors[2])],
                            consumer
                        );
                    }
                }
            }
        }
        return null;
    }

    private int? Pair(
        Tensor tensor,
        TensorSample sample,
        (int Node, double[] Values) a,
        (int Node, double[] Values) b,
        string consumer
    )
    {
        double[][] both = [a.Values, b.Values];
        if (ValueMatch.Combination(both, sample.Values, _tolerance) is { } factors)
        {
            return Sum([(a.Node, factors[0]), (b.Node, factors[1])], consumer);
        }
        // f(a + b), as residual blocks of images end.
        double[] sum = ValueMatch.Sum(both, [1, 1]);
        if (ValueMatch.ActivationBetween(sum, sample.Values, _tolerance) is { } activation)
        {
            return Activate(activation, Sum([(a.Node, 1), (b.Node, 1)], consumer), tensor, consumer);
        }
        if (Gated(a.Values, b.Values, sample.Values) is { } first)
        {
            return Add($"gate before {consumer}", new SignalOperation.Gate(first), _shapes[a.Node], a.Node, b.Node);
        }
        return Gated(b.Values, a.Values, sample.Values) is { } second
            ? Add($"gate before {consumer}", new SignalOperation.Gate(second), _shapes[a.Node], b.Node, a.Node)
            : null;
    }

    /// <summary>The f with f(gate) value = output; a value that came through f already makes it the identity.</summary>
    private Activation? Gated(double[] gate, double[] value, double[] output)
    {
        if (!Array.TrueForAll(gate, double.IsFinite))
        {
            return null;
        }
        foreach (Activation f in ValueMatch.Gates)
        {
            if (ValueMatch.DistanceUpTo(_tolerance, i => f.Value(gate[i]) * value[i], output) < _tolerance)
            {
                return f;
            }
        }
        return null;
    }

    private int Sum(ReadOnlySpan<(int Node, double Factor)> terms, string consumer)
    {
        var factors = ImmutableArray.CreateBuilder<double>();
        var nodes = new List<int>();
        foreach ((int node, double factor) in terms)
        {
            factors.Add(factor);
            nodes.Add(node);
        }
        // In order of execution: the skip first.
        (int Node, double Factor)[] ordered = [.. nodes.Zip(factors).OrderBy(t => t.First)];
        return Add(
            $"sum before {consumer}",
            new SignalOperation.Sum(factors.All(f => f == 1) ? [] : [.. ordered.Select(t => t.Factor)]),
            ordered.Select(t => _shapes[t.Node]).MaxBy(s => s.Positions),
            [.. ordered.Select(t => t.Node)]
        );
    }

    private bool FitTogether(int a, int b) => a != b && _shapes[a].Units == _shapes[b].Units;

    /// <summary>A transposition: the same numbers in another order.</summary>
    private static int? Permuted(TensorSample sample, List<TracedValue> candidates)
    {
        foreach (TracedValue value in candidates)
        {
            double size = Math.Sqrt(sample.Squares * sample.Count);
            if (
                sample.Squares > 0
                && Math.Abs(value.Sample.Squares - sample.Squares) <= 1e-9 * sample.Squares
                && Math.Abs(value.Sample.Sum - sample.Sum) <= 1e-9 * size
            )
            {
                return value.Node;
            }
        }
        return null;
    }

    /// <summary>A learned token or position that is added or put before.</summary>
    private int? WithParameter(TensorSample sample, List<TracedValue> candidates, string consumer)
    {
        foreach (TorchParameter parameter in _free)
        {
            long count = parameter.Value.numel();
            if (count < 2 || sample.Count % count != 0)
            {
                continue;
            }
            double[] values = TensorSample.Repeated(parameter.Value, sample.Count);
            foreach (TracedValue candidate in candidates)
            {
                NodeShape shape = _shapes[candidate.Node];
                if (
                    parameter.Value.shape[^1] == shape.Units
                    && ValueMatch.Combination([candidate.Sample.Values, values], sample.Values, _tolerance)
                        is { } factors
                )
                {
                    int source = Measured(parameter.Description.Name, parameter.Value, unitsLast: true);
                    return Sum([(candidate.Node, factors[0]), (source, factors[1])], consumer);
                }
            }
        }
        return null;
    }
}
