namespace FanIn.Tests;

/// <summary>Isometries of convolutions, against the norm of an image that is convolved here by hand.</summary>
public sealed class IsometryCheckTests
{
    public static TheoryData<int, int, int> Sizes =>
        new()
        {
            { 8, 8, 1 },
            { 12, 6, 1 },
            { 6, 12, 1 },
            { 16, 8, 2 },
        };

    /// <summary>An orthogonal matrix in one tap, wherever it lies, and nothing in the others.</summary>
    [Theory]
    [MemberData(nameof(Sizes))]
    public void OneOrthogonalTapIsOne(int outputs, int inputs, int groups)
    {
        TensorDescription tensor = TensorDescription.Convolution(outputs, inputs, [3, 2], groups);
        for (int tap = 0; tap < 6; tap++)
        {
            double[] weights = OneTap(tensor, tap, 1.5);
            Assert.InRange(Error(weights, tensor, 1.5), 0, 1e-12);
            Assert.Equal(1.25, Error(weights, tensor, 1), 1e-9);
        }
    }

    /// <summary>Two taps of half the weight keep the norm of a constant image and not of others: the shifts tell.</summary>
    [Fact]
    public void TwoEqualTapsAreNone()
    {
        TensorDescription tensor = TensorDescription.Convolution(4, 4, [3]);
        double[] weights = new double[48];
        double[] one = OneTap(tensor, 0, 1);
        for (int i = 0; i < 48; i += 3)
        {
            (weights[i], weights[i + 2]) = (one[i] / Math.Sqrt(2), one[i] / Math.Sqrt(2));
        }
        Assert.Equal(0.5, Error(weights, tensor, 1), 1e-9);
    }

    /// <summary>
    /// A projection P to one tap and I - P to another (the step that block-orthogonal kernels are made of) is an
    /// isometry though both taps are full of numbers; it keeps the norm of an image, and what isn't one doesn't.
    /// </summary>
    [Fact]
    public void SplitProjectionsAreOneAndKeepTheNormOfAnImage()
    {
        TensorDescription tensor = TensorDescription.Convolution(4, 4, [2, 3]);
        double[] weights = new double[4 * 4 * 6];
        double[] u = [0.1, 0.7, -0.5, Math.Sqrt(1 - 0.01 - 0.49 - 0.25)];
        for (int i = 0; i < 4; i++)
        {
            for (int j = 0; j < 4; j++)
            {
                weights[(((i * 4) + j) * 6) + 2] = u[i] * u[j];
                weights[(((i * 4) + j) * 6) + 3] = (i == j ? 1 : 0) - (u[i] * u[j]);
            }
        }
        Assert.InRange(Error(weights, tensor, 1), 0, 1e-12);
        Assert.Equal(1, NormRatio(weights), 1e-12);
        weights[5] += 0.01;
        Assert.InRange(Error(weights, tensor, 1), 1e-3, 1);
        Assert.True(Math.Abs(NormRatio(weights) - 1) > 1e-5);
    }

    /// <summary>|W * x| / |x| of a 4-channel 5 x 7 image with circular padding.</summary>
    private static double NormRatio(double[] weights)
    {
        double[] image = new double[4 * 35];
        RandomStream.Create(3, "image").FillNormal(image.AsSpan());
        double norm = 0;
        for (int output = 0; output < 4; output++)
        {
            for (int y = 0; y < 5; y++)
            {
                for (int x = 0; x < 7; x++)
                {
                    double sum = 0;
                    for (int k = 0; k < 4 * 6; k++)
                    {
                        (int input, int tap) = (k / 6, k % 6);
                        int place = ((y + (tap / 3)) % 5 * 7) + ((x + (tap % 3)) % 7);
                        sum += weights[(((output * 4) + input) * 6) + tap] * image[(input * 35) + place];
                    }
                    norm += sum * sum;
                }
            }
        }
        return Math.Sqrt(norm / image.Sum(x => x * x));
    }

    private static double Error(double[] weights, TensorDescription tensor, double gain) =>
        IsometryCheck.Of(weights, tensor, new(gain, OfConvolution: true), ElementType.Float64).Finding.Statistic;

    private static double[] OneTap(TensorDescription tensor, int tap, double gain)
    {
        (int groups, int taps) = ((int)tensor.Groups, tensor.Taps.Aggregate(1, (a, b) => a * (int)b));
        (int outputs, int inputs) = ((int)tensor.Outputs / groups, (int)tensor.Inputs / groups);
        double[] weights = new double[tensor.Count];
        for (int group = 0; group < groups; group++)
        {
            double[] matrix = new double[outputs * inputs];
            Initializer.Orthogonal(gain).Fill(matrix, TensorDescription.Dense(outputs, inputs), group, "tap");
            for (int i = 0; i < matrix.Length; i++)
            {
                weights[(((group * outputs * inputs) + i) * taps) + tap] = matrix[i];
            }
        }
        return weights;
    }
}
