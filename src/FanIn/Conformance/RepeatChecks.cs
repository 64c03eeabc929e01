namespace FanIn;

/// <summary>That a value belongs to its connection: whenever, in whatever piece or layout it is asked for.</summary>
internal static class RepeatChecks
{
    /// <summary>The same tensor, drawn a second time or in another way.</summary>
    public static OpenFinding Same(string name, double[] expected, double[] actual, string right, string wrong)
    {
        long differing = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            // By bits: NaN is equal to itself.
            differing += expected[i].Equals(actual[i]) ? 0 : 1;
        }
        return new(
            new(name)
            {
                Statistic = differing,
                Expected = 0,
                Bound = 0,
            },
            right,
            () => $"{differing:#,0} of {expected.Length:#,0} elements are others {wrong}."
        );
    }

    /// <summary>The tensor in Keras's layout and back, or null where there is no such twin.</summary>
    public static double[]? InOtherLayout(ConformanceSubject subject, Seed seed, string key)
    {
        TensorDescription tensor = subject.Tensor;
        WeightLayout? other = tensor.Layout switch
        {
            WeightLayout.Torch => WeightLayout.Keras,
            WeightLayout.Keras => WeightLayout.Torch,
            _ => null,
        };
        if (other is not { } layout)
        {
            return null;
        }
        var twin = TensorDescription.Convolution(
            tensor.Outputs,
            tensor.Inputs,
            tensor.Taps.AsSpan(),
            tensor.Groups,
            layout
        );
        return Canonical(subject.Draw(twin, seed, key), twin);
    }

    /// <summary>Stored values in the canonical order.</summary>
    public static double[] Canonical(double[] stored, TensorDescription tensor)
    {
        if (StoredOrder.Of(tensor) is not { } order)
        {
            return stored;
        }
        int[] places = new int[stored.Length];
        order.Store<int>(Enumerable.Range(0, stored.Length).ToArray(), places);
        double[] canonical = new double[stored.Length];
        for (int i = 0; i < stored.Length; i++)
        {
            canonical[places[i]] = stored[i];
        }
        return canonical;
    }
}
