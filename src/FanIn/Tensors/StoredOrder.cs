using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>
/// Where the elements of the canonical order [groups, outputs, inputs, taps] are stored: the sizes, outputs and inputs
/// of one group, and where a step along each axis leads.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StoredOrder(
    long Groups,
    long Outputs,
    long Inputs,
    long Taps,
    long GroupStep,
    long OutputStep,
    long InputStep,
    long TapStep
)
{
    /// <summary>The elements of one output: consecutive in the canonical order.</summary>
    public long RowLength => Inputs * Taps;

    /// <summary>The stored order of a tensor, or null where it is the canonical one.</summary>
    public static StoredOrder? Of(TensorDescription tensor)
    {
        var (groups, taps) = (tensor.Groups, tensor.TapCount);
        var (outputs, inputs) = (tensor.Outputs / groups, tensor.Inputs / groups);
        StoredOrder? order = tensor.Layout switch
        {
            WeightLayout.TorchTransposed => new(
                groups,
                outputs,
                inputs,
                taps,
                inputs * outputs * taps,
                taps,
                outputs * taps,
                1
            ),
            WeightLayout.Keras => new(
                groups,
                outputs,
                inputs,
                taps,
                outputs,
                1,
                groups * outputs,
                inputs * groups * outputs
            ),
            // All pairs of an output and an input lie as the outputs of one input would.
            WeightLayout.KerasTransposed when taps != 1 => new(1, outputs * inputs, 1, taps, 0, 1, 0, outputs * inputs),
            WeightLayout.KerasDepthwise when taps != 1 => new(1, tensor.Outputs, 1, taps, 0, 1, 0, tensor.Outputs),
            // Of one output the inputs lie as the outputs of one input do there.
            WeightLayout.Mlx when taps != 1 && inputs != 1 => new(
                tensor.Outputs,
                inputs,
                1,
                taps,
                taps * inputs,
                1,
                0,
                inputs
            ),
            _ => null,
        };
        return order;
    }

    /// <summary>Where an element of the canonical order is stored.</summary>
    public long Place(long index)
    {
        var (row, c) = Math.DivRem(index, RowLength);
        return ((row / Outputs) * GroupStep)
            + ((row % Outputs) * OutputStep)
            + ((c / Taps) * InputStep)
            + ((c % Taps) * TapStep);
    }

    /// <summary>Carries the whole tensor from the canonical to the stored order.</summary>
    public void Store<T>(ReadOnlySpan<T> canonical, Span<T> stored)
        where T : unmanaged
    {
        var rows = Groups * Outputs;
        for (var row = 0L; row < rows; row++)
        {
            var to = ((row / Outputs) * GroupStep) + ((row % Outputs) * OutputStep);
            var from = canonical.Slice((int)(row * RowLength), (int)RowLength);
            for (var c = 0; c < from.Length; c++)
            {
                stored[(int)(to + ((c / Taps) * InputStep) + ((c % Taps) * TapStep))] = from[c];
            }
        }
    }
}
