namespace FanIn.Onnx;

/// <summary>
/// Knows an activation that is written out in several nodes by what it computes: the nodes behind a value that depend on it
/// and on constants alone are evaluated at a few points, and the furthest one that gives a function of the catalogue there
/// is its end. What stands in the nodes decides, not their names: x Phi(2x) isn't GELU.
/// </summary>
internal static class WrittenOutActivation
{
    private const int MostNodes = 20;
    private const int MostReaders = 8;

    /// <summary>Constants in half precision are off by 5e-4; GELU and its tanh form, the nearest two, differ by 4.7e-4 at 2.2.</summary>
    private const double Tolerance = 4e-4;

    private static readonly double[] s_points =
    [
        -5.3,
        -3.6,
        -2.7,
        -2.2,
        -1.4,
        -0.7,
        -0.2,
        0,
        0.3,
        0.9,
        1.7,
        2.2,
        3.3,
        6.5,
    ];

    private static readonly (Activation Activation, double[] Values)[] s_known =
    [
        .. (
            (string[])
                [
                    "gelu",
                    "gelu_tanh",
                    "quick_gelu",
                    "silu",
                    "mish",
                    "hardswish",
                    "relu",
                    "relu6",
                    "hard_sigmoid",
                    "squared_relu",
                    "softplus",
                    "softsign",
                    "tanhshrink",
                    "lecun_tanh",
                ]
        )
            .Select(Activation.Parse)
            .Select(known => (known, Array.ConvertAll(s_points, known.Value))),
    ];

    /// <returns>The activation and the value that it gives; null where there is none.</returns>
    public static (Activation Activation, string Output)? Find(ActivationFinder finder, string value)
    {
        if (finder.ReadersOf(value).Take(MostReaders + 1).Count() is 0 or > MostReaders)
        {
            return null;
        }
        var values = new Dictionary<string, double[]>(StringComparer.Ordinal) { [value] = s_points };
        (Activation, string)? found = null;
        // Breadth first, so that a node comes after all that it takes; those that still lack an input come again with it.
        var open = new Queue<NodeData>(finder.ReadersOf(value));
        for (
            int seen = 0;
            values.Count <= MostNodes && seen < MostNodes * MostReaders && open.TryDequeue(out NodeData? node);
            seen++
        )
        {
            if (
                node.Outputs is not [var output]
                || values.ContainsKey(output)
                || Evaluate(finder, node, values) is not { } computed
            )
            {
                continue;
            }
            values[output] = computed;
            if (values.Count > 2 && Known(computed) is { } activation)
            {
                found = (activation, output);
            }
            foreach (NodeData reader in finder.ReadersOf(output).Take(MostReaders))
            {
                open.Enqueue(reader);
            }
        }
        return found;
    }

    private static Activation? Known(double[] values)
    {
        (Activation? best, double least) = (null, double.PositiveInfinity);
        foreach ((Activation activation, double[] known) in s_known)
        {
            double worst = 0;
            for (int i = 0; i < known.Length; i++)
            {
                // Written so that NaN counts as far away.
                double off = Math.Abs(values[i] - known[i]) / Math.Max(1, Math.Abs(known[i]));
                worst = off <= worst ? worst : off;
            }
            if (worst <= Tolerance && worst < least)
            {
                (best, least) = (activation, worst);
            }
        }
        return best;
    }

    /// <summary>What a node gives at the points; null where it takes anything else, or isn't known here.</summary>
    private static double[]? Evaluate(ActivationFinder finder, NodeData node, Dictionary<string, double[]> values)
    {
        if (
            values.TryGetValue(node.Input(0), out double[]? x)
            && finder.Single(node, node.Input(0)) is { IsGated: false } one
        )
        {
            return Array.ConvertAll(x, one.Value);
        }
        if (!node.IsStandard)
        {
            return null;
        }
        if (x is not null && node.Operator == "Clip")
        {
            double? low = node.Attribute("min")?.Single ?? finder.Scalar(node.Input(1));
            double? high = node.Attribute("max")?.Single ?? finder.Scalar(node.Input(2));
            bool isKnown =
                (low is not null || node.Input(1).Length == 0) && (high is not null || node.Input(2).Length == 0);
            return isKnown && !(low > high)
                ? Array.ConvertAll(
                    x,
                    v => Math.Clamp(v, low ?? double.NegativeInfinity, high ?? double.PositiveInfinity)
                )
                : null;
        }
        double[]?[] inputs = [.. node.Inputs.Select(Numbers)];
        return inputs is [{ } only]
            ? Unary(node.Operator) is { } map
                ? Array.ConvertAll(only, map)
                : null
            : inputs is [{ } left, { } right] && Binary(node.Operator) is { } combine
                ? [.. left.Zip(right, combine)]
                : null;

        double[]? Numbers(string name)
        {
            if (values.TryGetValue(name, out double[]? known))
            {
                return known;
            }
            if (finder.Scalar(name) is not { } scalar)
            {
                return null;
            }
            var all = new double[s_points.Length];
            Array.Fill(all, scalar);
            return all;
        }
    }

    private static Converter<double, double>? Unary(string operation) =>
        operation switch
        {
            "Identity" or "Cast" or "Dropout" => x => x,
            "Neg" => x => -x,
            "Exp" => Math.Exp,
            "Log" => Math.Log,
            "Sqrt" => Math.Sqrt,
            "Reciprocal" => x => 1 / x,
            _ => null,
        };

    private static Func<double, double, double>? Binary(string operation) =>
        operation switch
        {
            "Add" => (a, b) => a + b,
            "Sub" => (a, b) => a - b,
            "Mul" => (a, b) => a * b,
            "Div" => (a, b) => a / b,
            "Pow" => Math.Pow,
            "Max" => Math.Max,
            "Min" => Math.Min,
            _ => null,
        };
}
