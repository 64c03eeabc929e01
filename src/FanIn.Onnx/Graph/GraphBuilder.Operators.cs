using System.Collections.Immutable;

namespace FanIn.Onnx;

/// <summary>The operators without weights that theory has a rule for, and what their attributes say to it.</summary>
internal sealed partial class GraphBuilder
{
    private void Other(NodeData node)
    {
        if (node.Outputs.Count == 0 || node.Outputs.TrueForAll(_indices.ContainsKey))
        {
            return;
        }
        string output = node.Outputs[0];
        List<int> inputs = [.. node.Inputs.Where(_indices.ContainsKey).Select(input => _indices[input])];
        if (inputs.Count == 0)
        {
            return;
        }
        int first = inputs[0];
        ValueAxes? axes = _axes[node.Inputs.First(_indices.ContainsKey)];
        (long units, long positions) = _sizes[first];
        switch (node.Operator)
        {
            case "Identity" or "Dropout" or "Cast":
                Give(output, first, axes);
                break;
            case "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Transpose":
                Give(output, first, null);
                break;
            case "Add" when inputs.Count == 2 && _sizes[inputs[0]] == _sizes[inputs[1]]:
                Give(output, Add(node.Label, new SignalOperation.Sum([]), [.. inputs], units, positions), axes);
                break;
            case "Concat"
                when inputs.Count == node.Inputs.Count
                    && inputs.TrueForAll(i => _sizes[i].Positions == positions)
                    && node.Inputs.TrueForAll(input => JoinsUnits(node, input, positions)):
                Give(
                    output,
                    Add(
                        node.Label,
                        new SignalOperation.Concatenate(),
                        [.. inputs],
                        inputs.Sum(i => _sizes[i].Units),
                        positions
                    ),
                    axes
                );
                break;
            case "Mul" or "Div" when node.Inputs.Count == 2 && Factor(node) is { } factor && double.IsFinite(factor):
                Give(output, Add(node.Label, new SignalOperation.Multiply(factor), [first], units, positions), axes);
                break;
            case "BatchNormalization" when FixedScale(node) is { } scale:
                Give(output, Add(node.Label, new SignalOperation.Multiply(scale), [first], units, positions), axes);
                break;
            case "LayerNormalization" or "RMSNormalization" or "SimplifiedLayerNormalization" or "GroupNormalization":
                Give(output, Add(node.Label, Normalization(node), [first], units, positions), axes);
                break;
            case "MaxPool" when Window(node) is > 1 and var window && positions / window >= 1:
                Give(
                    output,
                    Add(node.Label, new SignalOperation.MaxPool(window), [first], units, positions / window),
                    axes
                );
                break;
            case "AveragePool" when Window(node) is > 1 and var window && positions / window >= 1:
                Give(
                    output,
                    Add(node.Label, new SignalOperation.MeanPool(window), [first], units, positions / window),
                    axes
                );
                break;
            case "GlobalAveragePool":
                Give(output, Add(node.Label, new SignalOperation.MeanPool(positions), [first], units, 1), axes);
                break;
            // It takes no values; and the parts of an activation that was found as a whole come before its end.
            case "Shape":
                break;
            default:
                if (!IsPartOfActivation(node))
                {
                    _withoutRule.Add(node.Operator);
                }
                break;
        }
    }

    /// <summary>True where a concatenation joins units to units, and not examples or positions.</summary>
    private bool JoinsUnits(NodeData node, string input, long positions)
    {
        long axis = node.Integer("axis", 1);
        if (_axes[input] is not { } axes)
        {
            return false;
        }
        int? rank = _figures.TryGetValue(input, out ValueFigures? figures) ? figures.Shape.Count : null;
        return axes == ValueAxes.Second
            ? axis == 1 || (rank + axis == 1)
            : axis == -1 || axis == rank - 1 || (rank is null && positions == 1 && axis == 1);
    }

    /// <summary>
    /// What batch normalization multiplies by when it doesn't train: its running statistics are numbers of the file. Those of
    /// a fresh model, mean 0 and one variance, and no shift; others move each unit by an amount of its own, and theory
    /// begins anew behind them: null.
    /// </summary>
    private double? FixedScale(NodeData node)
    {
        if (
            node.Integer("training_mode", 0) != 0
            || _constant(node.Input(1)) is not { Count: > 0, NonFinite: 0 } scale
            || _constant(node.Input(2)) is not { Rms: 0 }
            || _finder.Numbers(node.Input(3)) is not { } means
            || _finder.Numbers(node.Input(4)) is not { Length: > 0 } variances
            || Array.Exists(means, mean => mean != 0)
            || Array.Exists(variances, variance => variance != variances[0])
        )
        {
            return null;
        }
        double factor = scale.Rms / Math.Sqrt(variances[0] + (double)node.Single("epsilon", 1e-5f));
        return double.IsFinite(factor) ? factor : null;
    }

    private bool IsPartOfActivation(NodeData node) =>
        node.Inputs.Exists(input =>
            _indices.ContainsKey(input) && _finder.Match(input) is { } match && _indices.ContainsKey(match.Output)
        );

    /// <summary>Windows that overlap, that reach into padding or leave something out have no simple share: null.</summary>
    private static long? Window(NodeData node)
    {
        IReadOnlyList<long> kernel = node.Integers("kernel_shape");
        return
            kernel.Count > 0
            && kernel.SequenceEqual(node.Integers("strides"))
            && node.Integers("pads").All(pad => pad == 0)
            && node.Integers("dilations").All(step => step == 1)
            && node.Integer("ceil_mode", 0) == 0
            && (node.Attribute("auto_pad")?.Text ?? "NOTSET") is "NOTSET" or "VALID"
            && kernel.All(k => k is > 0 and < 1 << 15)
            ? kernel.Aggregate(1L, (a, b) => Math.Min(a * b, 1L << 40))
            : null;
    }

    private double? Factor(NodeData node) =>
        (_finder.Scalar(node.Input(0)), _finder.Scalar(node.Input(1))) switch
        {
            ({ } left, null) when node.Operator == "Mul" => left,
            (null, { } right) when node.Operator == "Mul" => right,
            (null, { } right) => 1 / right,
            _ => null,
        };

    private SignalOperation.Normalize Normalization(NodeData node)
    {
        double Square(string name, double otherwise) =>
            name.Length > 0 && _constant(name) is { } s ? s.Rms * s.Rms : otherwise;
        return new(
            node.Operator switch
            {
                "LayerNormalization" => NormalizationKind.Layer,
                "GroupNormalization" => NormalizationKind.Group,
                _ => NormalizationKind.Rms,
            },
            Square(node.Input(1), 1),
            node.Operator is "LayerNormalization" or "GroupNormalization" ? Square(node.Input(2), 0) : 0
        )
        {
            Epsilon = Math.Max(0, (double)node.Single("epsilon", 1e-5f)),
        };
    }
}
