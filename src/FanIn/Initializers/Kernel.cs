namespace FanIn;

/// <summary>What the rules for convolutions need to know of a kernel, and say where there is none.</summary>
internal static class Kernel
{
    /// <summary>
    /// The tap k / 2, rounded down, in each dimension, row-major: the middle of an odd kernel. Of an even one it is the
    /// tap after the middle, as in PyTorch's dirac_; with the padding (k - 1) / 2 before and k / 2 after, the output then
    /// is the input shifted by one.
    /// </summary>
    public static long Centre(TensorDescription tensor)
    {
        long centre = 0;
        foreach (long size in tensor.Taps)
        {
            centre = (centre * size) + (size / 2);
        }
        return centre;
    }

    /// <exception cref="ArgumentException">The tensor is no convolution's; what would be right is said.</exception>
    public static void Require(Initializer initializer, TensorDescription tensor, string otherwise)
    {
        if (tensor.Taps.IsEmpty)
        {
            throw new ArgumentException(
                $"{initializer} is for convolutions, and {tensor} has no kernel; {otherwise}.",
                nameof(tensor)
            );
        }
    }

    /// <exception cref="ArgumentException">More inputs than outputs: no such map keeps every norm.</exception>
    public static void RequireIsometry(Initializer initializer, TensorDescription tensor)
    {
        Require(initializer, tensor, "orthogonal is its form for dense layers");
        if (tensor.Inputs > tensor.Outputs)
        {
            throw new ArgumentException(
                $"{initializer} keeps the norm of its input, so it needs at least as many outputs as inputs; {tensor} has "
                    + $"{tensor.Outputs} outputs and {tensor.Inputs} inputs. Without that wish, orthogonal fills it.",
                nameof(tensor)
            );
        }
    }
}
