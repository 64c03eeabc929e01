namespace FanIn.Tests;

/// <summary>The rules that give a layer a structure, what they are for, and what tests of all of them need.</summary>
internal static class Structured
{
    /// <summary>Rules that draw nothing.</summary>
    public static readonly string[] Patterns =
    [
        "identity",
        "dirac",
        "bilinear",
        "zero_init",
        "idinit",
        "idinit_zero",
        "sinusoidal",
    ];

    /// <summary>All of them: rules for some kinds of layers only, or without a draw.</summary>
    public static readonly string[] Names = [.. Patterns, "delta_orthogonal", "conv_orthogonal", "sparse", "icnr"];

    /// <summary>A tensor of a kind that the rule is for.</summary>
    public static TensorDescription TensorFor(string rule) =>
        rule.Split('(')[0] switch
        {
            "dirac" or "bilinear" or "delta_orthogonal" or "conv_orthogonal" or "icnr" => TensorDescription.Convolution(
                8,
                4,
                [3, 2]
            ),
            "sinusoidal" => TensorDescription.Embedding(7, 5),
            _ => TensorDescription.Dense(3, 5),
        };

    public static bool IsForKernels(string rule) => TensorFor(rule).Taps.Length > 0;

    /// <summary>The values of a tensor by connection [group, output, input, tap], read as its layout is defined.</summary>
    public static double[,,,] Connections(TensorDescription tensor, double[] stored)
    {
        (long groups, long taps) = (tensor.Groups, tensor.TapCount);
        (long outputs, long inputs) = (tensor.Outputs / groups, tensor.Inputs / groups);
        double[,,,] values = new double[groups, outputs, inputs, taps];
        for (long g = 0; g < groups; g++)
        {
            for (long o = 0; o < outputs; o++)
            {
                for (long i = 0; i < inputs; i++)
                {
                    for (long t = 0; t < taps; t++)
                    {
                        (long output, long input) = ((g * outputs) + o, (g * inputs) + i);
                        values[g, o, i, t] = stored[
                            tensor.Layout switch
                            {
                                WeightLayout.Torch => (((output * inputs) + i) * taps) + t,
                                WeightLayout.TorchTransposed => (((input * outputs) + o) * taps) + t,
                                WeightLayout.Keras => (((t * inputs) + i) * tensor.Outputs) + output,
                                WeightLayout.KerasDepthwise => (((t * groups) + g) * outputs) + o,
                                WeightLayout.Mlx => (((output * taps) + t) * inputs) + i,
                                WeightLayout.KerasTransposed => (((t * outputs) + o) * inputs) + i,
                                _ => (i * outputs) + o,
                            }
                        ];
                    }
                }
            }
        }
        return values;
    }

    public static double[,,,] Connections(Initializer initializer, TensorDescription tensor, string key = "w")
    {
        double[] stored = new double[tensor.Count];
        initializer.Fill(stored, tensor, 5, key);
        return Connections(tensor, stored);
    }

    /// <summary>
    /// A convolution of an image [channels, positions] with circular borders, from its definition: output o at p is the sum
    /// of w[o, i, t] x[i, p + t - centre], each axis by its own size.
    /// </summary>
    public static double[,] CircularConvolution(double[,,,] weights, int[] kernel, double[,] image, int[] sizes)
    {
        (int groups, int outputs, int inputs, int taps) = (
            weights.GetLength(0),
            weights.GetLength(1),
            weights.GetLength(2),
            weights.GetLength(3)
        );
        int positions = sizes.Aggregate(1, (a, b) => a * b);
        double[,] result = new double[groups * outputs, positions];
        for (int p = 0; p < positions; p++)
        {
            for (int t = 0; t < taps; t++)
            {
                (int from, int scale, int restP, int restT) = (0, 1, p, t);
                for (int d = sizes.Length - 1; d >= 0; d--)
                {
                    int at = (restP % sizes[d]) + (restT % kernel[d]) - (kernel[d] / 2);
                    from += scale * (((at % sizes[d]) + sizes[d]) % sizes[d]);
                    (scale, restP, restT) = (scale * sizes[d], restP / sizes[d], restT / kernel[d]);
                }
                for (int g = 0; g < groups; g++)
                {
                    for (int o = 0; o < outputs; o++)
                    {
                        for (int i = 0; i < inputs; i++)
                        {
                            result[(g * outputs) + o, p] += weights[g, o, i, t] * image[(g * inputs) + i, from];
                        }
                    }
                }
            }
        }
        return result;
    }

    public static double[,] RandomImage(int channels, params int[] sizes)
    {
        int positions = sizes.Aggregate(1, (a, b) => a * b);
        double[] values = new double[channels * positions];
        RandomStream.Create(99, "image").FillNormal(values);
        double[,] image = new double[channels, positions];
        Buffer.BlockCopy(values, 0, image, 0, values.Length * sizeof(double));
        return image;
    }

    public static double Norm(double[,] image) => Math.Sqrt(image.Cast<double>().Sum(x => x * x));
}
