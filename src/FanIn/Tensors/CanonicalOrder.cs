namespace FanIn;

/// <summary>
/// Carries values from the canonical order [out, in / groups, taps ...] to the order in which a tensor is stored.
/// </summary>
internal static class CanonicalOrder
{
    public static bool IsStoredOrder(TensorDescription tensor) =>
        tensor.Layout is WeightLayout.Torch or WeightLayout.None or WeightLayout.Embedding;

    /// <summary>Both spans hold the whole tensor.</summary>
    public static void Store<T>(ReadOnlySpan<T> canonical, Span<T> stored, TensorDescription tensor)
    {
        long groups = tensor.Groups;
        long outputs = tensor.Outputs / groups;
        long inputs = tensor.Inputs / groups;
        long taps = tensor.TapCount;
        // Where a step along each axis leads in the stored tensor; the order of the taps is the same everywhere.
        (long group, long output, long input, long tap) = tensor.Layout switch
        {
            WeightLayout.TorchTransposed => (inputs * outputs * taps, taps, outputs * taps, 1L),
            WeightLayout.Keras => (outputs, 1L, groups * outputs, inputs * groups * outputs),
            WeightLayout.KerasTransposed => (0L, inputs, 1L, outputs * inputs),
            _ => (outputs * inputs * taps, inputs * taps, taps, 1L),
        };
        int from = 0;
        for (long g = 0; g < groups; g++)
        {
            for (long o = 0; o < outputs; o++)
            {
                for (long i = 0; i < inputs; i++)
                {
                    long to = (g * group) + (o * output) + (i * input);
                    for (long t = 0; t < taps; t++, to += tap)
                    {
                        stored[(int)to] = canonical[from++];
                    }
                }
            }
        }
    }
}
