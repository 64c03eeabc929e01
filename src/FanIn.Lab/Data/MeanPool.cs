namespace FanIn.Lab;

/// <summary>Makes images smaller by the mean of square blocks that don't overlap.</summary>
internal static class MeanPool
{
    /// <summary>Images of <paramref name="side"/> x <paramref name="side"/>; the old sides must be multiples of it.</summary>
    public static DataSet To(DataSet data, int side)
    {
        if (data.Kind != InputKind.Image)
        {
            throw new DataFormatException($"'{data.Name}' has no images, so they can't be pooled to {side}x{side}.");
        }
        int channels = data.InputShape[0];
        int height = data.InputShape[1];
        int width = data.InputShape[2];
        if (side < 1 || height != width || height % side != 0)
        {
            throw new DataFormatException(
                $"The images of '{data.Name}' are {height}x{width} and can't be mean-pooled to {side}x{side}: "
                    + "they must be square, and the new side must divide the old one."
            );
        }
        return side == height
            ? data
            : data.WithInputs(
                [channels, side, side],
                Pool(data.Train.Inputs.Span, height, side),
                Pool(data.Test.Inputs.Span, height, side)
            );
    }

    private static float[] Pool(ReadOnlySpan<float> images, int from, int to)
    {
        int block = from / to;
        int planes = images.Length / (from * from);
        var result = new float[planes * to * to];
        for (int row = 0; row < planes * from; row++)
        {
            // Planes lie under one another, and no block crosses from one into the next.
            Span<float> target = result.AsSpan(row / block * to, to);
            ReadOnlySpan<float> source = images.Slice(row * from, from);
            for (int x = 0; x < from; x++)
            {
                target[x / block] += source[x] / (block * block);
            }
        }
        return result;
    }
}
