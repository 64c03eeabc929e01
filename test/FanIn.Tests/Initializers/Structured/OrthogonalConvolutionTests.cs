namespace FanIn.Tests;

public sealed class OrthogonalConvolutionTests
{
    [Theory]
    [InlineData(16, 16, 1, new[] { 3 }, new[] { 9 })]
    [InlineData(16, 9, 1, new[] { 4 }, new[] { 9 })]
    [InlineData(16, 16, 1, new[] { 3, 3 }, new[] { 6, 7 })]
    [InlineData(15, 7, 1, new[] { 3, 5 }, new[] { 6, 7 })]
    [InlineData(24, 12, 3, new[] { 3, 3 }, new[] { 5, 6 })]
    [InlineData(8, 8, 8, new[] { 3, 3 }, new[] { 5, 6 })]
    [InlineData(6, 6, 1, new[] { 3, 2, 3 }, new[] { 4, 5, 3 })]
    [InlineData(9, 1, 1, new[] { 1, 1 }, new[] { 4, 5 })]
    public void TheNormOfAnImageIsKept(int outputs, int inputs, int groups, int[] kernel, int[] sizes)
    {
        TensorDescription tensor = TensorDescription.Convolution(
            outputs,
            inputs,
            [.. kernel.Select(k => (long)k)],
            groups
        );
        double[,] image = Structured.RandomImage(inputs, sizes);
        foreach (string name in (string[])["delta_orthogonal", "conv_orthogonal"])
        {
            Initializer initializer = Initializer.Parse($"{name}(gain=1.5)");
            float[] single = new float[tensor.Count];
            initializer.Fill(single, tensor, 3, "w");
            AssertKept(Structured.Connections(tensor, Array.ConvertAll(single, x => (double)x)), 1e-5);
            AssertKept(Structured.Connections(initializer, tensor), 1e-13);
        }

        void AssertKept(double[,,,] w, double tolerance)
        {
            double[,] result = Structured.CircularConvolution(w, kernel, image, sizes);
            Assert.Equal(1.5, Structured.Norm(result) / Structured.Norm(image), tolerance);
            // Not of one image only: any two keep their angle.
            double[,] other = new double[inputs, image.GetLength(1)];
            other[inputs - 1, 0] = 1;
            other[0, image.GetLength(1) - 1] = -2;
            double[,] otherResult = Structured.CircularConvolution(w, kernel, other, sizes);
            double before = image.Cast<double>().Zip(other.Cast<double>(), (a, b) => a * b).Sum();
            double after = result.Cast<double>().Zip(otherResult.Cast<double>(), (a, b) => a * b).Sum();
            Assert.Equal(2.25 * before, after, tolerance * 10);
        }
    }

    /// <summary>A flattened orthogonal matrix doesn't do that: the doc comment of orthogonal says so.</summary>
    [Fact]
    public void AFlattenedOrthogonalMatrixDoesNotKeepIt()
    {
        double[,,,] w = Structured.Connections(
            Initializer.Orthogonal(),
            TensorDescription.Convolution(144, 16, [3, 3])
        );
        double[,] constant = new double[16, 30];
        for (int p = 0; p < 30; p++)
        {
            constant[0, p] = 1;
        }
        double[,] result = Structured.CircularConvolution(w, [3, 3], constant, [5, 6]);
        Assert.Equal(3, Structured.Norm(result) / Structured.Norm(constant), 1e-9);
    }

    [Theory]
    [InlineData(8, 8, new long[] { 3, 3 })]
    [InlineData(9, 4, new long[] { 2, 5 })]
    public void DeltaHasOrthogonalsMatrixInTheCentre(int outputs, int inputs, long[] taps)
    {
        double[,,,] delta = Structured.Connections(
            Initializer.DeltaOrthogonal(2),
            TensorDescription.Convolution(outputs, inputs, taps)
        );
        double[,,,] dense = Structured.Connections(Initializer.Orthogonal(2), TensorDescription.Dense(outputs, inputs));
        long centre = ((taps[0] / 2) * taps[1]) + (taps[1] / 2);
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < inputs; i++)
            {
                for (int t = 0; t < taps[0] * taps[1]; t++)
                {
                    Assert.Equal(t == centre ? dense[0, o, i, 0] : 0, delta[0, o, i, t]);
                }
            }
        }
    }

    [Fact]
    public void GroupsHaveMatricesOfTheirOwn()
    {
        foreach (string name in (string[])["delta_orthogonal", "conv_orthogonal"])
        {
            double[,,,] grouped = Structured.Connections(
                Initializer.Parse(name),
                TensorDescription.Convolution(12, 8, [3], 2)
            );
            for (int g = 0; g < 2; g++)
            {
                double[,,,] alone = Structured.Connections(
                    Initializer.Parse(name),
                    TensorDescription.Convolution(6, 4, [3]),
                    $"w#group{g}"
                );
                for (int o = 0; o < 6; o++)
                {
                    for (int t = 0; t < 3; t++)
                    {
                        Assert.Equal(alone[0, o, 1, t], grouped[g, o, 1, t]);
                    }
                }
            }
        }
    }

    /// <summary>
    /// A second implementation, of full matrices: polynomials in the shifts, from the streams' orthogonal matrices.
    /// </summary>
    [Theory]
    [InlineData(6, 6, new[] { 3 })]
    [InlineData(7, 3, new[] { 4 })]
    [InlineData(6, 4, new[] { 3, 2 })]
    [InlineData(5, 5, new[] { 2, 3, 2 })]
    public void IsTheProductOfItsFactors(int outputs, int inputs, int[] kernel)
    {
        var polynomial = new Dictionary<string, double[,]>
        {
            [string.Join(",", kernel.Select(_ => 0))] = Haar("w", outputs, inputs),
        };
        int number = 0;
        for (int d = 0; d < kernel.Length; d++)
        {
            for (int factor = 0; factor < kernel[d] - 1; factor++)
            {
                int rank = factor % 2 == 0 ? outputs / 2 : outputs - (outputs / 2);
                double[,] v = Haar($"w#projector{number++}", outputs, rank);
                (double[,] p, double[,] q) = (new double[outputs, outputs], new double[outputs, outputs]);
                for (int a = 0; a < outputs; a++)
                {
                    for (int b = 0; b < outputs; b++)
                    {
                        p[a, b] = Enumerable.Range(0, rank).Sum(k => v[a, k] * v[b, k]);
                        q[a, b] = (a == b ? 1 : 0) - p[a, b];
                    }
                }
                var next = new Dictionary<string, double[,]>();
                foreach ((string at, double[,] matrix) in polynomial)
                {
                    int[] shifted = [.. at.Split(',').Select(int.Parse)];
                    shifted[d]++;
                    Add(next, at, p, matrix);
                    Add(next, string.Join(",", shifted), q, matrix);
                }
                polynomial = next;
            }
        }
        double[,,,] found = Structured.Connections(
            Initializer.ConvOrthogonal(),
            TensorDescription.Convolution(outputs, inputs, [.. kernel.Select(k => (long)k)])
        );
        Assert.Equal(found.GetLength(3), polynomial.Count);
        foreach ((string at, double[,] matrix) in polynomial)
        {
            int tap = at.Split(',').Select(int.Parse).Zip(kernel).Aggregate(0, (t, x) => (t * x.Second) + x.First);
            double size = 0;
            for (int o = 0; o < outputs; o++)
            {
                for (int i = 0; i < inputs; i++)
                {
                    Assert.Equal(matrix[o, i], found[0, o, i, tap], 1e-13);
                    size += Math.Abs(matrix[o, i]);
                }
            }
            Assert.InRange(size, 1e-3, 1e3);
        }

        static double[,] Haar(string key, int rows, int columns)
        {
            double[,] matrix = new double[rows, columns];
            double[,,,] drawn = Structured.Connections(
                Initializer.Orthogonal(),
                TensorDescription.Dense(rows, columns),
                key
            );
            for (int r = 0; r < rows; r++)
            {
                for (int c = 0; c < columns; c++)
                {
                    matrix[r, c] = drawn[0, r, c, 0];
                }
            }
            return matrix;
        }

        static void Add(Dictionary<string, double[,]> sum, string at, double[,] factor, double[,] matrix)
        {
            if (!sum.TryGetValue(at, out double[,]? product))
            {
                sum[at] = product = new double[factor.GetLength(0), matrix.GetLength(1)];
            }
            for (int r = 0; r < product.GetLength(0); r++)
            {
                for (int c = 0; c < product.GetLength(1); c++)
                {
                    for (int k = 0; k < factor.GetLength(1); k++)
                    {
                        product[r, c] += factor[r, k] * matrix[k, c];
                    }
                }
            }
        }
    }

    /// <summary>An isometry of one channel with few taps is a shift: here by none.</summary>
    [Theory]
    [InlineData(new long[] { 3 })]
    [InlineData(new long[] { 4 })]
    [InlineData(new long[] { 5, 3 })]
    public void OneChannelIsDirac(long[] taps)
    {
        TensorDescription tensor = TensorDescription.Convolution(1, 1, taps);
        double[,,,] found = Structured.Connections(Initializer.ConvOrthogonal(), tensor);
        double[,,,] dirac = Structured.Connections(Initializer.Dirac(), tensor);
        for (int t = 0; t < found.GetLength(3); t++)
        {
            Assert.Equal(dirac[0, 0, 0, t], Math.Abs(found[0, 0, 0, t]));
        }
    }

    [Fact]
    public void TheBlockFormHasNoClosedLaw()
    {
        TensorDescription tensor = TensorDescription.Convolution(8, 4, [3, 3]);
        Assert.Null(Initializer.ConvOrthogonal().Distribution(tensor));
        Assert.Equal(1 / Math.Sqrt(72), Initializer.ConvOrthogonal().StandardDeviation(tensor)!.Value, 1e-15);
    }
}
