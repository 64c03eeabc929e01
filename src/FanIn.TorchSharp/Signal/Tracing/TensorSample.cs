using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// A few of a tensor's values, at places that depend on its size alone, and sums over all of them: enough to tell whether
/// two tensors of a forward pass hold the same values, or one is a function of others.
/// </summary>
/// <param name="Count">The number of elements.</param>
/// <param name="Values">At places that follow from the count, row-major.</param>
/// <param name="Sum">Over all elements.</param>
/// <param name="Squares">The sum of squares over all elements.</param>
internal sealed record TensorSample(long Count, double[] Values, double Sum, double Squares)
{
    private const int Most = 192;

    public static TensorSample Of(Tensor tensor) =>
        CpuTensor.Read(
            tensor,
            values =>
            {
                double sum = 0;
                double squares = 0;
                foreach (float x in values)
                {
                    sum += x;
                    squares += (double)x * x;
                }
                var sample = new double[Math.Min(values.Length, Most)];
                for (int i = 0; i < sample.Length; i++)
                {
                    sample[i] = values[(int)Place(i, values.Length)];
                }
                return new TensorSample(values.Length, sample, sum, squares);
            }
        );

    /// <summary>
    /// The values of a tensor that is repeated until it has <paramref name="count"/> elements, as in a sum with
    /// broadcasting along the first axes.
    /// </summary>
    public static double[] Repeated(Tensor tensor, long count) =>
        CpuTensor.Read(
            tensor,
            values =>
            {
                var sample = new double[Math.Min(count, Most)];
                for (int i = 0; i < sample.Length; i++)
                {
                    sample[i] = values[(int)(Place(i, count) % values.Length)];
                }
                return sample;
            }
        );

    /// <summary>Where the i-th value lies: spread evenly, but not at equal distances, which could all fall on one channel.</summary>
    private static long Place(int i, long count)
    {
        if (count <= Most)
        {
            return i;
        }
        long stride = count / Most;
        return (i * stride) + (long)(unchecked((uint)i * 2654435769u) * (ulong)stride >> 32);
    }
}
