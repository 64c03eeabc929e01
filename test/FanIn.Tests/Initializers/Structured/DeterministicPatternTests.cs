namespace FanIn.Tests;

/// <summary>Each rule without a draw against its definition, written another way.</summary>
public sealed class DeterministicPatternTests
{
    [Theory]
    [InlineData(3, 3)]
    [InlineData(2, 5)]
    [InlineData(5, 2)]
    public void IdentityCopiesWhatItCan(int outputs, int inputs)
    {
        double[,,,] w = Structured.Connections(Initializer.Identity(1.5), TensorDescription.Dense(outputs, inputs));
        for (int i = 0; i < inputs; i++)
        {
            double[] column = [.. Enumerable.Range(0, outputs).Select(o => w[0, o, i, 0])];
            double[] expected = new double[outputs];
            if (i < outputs)
            {
                expected[i] = 1.5;
            }
            Assert.Equal(expected, column);
        }
    }

    [Fact]
    public void IdentityOfATableIsOneHotRows()
    {
        float[] table = new float[6];
        Initializer.Identity().Fill(table, TensorDescription.Embedding(2, 3), 1, "k");
        Assert.Equal([1, 0, 0, 0, 1, 0], table);
    }

    /// <summary>PyTorch's loop: for g, for d: w[g out/groups + d, d, k/2 ...] = 1.</summary>
    [Theory]
    [InlineData(6, 4, 2, new long[] { 3 })]
    [InlineData(4, 6, 2, new long[] { 3, 5 })]
    [InlineData(4, 4, 1, new long[] { 2, 4 })]
    [InlineData(3, 3, 3, new long[] { 1, 3, 2 })]
    public void DiracIsPyTorchs(int outputs, int inputs, int groups, long[] taps)
    {
        TensorDescription tensor = TensorDescription.Convolution(outputs, inputs, taps, groups);
        double[] expected = new double[tensor.Count];
        int size = (int)taps.Aggregate(1L, (a, b) => a * b);
        int centre = (int)taps.Aggregate(0L, (at, k) => (at * k) + (k / 2));
        for (int g = 0; g < groups; g++)
        {
            for (int d = 0; d < Math.Min(outputs, inputs) / groups; d++)
            {
                expected[(((((g * outputs / groups) + d) * inputs / groups) + d) * size) + centre] = 1;
            }
        }
        double[] found = new double[tensor.Count];
        Initializer.Dirac().Fill(found, tensor, 1, "k");
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData(new[] { 3 }, new[] { 7 }, 1)]
    [InlineData(new[] { 3, 5 }, new[] { 6, 5 }, 2)]
    [InlineData(new[] { 3, 1, 4 }, new[] { 3, 4, 5 }, 4)]
    public void DiracReturnsTheImage(int[] kernel, int[] sizes, int groups)
    {
        TensorDescription tensor = TensorDescription.Convolution(4, 4, [.. kernel.Select(k => (long)k)], groups);
        double[,] image = Structured.RandomImage(4, sizes);
        double[,,,] w = Structured.Connections(Initializer.Dirac(), tensor);
        Assert.Equal(image, Structured.CircularConvolution(w, kernel, image, sizes));
    }

    [Theory]
    [InlineData(1, new[] { 1.0 })]
    [InlineData(2, new[] { 0.5, 0.5 })]
    [InlineData(3, new[] { 0.5, 1, 0.5 })]
    [InlineData(4, new[] { 0.25, 0.75, 0.75, 0.25 })]
    [InlineData(5, new[] { 1 / 3.0, 2 / 3.0, 1, 2 / 3.0, 1 / 3.0 })]
    [InlineData(6, new[] { 1 / 6.0, 3 / 6.0, 5 / 6.0, 5 / 6.0, 3 / 6.0, 1 / 6.0 })]
    public void BilinearInOneDimension(int taps, double[] expected)
    {
        double[] found = new double[taps];
        Initializer.Bilinear().Fill(found, TensorDescription.Convolution(1, 1, [taps]), 1, "k");
        for (int t = 0; t < taps; t++)
        {
            Assert.Equal(expected[t], found[t], 1e-15);
        }
    }

    /// <summary>Upsampling f times: what is linear in each coordinate stays so, away from the border.</summary>
    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(7, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    public void BilinearKeepsSlopes(int factor, int dimensions)
    {
        int k = (2 * factor) - (factor % 2);
        const int Size = 6;
        long[] taps = [.. Enumerable.Repeat((long)k, dimensions)];
        double[,,,] w = Structured.Connections(
            Initializer.Bilinear(),
            TensorDescription.TransposedConvolution(1, 1, taps, [.. Enumerable.Repeat((long)factor, dimensions)])
        );
        int large = (Size * factor) + k;
        double[] sums = new double[(int)Math.Pow(large, dimensions)];
        for (int p = 0; p < Math.Pow(Size, dimensions); p++)
        {
            int[] x = Digits(p, Size);
            for (int t = 0; t < w.GetLength(3); t++)
            {
                int[] tap = Digits(t, k);
                int to = 0;
                for (int d = 0; d < dimensions; d++)
                {
                    to = (to * large) + (x[d] * factor) + tap[d];
                }
                sums[to] += w[0, 0, 0, t] * Plane(x, 0);
            }
        }
        for (int p = 0; p < sums.Length; p++)
        {
            int[] y = Digits(p, large);
            if (y.All(at => at >= k && at < (Size * factor) - factor))
            {
                // The middle of a kernel stands for the input's place.
                Assert.Equal(Plane(y, (k - 1) / 2.0), sums[p], 1e-12);
            }
        }

        int[] Digits(int number, int of) =>
            [.. Enumerable.Range(0, dimensions).Select(d => number / (int)Math.Pow(of, dimensions - 1 - d) % of)];

        double Plane(int[] at, double middle) =>
            1 + at.Select((a, d) => (d + 2) * (middle == 0 ? a : (a - middle) / factor)).Sum();
    }

    [Fact]
    public void BilinearJoinsTheChannelsThatItIsTold()
    {
        TensorDescription full = TensorDescription.Convolution(2, 3, [2]);
        double[] values = new double[12];
        Initializer.Bilinear().Fill(values, full, 1, "k");
        Assert.Equal([0.5, 0.5, 0, 0, 0, 0, 0, 0, 0.5, 0.5, 0, 0], values);
        Initializer.Bilinear(BilinearChannels.All).Fill(values, full, 1, "k");
        Assert.All(values, x => Assert.Equal(0.5, x));
        // Depthwise, two outputs of each input.
        double[] depthwise = new double[8];
        Initializer.Bilinear().Fill(depthwise, TensorDescription.Convolution(4, 2, [2], 2), 1, "k");
        Assert.All(depthwise, x => Assert.Equal(0.5, x));
    }

    /// <summary>Sylvester's construction: H_0 = 1, H_m = [[H, H], [H, -H]].</summary>
    [Theory]
    [InlineData(4, 3)]
    [InlineData(8, 8)]
    [InlineData(8, 5)]
    [InlineData(13, 4)]
    [InlineData(2, 1)]
    [InlineData(7, 9)]
    public void ZeroInitIsAnIdentityOrHadamards(int outputs, int inputs)
    {
        double[][] hadamard =
        [
            [1],
        ];
        int m = 0;
        for (; hadamard.Length < outputs; m++)
        {
            hadamard =
            [
                .. hadamard.Select(row => (double[])[.. row, .. row]),
                .. hadamard.Select(row => (double[])[.. row, .. row.Select(x => -x)]),
            ];
        }
        double[,,,] dense = Structured.Connections(Initializer.ZeroInit(), TensorDescription.Dense(outputs, inputs));
        double[,,,] convolution = Structured.Connections(
            Initializer.ZeroInit(Math.Sqrt(2)),
            TensorDescription.Convolution(2 * outputs, 2 * inputs, [3, 3], 2)
        );
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < inputs; i++)
            {
                bool isIdentity = outputs <= inputs;
                double one = o == i ? 1 : 0;
                double expected = isIdentity ? one : hadamard[o][i] * Math.Pow(2, -m / 2.0);
                Assert.Equal(expected, dense[0, o, i, 0], 1e-15);
                // The paper's constant.
                double paper = isIdentity ? one : hadamard[o][i] * Math.Pow(2, -(m - 1) / 2.0);
                for (int t = 0; t < 9; t++)
                {
                    Assert.Equal(t == 4 ? paper : 0, convolution[1, o, i, t], 1e-15);
                }
            }
        }
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(8, 5)]
    [InlineData(64, 33)]
    [InlineData(128, 64)]
    public void ZeroInitKeepsTheNormWhereItWidensToAPowerOfTwo(int outputs, int inputs)
    {
        double[,,,] w = Structured.Connections(Initializer.ZeroInit(), TensorDescription.Dense(outputs, inputs));
        for (int a = 0; a < inputs; a++)
        {
            for (int b = 0; b < inputs; b++)
            {
                double product = Enumerable.Range(0, outputs).Sum(o => w[0, o, a, 0] * w[0, o, b, 0]);
                Assert.Equal(a == b ? 1 : 0, product, 1e-12);
            }
        }
    }

    /// <summary>Identities side by side until the longer side is full.</summary>
    [Theory]
    [InlineData(3, 3, 1)]
    [InlineData(3, 8, 1)]
    [InlineData(8, 3, 1)]
    [InlineData(4, 2, 9)]
    [InlineData(20, 2, 9)]
    public void IdInitIsPaddedWithIdentities(int outputs, int inputs, int taps)
    {
        TensorDescription tensor =
            taps == 1
                ? TensorDescription.Dense(outputs, inputs)
                : TensorDescription.Convolution(outputs, inputs, [3, taps / 3]);
        double[] found = new double[tensor.Count];
        Initializer.IdInit(2).Fill(found, tensor, 1, "k");
        double[] zero = new double[tensor.Count];
        Initializer.IdInitZero().Fill(zero, tensor, 1, "k");
        int columns = inputs * taps;
        double[] expected = new double[tensor.Count];
        int side = Math.Min(outputs, columns);
        for (int corner = 0; corner < Math.Max(outputs, columns); corner += side)
        {
            for (int d = 0; d < side; d++)
            {
                (int row, int column) = outputs <= columns ? (d, corner + d) : (corner + d, d);
                if (row < outputs && column < columns)
                {
                    expected[(row * columns) + column] = 2;
                }
            }
        }
        Assert.Equal(expected, found);
        Assert.Equal(expected.Select(x => x / 2 * 1e-6), zero);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(5)]
    [InlineData(1)]
    public void SinusoidsOfThePaper(int width)
    {
        double[] table = new double[50 * width];
        Initializer.Sinusoidal().Fill(table, TensorDescription.Embedding(50, width), 1, "k");
        for (int p = 0; p < 50; p++)
        {
            for (int j = 0; j < width; j++)
            {
                double angle = p / Math.Pow(10_000, 2.0 * (j / 2) / width);
                Assert.Equal(j % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle), table[(p * width) + j], 1e-13);
            }
        }
    }

    /// <summary>tensor2tensor: timescales exp(-i ln(10000) / (n - 1)), [sines, cosines], padded with zeros.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(7)]
    [InlineData(2)]
    [InlineData(1)]
    public void SinusoidsOfWhisper(int width)
    {
        double[] table = new double[50 * width];
        Initializer
            .Sinusoidal(SinusoidalLayout.Halves, 500)
            .Fill(table, TensorDescription.Embedding(50, width), 1, "k");
        int half = width / 2;
        double increment = Math.Log(500) / Math.Max(half - 1, 1);
        for (int p = 0; p < 50; p++)
        {
            for (int i = 0; i < half; i++)
            {
                double angle = p * Math.Exp(-increment * i);
                Assert.Equal(Math.Sin(angle), table[(p * width) + i], 1e-12);
                Assert.Equal(Math.Cos(angle), table[(p * width) + half + i], 1e-12);
            }
            if (width % 2 == 1)
            {
                Assert.Equal(0, table[(p * width) + width - 1]);
            }
        }
    }
}
