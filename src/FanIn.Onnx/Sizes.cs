namespace FanIn.Onnx;

/// <summary>Arithmetic on shapes that come from outside.</summary>
internal static class Sizes
{
    /// <summary>The number of elements; null where a size is negative or they are more than 2^63.</summary>
    public static long? Product(ReadOnlySpan<long> shape)
    {
        Int128 product = 1;
        bool isEmpty = false;
        foreach (long size in shape)
        {
            if (size < 0)
            {
                return null;
            }
            isEmpty |= size == 0;
            // One 0 makes it 0, whatever the others would make before.
            product = size == 0 || product > long.MaxValue ? product : product * size;
        }
        return isEmpty ? 0
            : product > long.MaxValue ? null
            : (long)product;
    }
}
