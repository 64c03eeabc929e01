using System.Collections.Immutable;

namespace FanIn.Onnx;

/// <summary>
/// What signal theory can say of a model: the steps that it has rules for. Where a weighted layer takes a value that other
/// operators give, theory begins anew from what was measured there.
/// </summary>
internal sealed partial class GraphBuilder
{
    private readonly ImmutableArray<SignalNode>.Builder _nodes = ImmutableArray.CreateBuilder<SignalNode>();
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ValueAxes?> _axes = new(StringComparer.Ordinal);
    private readonly List<(long Units, long Positions)> _sizes = [];
    private readonly HashSet<string> _withoutRule = new(StringComparer.Ordinal);
    private bool _hasRestarted;
    private readonly GraphScope _scope;
    private readonly ActivationFinder _finder;
    private readonly IReadOnlyDictionary<string, ValueFigures> _figures;
    private readonly Func<string, TensorStatistics?> _constant;
    private readonly Dictionary<NodeData, LayerPlan> _layers;

    /// <param name="finder">Finds activations.</param>
    /// <param name="scope">The model's own graph.</param>
    /// <param name="layers">Its weighted nodes.</param>
    /// <param name="figures">What was measured, by value.</param>
    /// <param name="constant">The statistics of a parameter that a node reads; null for others.</param>
    public GraphBuilder(
        ActivationFinder finder,
        GraphScope scope,
        IEnumerable<LayerPlan> layers,
        IReadOnlyDictionary<string, ValueFigures> figures,
        Func<string, TensorStatistics?> constant
    )
    {
        _finder = finder;
        _scope = scope;
        _figures = figures;
        _constant = constant;
        _layers = layers.ToDictionary(layer => layer.Layer.Node);
    }

    /// <summary>The operators that took what theory knew and behind which it began anew, each once.</summary>
    public IReadOnlyCollection<string> WithoutRule => _hasRestarted ? _withoutRule : [];

    /// <summary>The graph up to the last weighted layer; null where there is none that theory knows.</summary>
    public SignalGraph? Build(IEnumerable<NodeData> nodes, Func<LayerPlan, WeightLaw?> lawOf)
    {
        int last = -1;
        foreach (NodeData node in nodes)
        {
            if (_layers.TryGetValue(node, out LayerPlan? layer))
            {
                last = Weighted(layer, lawOf) ?? last;
            }
            else
            {
                Other(node);
            }
        }
        return last < 0 ? null : new([.. _nodes.Take(last + 1)]);
    }

    private int Add(string name, SignalOperation operation, ImmutableArray<int> inputs, long units, long positions)
    {
        _nodes.Add(new(name, operation, inputs));
        _sizes.Add((units, positions));
        return _nodes.Count - 1;
    }

    /// <summary>A value gets its step, and so do the activation that it goes to and that one's output.</summary>
    /// <param name="value">The value.</param>
    /// <param name="index">Its step.</param>
    /// <param name="axes">Where its units are; null where that isn't known.</param>
    private void Give(string value, int index, ValueAxes? axes)
    {
        _indices[value] = index;
        _axes[value] = axes;
        if (_finder.Match(value) is { } match && !_indices.ContainsKey(match.Output))
        {
            (long units, long positions) = _sizes[index];
            Give(
                match.Output,
                Add(
                    $"{_nodes[index].Name}.{match.Activation.Name}",
                    new SignalOperation.Activate(match.Activation),
                    [index],
                    units,
                    positions
                ),
                axes
            );
        }
    }

    private int? Weighted(LayerPlan plan, Func<LayerPlan, WeightLaw?> lawOf)
    {
        TensorDescription tensor = plan.Layer.Weight.Description.Tensor;
        if (
            tensor.Fan is null
            || tensor.Count == 0
            || lawOf(plan) is not { } law
            || !_figures.TryGetValue(plan.Output, out ValueFigures? output)
        )
        {
            return null;
        }
        if (plan.Layer.Weight.Description.Role == ParameterRole.Embedding)
        {
            int ids = Add(
                $"{plan.Layer.Name}.ids",
                new SignalOperation.Source(1, 0, 0, 1, PositionsOf(output, plan.Axes), Batch(output)),
                [],
                1,
                PositionsOf(output, plan.Axes)
            );
            int table = Add(
                plan.Layer.Name,
                new SignalOperation.Lookup(tensor, law),
                [ids],
                tensor.Outputs,
                PositionsOf(output, plan.Axes)
            );
            Give(plan.Output, table, plan.Axes);
            return table;
        }
        long positions = PositionsOf(output, plan.Axes);
        if (!_indices.TryGetValue(plan.Layer.DataInput, out int input) || !Fits(_sizes[input], tensor, positions))
        {
            if (Restart(plan, tensor) is not { } restart)
            {
                return null;
            }
            input = restart;
        }
        TensorStatistics? bias = plan.Bias.Length > 0 ? _constant(plan.Bias) : null;
        int index = Add(
            plan.Layer.Name,
            new SignalOperation.Weighted(tensor, law, bias?.Rms * bias?.Rms ?? 0)
            {
                Positions = positions,
                CoveredShare = Covered(plan, output),
            },
            [input],
            tensor.Outputs,
            positions
        );
        Give(plan.Output, index, plan.Axes);
        return index;
    }

    private static bool Fits((long Units, long Positions) input, TensorDescription tensor, long positions) =>
        tensor.Inputs == input.Units || (positions == 1 && tensor.Inputs == input.Units * input.Positions);

    /// <summary>A source with what was measured of a layer's input.</summary>
    private int? Restart(LayerPlan plan, TensorDescription tensor)
    {
        if (!_figures.TryGetValue(plan.Layer.DataInput, out ValueFigures? figures) || figures.Statistics.Count == 0)
        {
            return null;
        }
        _hasRestarted |= _scope.ProducerOf(plan.Layer.DataInput) is not null;
        long batch = Batch(figures);
        long positions = Math.Max(1, figures.Statistics.Count / batch / Math.Max(1, tensor.Inputs));
        double square = figures.Statistics.Rms * figures.Statistics.Rms;
        return Add(
            plan.Layer.DataInput,
            new SignalOperation.Source(
                square,
                figures.Statistics.Mean,
                Math.Clamp(figures.Correlation ?? 0, -1, 1),
                tensor.Inputs,
                positions,
                batch
            ),
            [],
            tensor.Inputs,
            positions
        );
    }

    private static long Batch(ValueFigures figures) => figures.Shape.Count > 1 ? Math.Max(1, figures.Shape[0]) : 1;

    private static long PositionsOf(ValueFigures figures, ValueAxes axes)
    {
        long units = figures.Shape.Count == 0 ? 1 : figures.Shape[axes.UnitAxis(figures.Shape.Count)];
        return Math.Max(1, figures.Statistics.Count / Batch(figures) / Math.Max(1, units));
    }

    /// <summary>The share of a convolution's connections that don't fall on padding: the product over its dimensions.</summary>
    private double Covered(LayerPlan plan, ValueFigures output)
    {
        NodeData node = plan.Layer.Node;
        if (
            node.Operator is not ("Conv" or "FusedConv")
            || !_figures.TryGetValue(plan.Layer.DataInput, out ValueFigures? input)
        )
        {
            return 1;
        }
        ImmutableArray<long> taps = plan.Layer.Weight.Description.Tensor.Taps;
        if (input.Shape.Count != taps.Length + 2 || output.Shape.Count != taps.Length + 2)
        {
            return 1;
        }
        string padding = node.Attribute("auto_pad")?.Text ?? "NOTSET";
        double share = 1;
        for (int d = 0; d < taps.Length; d++)
        {
            long stride = At(node.Integers("strides"), d, 1);
            long dilation = At(node.Integers("dilations"), d, 1);
            (long size, long positions) = (input.Shape[d + 2], output.Shape[d + 2]);
            long missing = Math.Max(0, ((positions - 1) * stride) + ((taps[d] - 1) * dilation) + 1 - size);
            long before = padding switch
            {
                "SAME_UPPER" => missing / 2,
                "SAME_LOWER" => missing - (missing / 2),
                "VALID" => 0,
                _ => At(node.Integers("pads"), d, 0),
            };
            long covered = 0;
            for (long o = 0; o < positions; o++)
            {
                for (long k = 0; k < taps[d]; k++)
                {
                    long at = (o * stride) + (k * dilation) - before;
                    covered += at >= 0 && at < size ? 1 : 0;
                }
            }
            share *= positions * taps[d] == 0 ? 1 : (double)covered / (positions * taps[d]);
        }
        return share;

        static long At(IReadOnlyList<long> list, int index, long otherwise) =>
            index < list.Count ? list[index] : otherwise;
    }
}
