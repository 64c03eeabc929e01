using System.Collections.Immutable;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

internal sealed partial class SignalTrace
{
    /// <summary>What is often applied, as a function, right before pooling.</summary>
    private static readonly ImmutableArray<Activation> s_beforePooling =
    [
        Activation.Parse("identity"),
        .. new[] { "relu", "tanh", "sigmoid", "gelu", "silu", "elu(1)", "selu", "leaky_relu(0.01)" }.Select(
            Activation.Parse
        ),
    ];

    /// <summary>Values side by side along the units.</summary>
    private int? Joined(Tensor tensor, string consumer, bool unitsLast)
    {
        int rank = (int)tensor.dim();
        if (rank < 2)
        {
            return null;
        }
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int axis = unitsLast ? rank - 1 : 1;
        long[] shape = tensor.shape;
        var parts = new List<int>();
        long offset = 0;
        while (offset < shape[axis])
        {
            TracedValue? found = null;
            var slices = new Dictionary<long, TensorSample>();
            for (int i = _values.Count - 1; i >= 0 && found is null; i--)
            {
                TracedValue value = _values[i];
                if (!FitsAlong(value.Shape, shape, axis) || value.Shape[axis] > shape[axis] - offset)
                {
                    continue;
                }
                long length = value.Shape[axis];
                if (!slices.TryGetValue(length, out TensorSample? slice))
                {
                    slice = TensorSample.Of(tensor.narrow(axis, offset, length));
                    slices.Add(length, slice);
                }
                found = length < shape[axis] && ValueMatch.AreSame(slice.Values, value.Sample.Values) ? value : null;
            }
            if (found is null)
            {
                return null;
            }
            parts.Add(found.Node);
            offset += found.Shape[axis];
        }
        return Add(
            $"concatenation before {consumer}",
            new SignalOperation.Concatenate(),
            new(parts.Sum(p => _shapes[p].Units), _shapes[parts[0]].Positions),
            [.. parts]
        );
    }

    private static bool FitsAlong(long[] part, long[] whole, int axis)
    {
        if (part.Length != whole.Length)
        {
            return false;
        }
        for (int i = 0; i < part.Length; i++)
        {
            if (i != axis && part[i] != whole[i])
            {
                return false;
            }
        }
        return part[axis] > 0;
    }

    /// <summary>Pooling, the mean over positions, one position of all, or a gate of two halves, with a function before or none.</summary>
    private int? Reduced(Tensor tensor, TensorSample sample, string consumer, bool unitsLast)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        for (int i = _values.Count - 1, tried = 0; i >= 0 && tried < MostRecent; i--)
        {
            TracedValue value = _values[i];
            if (
                value.Count <= sample.Count
                || value.Count % sample.Count != 0
                || value.Tensor is not { IsInvalid: false } of
            )
            {
                continue;
            }
            tried++;
            // A function that works in place may have changed it since.
            if (!ValueMatch.AreSame(TensorSample.Of(of).Values, value.Sample.Values))
            {
                continue;
            }
            if (Halves(value, of, sample, consumer) is { } gate)
            {
                return gate;
            }
            Tensor floats = of.to(ScalarType.Float32);
            foreach (Activation activation in s_beforePooling)
            {
                Tensor applied = ActivationFunctions.Of(activation)(floats);
                if (ReductionOf(value, applied, sample) is not { } reduction)
                {
                    continue;
                }
                int node = value.Node;
                if (activation.Name != "identity")
                {
                    node = Activate(activation, node, applied, consumer);
                }
                NodeShape shape = new(
                    _shapes[node].Units,
                    Math.Max(1, sample.Count / Math.Max(1, value.Shape[0]) / _shapes[node].Units)
                );
                return Add($"{reduction.Name} before {consumer}", reduction.Operation, shape, node);
            }
        }
        return null;
    }

    private (string Name, SignalOperation Operation)? ReductionOf(
        TracedValue value,
        Tensor applied,
        TensorSample sample
    )
    {
        long ratio = value.Count / sample.Count;
        long window = (long)Math.Round(Math.Sqrt(ratio));
        NodeShape shape = _shapes[value.Node];
        if (
            applied.dim() == 4
            && window * window == ratio
            && value.Shape[2] % window == 0
            && value.Shape[3] % window == 0
        )
        {
            if (Is(nn.functional.max_pool2d(applied, window)))
            {
                return ("largest", new SignalOperation.MaxPool(ratio));
            }
            if (Is(nn.functional.avg_pool2d(applied, window)))
            {
                return ("mean", new SignalOperation.MeanPool(ratio));
            }
        }
        if (applied.dim() < 3 || ratio != shape.Positions)
        {
            return null;
        }
        Tensor tokens = UnitsLast(applied, shape)
            ? applied.flatten(1, applied.dim() - 2)
            : applied.flatten(2).transpose(1, 2);
        return Is(tokens.mean([1L])) ? ("mean", new SignalOperation.MeanPool(ratio) { Positions = 1 })
            // One of equal tokens is as large as any: a window of one.
            : Is(tokens.select(1, 0)) || Is(tokens.select(1, ratio - 1))
                ? ("one position", new SignalOperation.MaxPool(1) { Positions = 1 })
            : Is(tokens.amax([1L])) ? ("largest", new SignalOperation.MaxPool(ratio) { Positions = 1 })
            : null;

        bool Is(Tensor candidate) =>
            candidate.numel() == sample.Count
            && ValueMatch.Distance(TensorSample.Of(candidate).Values, sample.Values) <= _tolerance;
    }

    private int? Halves(TracedValue value, Tensor of, TensorSample sample, string consumer)
    {
        NodeShape shape = _shapes[value.Node];
        if (value.Count != 2 * sample.Count || shape.Units % 2 != 0)
        {
            return null;
        }
        int axis = UnitsLast(of, shape) ? value.Shape.Length - 1 : 1;
        double[] first = TensorSample.Of(of.narrow(axis, 0, value.Shape[axis] / 2)).Values;
        double[] second = TensorSample.Of(of.narrow(axis, value.Shape[axis] / 2, value.Shape[axis] / 2)).Values;
        Activation? gate = Gated(first, second, sample.Values) ?? Gated(second, first, sample.Values);
        return gate is null
            ? null
            : Add(
                $"gate before {consumer}",
                new SignalOperation.Gate(gate),
                shape with
                {
                    Units = shape.Units / 2,
                },
                value.Node
            );
    }
}
