namespace FanIn;

/// <summary>What a graph must be before anything can be predicted: messages say which node and what would be right.</summary>
internal static class GraphValidation
{
    /// <exception cref="ArgumentException">The graph can't be that of a network.</exception>
    public static void Check(SignalGraph graph)
    {
        if (graph.Nodes.IsDefaultOrEmpty)
        {
            throw new ArgumentException("A signal graph has at least one node, not none.", nameof(graph));
        }
        for (int i = 0; i < graph.Nodes.Length; i++)
        {
            SignalNode node =
                graph.Nodes[i] ?? throw new ArgumentException($"Node {i} of the signal graph is null.", nameof(graph));
            if (node.Operation is null)
            {
                throw Fault(i, node, $"it has no operation");
            }
            CheckInputs(i, node);
            CheckOperation(i, node);
            if (node.MeasuredGradientRms is { } rms)
            {
                Amount(i, node, rms, "MeasuredGradientRms");
            }
            Cosine(i, node, node.MeasuredGradientCorrelation ?? 0.0, "MeasuredGradientCorrelation");
        }
    }

    /// <summary>What an input must be to its node, once it is known.</summary>
    public static void CheckShapes(int index, SignalNode node, IReadOnlyList<SignalState> inputs)
    {
        switch (node.Operation)
        {
            case SignalOperation.Weighted op:
                SignalState input = inputs[0];
                bool isFlat = op.Positions == 1 && op.Tensor.Inputs == input.Units * input.Positions;
                if (op.Tensor.Inputs != input.Units && !isFlat)
                {
                    throw Fault(
                        index,
                        node,
                        $"its weight {op.Tensor} has {op.Tensor.Inputs} inputs, but what it takes has {input.Units} units at {input.Positions} positions"
                    );
                }
                break;
            case SignalOperation.Sum:
                if (inputs.Any(state => state.Units != inputs[0].Units))
                {
                    throw Fault(
                        index,
                        node,
                        $"it adds {string.Join(" and ", inputs.Select(state => state.Units))} units; they must be as many"
                    );
                }
                break;
            case SignalOperation.Gate when inputs.Count == 2 && inputs[0].Units != inputs[1].Units:
                throw Fault(
                    index,
                    node,
                    $"it gates {inputs[1].Units} units by {inputs[0].Units}; they must be as many"
                );
            case SignalOperation.Gate when inputs.Count == 1 && inputs[0].Units % 2 != 0:
                throw Fault(index, node, $"its one input has {inputs[0].Units} units, which aren't two halves");
            case SignalOperation.Attend op:
                if (
                    inputs[0].Units % op.Heads != 0
                    || inputs[0].Units != inputs[1].Units
                    || inputs[2].Units % op.Heads != 0
                )
                {
                    throw Fault(
                        index,
                        node,
                        $"{op.Heads} heads don't divide queries of {inputs[0].Units}, keys of {inputs[1].Units} and values of {inputs[2].Units} units, or queries and keys differ"
                    );
                }
                break;
        }
    }

    private static void CheckInputs(int index, SignalNode node)
    {
        (int least, int most) = node.Operation switch
        {
            SignalOperation.Source => (0, 0),
            SignalOperation.Gate => (1, 2),
            SignalOperation.Attend => (3, 3),
            SignalOperation.Sum or SignalOperation.Concatenate => (1, int.MaxValue),
            _ => (1, 1),
        };
        int count = node.Inputs.IsDefault ? 0 : node.Inputs.Length;
        if (count < least || count > most)
        {
            string right =
                least == most ? $"{least}"
                : most == int.MaxValue ? $"at least {least}"
                : $"{least} or {most}";
            throw Fault(index, node, $"{Word(node)} takes {right} inputs, not {count}");
        }
        for (int i = 0; i < count; i++)
        {
            if (node.Inputs[i] < 0 || node.Inputs[i] >= index)
            {
                throw Fault(
                    index,
                    node,
                    $"its input is node {node.Inputs[i]}; inputs come before the node, so 0 to {index - 1}"
                );
            }
        }
    }

    private static void CheckOperation(int index, SignalNode node)
    {
        switch (node.Operation)
        {
            case SignalOperation.Source op:
                Amount(index, node, op.MeanSquare, nameof(op.MeanSquare));
                Finite(index, node, op.Mean, nameof(op.Mean));
                Cosine(index, node, op.Correlation, nameof(op.Correlation));
                Cosine(index, node, op.PositionCorrelation ?? 0.0, nameof(op.PositionCorrelation));
                Amount(index, node, op.CorrelationVariance ?? 0.0, nameof(op.CorrelationVariance));
                Amount(index, node, op.LogSpread, nameof(op.LogSpread));
                Count(index, node, op.Units, nameof(op.Units));
                Count(index, node, op.Positions, nameof(op.Positions));
                Count(index, node, op.Examples, nameof(op.Examples));
                break;
            case SignalOperation.Lookup op:
                Tensor(index, node, op.Tensor);
                Amount(index, node, op.Law.SecondMoment, nameof(op.Law.SecondMoment));
                break;
            case SignalOperation.Weighted op:
                Tensor(index, node, op.Tensor);
                Amount(index, node, op.Law.SecondMoment, nameof(op.Law.SecondMoment));
                Amount(index, node, op.BiasSecondMoment, nameof(op.BiasSecondMoment));
                Share(index, node, op.CoveredShare, nameof(op.CoveredShare));
                Count(index, node, op.Positions, nameof(op.Positions));
                break;
            case SignalOperation.Activate op when op.Activation is null:
            case SignalOperation.Gate { Activation: null }:
                throw Fault(index, node, $"it has no activation");
            case SignalOperation.Activate { Activation.IsGated: true } op:
                throw Fault(index, node, $"'{op.Activation}' pairs two inputs; that is a Gate, not an Activate");
            case SignalOperation.Sum op:
                if (!op.Weights.IsDefaultOrEmpty && op.Weights.Length != node.Inputs.Length)
                {
                    throw Fault(index, node, $"it has {op.Weights.Length} weights for {node.Inputs.Length} inputs");
                }
                foreach (double weight in op.Weights.IsDefault ? [] : op.Weights)
                {
                    Finite(index, node, weight, nameof(op.Weights));
                }
                break;
            case SignalOperation.Multiply op:
                Finite(index, node, op.Factor, nameof(op.Factor));
                break;
            case SignalOperation.Normalize op:
                Amount(index, node, op.ScaleSecondMoment, nameof(op.ScaleSecondMoment));
                Amount(index, node, op.ShiftSecondMoment, nameof(op.ShiftSecondMoment));
                Amount(index, node, op.Epsilon, nameof(op.Epsilon));
                if (!Enum.IsDefined(op.Kind))
                {
                    throw Fault(index, node, $"there is no normalization {(int)op.Kind}");
                }
                break;
            case SignalOperation.Drop op:
                Share(index, node, op.Rate, nameof(op.Rate));
                if (op.Rate == 1.0)
                {
                    throw Fault(index, node, $"its Rate is 1, which leaves nothing; it must be below");
                }
                break;
            case SignalOperation.MeanPool op:
                Count(index, node, op.Window, nameof(op.Window));
                NotNegative(index, node, op.Positions, nameof(op.Positions));
                break;
            case SignalOperation.MaxPool op:
                Count(index, node, op.Window, nameof(op.Window));
                NotNegative(index, node, op.Positions, nameof(op.Positions));
                break;
            case SignalOperation.Attend op:
                Count(index, node, op.Heads, nameof(op.Heads));
                Finite(index, node, op.Scale, nameof(op.Scale));
                break;
        }
    }

    private static void Tensor(int index, SignalNode node, TensorDescription? tensor)
    {
        if (tensor?.Fan is null || tensor.Count == 0)
        {
            throw Fault(index, node, $"its weight {tensor?.ToString() ?? "is null and"} has no connections");
        }
    }

    private static void Amount(int index, SignalNode node, double value, string name)
    {
        if (!(value >= 0.0) || double.IsInfinity(value))
        {
            throw Fault(index, node, $"its {name} is {value}; it must be finite and not negative");
        }
    }

    private static void Finite(int index, SignalNode node, double value, string name)
    {
        if (!double.IsFinite(value))
        {
            throw Fault(index, node, $"its {name} is {value}; it must be finite");
        }
    }

    private static void Cosine(int index, SignalNode node, double value, string name)
    {
        // Measured ones may be off by float32's rounding.
        if (!(Math.Abs(value) <= 1.0 + 1e-5))
        {
            throw Fault(index, node, $"its {name} is {value}; a cosine lies in [-1, 1]");
        }
    }

    private static void Share(int index, SignalNode node, double value, string name)
    {
        if (!(value is >= 0.0 and <= 1.0))
        {
            throw Fault(index, node, $"its {name} is {value}; a share lies in [0, 1]");
        }
    }

    private static void Count(int index, SignalNode node, long value, string name)
    {
        if (value < 1)
        {
            throw Fault(index, node, $"its {name} is {value}; there is at least 1");
        }
    }

    private static void NotNegative(int index, SignalNode node, long value, string name)
    {
        if (value < 0)
        {
            throw Fault(index, node, $"its {name} is {value}; it must not be negative");
        }
    }

    private static string Word(SignalNode node) => node.Operation.GetType().Name;

    private static ArgumentException Fault(int index, SignalNode node, FormattableString message) =>
        RandomArguments.Invalid("graph", $"Node {index} of the signal graph ('{node.Name}'): {message}.");
}
