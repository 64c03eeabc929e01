namespace FanIn.Checkpoints;

/// <summary>Arithmetic on shapes that may come from outside.</summary>
internal static class TensorSize
{
    /// <summary>More axes than NumPy has; frameworks stop at as many or before.</summary>
    public const int MaxRank = 64;

    /// <summary>
    /// Elements and bytes of a tensor: the product of the sizes, in their order, and its bits, both in 64 unsigned bits as
    /// the reference has them.
    /// </summary>
    /// <returns>What is wrong with the shape, as half a sentence that follows the tensor's name; null where nothing is.</returns>
    public static string? Fault(SafetensorsType type, ReadOnlySpan<long> shape, out long count, out long bytes)
    {
        (count, bytes) = (0, 0);
        if (shape.Length > MaxRank)
        {
            return $"has {shape.Length} axes; {MaxRank} are the most";
        }
        ulong product = 1;
        foreach (long size in shape)
        {
            if (size < 0)
            {
                return $"has the shape {Shown(shape)}; sizes are 0 or more";
            }
            ulong high = Math.BigMul(product, (ulong)size, out product);
            if (high != 0)
            {
                return $"has the shape {Shown(shape)}, which makes more than 2^64 elements";
            }
        }
        if (Math.BigMul(product, (ulong)type.Bits(), out ulong bits) != 0)
        {
            return $"has the shape {Shown(shape)}, which makes more than 2^64 bits of {type.Name()}";
        }
        if (bits % 8 != 0)
        {
            return $"has {product} elements of {type.Bits()} bits ({type.Name()}), which don't fill whole bytes";
        }
        (count, bytes) = ((long)product, (long)(bits / 8));
        return null;
    }

    public static string Shown(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
