using TorchSharp;
using TorchSharp.Modules;

namespace FanIn.TorchSharp;

/// <summary>How many of a convolution's connections fall on padding.</summary>
internal static class ConvolutionCoverage
{
    /// <summary>
    /// The share of an output's connections that lead to an input rather than to zeros around it, mean over positions. Of a
    /// transposed convolution: the connections of all outputs over what its fan-in counts for each.
    /// </summary>
    /// <param name="layer">Any convolution.</param>
    /// <param name="input">The sizes of its input's positions.</param>
    /// <param name="output">Those of its output's.</param>
    public static double Share(Convolution layer, ReadOnlySpan<long> input, ReadOnlySpan<long> output)
    {
        if (layer.padding_mode is not (PaddingModes.Zeros or PaddingModes.Constant) || input.Length != output.Length)
        {
            return 1;
        }
        double share = 1;
        for (int axis = 0; axis < input.Length; axis++)
        {
            long taps = At(layer.kernel_size, axis, 1);
            long stride = At(layer.stride, axis, 1);
            long dilation = At(layer.dilation, axis, 1);
            // "same" pads by what is missing, the odd one behind.
            long padding = layer.padding_type == Padding.Same ? dilation * (taps - 1) / 2 : At(layer.padding, axis, 0);
            long reached = layer.transposed
                ? Count(input[axis], output[axis], taps, stride, dilation, padding)
                : Count(output[axis], input[axis], taps, stride, dilation, padding);
            share *= layer.transposed
                ? (double)reached * stride / (output[axis] * taps)
                : (double)reached / (output[axis] * taps);
        }
        return share;
    }

    /// <summary>How many pairs of a place on the strided side and a tap meet a place on the other side.</summary>
    private static long Count(long strided, long other, long taps, long stride, long dilation, long padding)
    {
        long count = 0;
        for (long place = 0; place < strided; place++)
        {
            for (long tap = 0; tap < taps; tap++)
            {
                long met = (place * stride) - padding + (tap * dilation);
                count += met >= 0 && met < other ? 1 : 0;
            }
        }
        return count;
    }

    private static long At(long[]? sizes, int axis, long otherwise) =>
        sizes is null || sizes.Length == 0 ? otherwise : sizes[Math.Min(axis, sizes.Length - 1)];
}
