using System.Diagnostics;

namespace FanIn.Tests;

public sealed class SvdTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 9)]
    [InlineData(9, 1)]
    [InlineData(5, 5)]
    [InlineData(16, 16)]
    [InlineData(17, 17)]
    [InlineData(40, 33)]
    [InlineData(33, 40)]
    [InlineData(300, 50)]
    [InlineData(130, 130)]
    public void OfNormals(int rows, int columns)
    {
        var a = Normals(rows, columns, "normals");
        var svd = Svd.Of(a, rows, columns);
        AssertDecomposes(a, rows, columns, svd);
        Assert.All(svd.S, s => Assert.True(s > 0));
    }

    [Fact]
    public void OfManyBlocks()
    {
        var a = Normals(400, 400, "blocks");
        var watch = Stopwatch.StartNew();
        var svd = Svd.Of(a, 400, 400);
        output.WriteLine($"400 x 400: {watch.Elapsed.TotalSeconds:G3} s");
        AssertDecomposes(a, 400, 400, svd);
    }

    /// <summary>L of ones on and below the diagonal: S_k = 1 / (2 sin((2k - 1) pi / (4n + 2))).</summary>
    [Theory]
    [InlineData(7)]
    [InlineData(60)]
    public void OfATriangleOfOnes(int n)
    {
        var a = new double[n * n];
        for (var j = 0; j < n; j++)
        {
            a.AsSpan((j * n) + j, n - j).Fill(1);
        }
        var svd = Svd.Of(a, n, n);
        AssertDecomposes(a, n, n, svd);
        for (var k = 1; k <= n; k++)
        {
            AssertRelative(1 / (2 * Math.Sin(((2 * k) - 1) * Math.PI / ((4 * n) + 2))), svd.S[k - 1], 2e-14);
        }
    }

    [Fact]
    public void OfTwoByTwo()
    {
        // [[3, 0], [4, 5]]: A^T A has trace 50 and determinant 225.
        var svd = Svd.Of([3, 4, 0, 5], 2, 2);
        AssertRelative(Math.Sqrt(45), svd.S[0], 1e-15);
        AssertRelative(Math.Sqrt(5), svd.S[1], 1e-15);
    }

    /// <summary>Columns of sizes from 1e9 to 1e-15: small singular values are as accurate as large ones, for their size.</summary>
    [Theory]
    [InlineData(8, 8)]
    [InlineData(12, 8)]
    public void OfGradedColumns(int rows, int columns)
    {
        for (var draw = 0; draw < 20; draw++)
        {
            var a = Normals(rows, columns, $"graded{draw}");
            var exponents = new int[columns];
            RandomStream.Create(draw, "order").FillPermutation(exponents);
            for (var i = 0; i < a.Length; i++)
            {
                a[i] *= Math.Pow(10, 9 - (3.4 * exponents[i / rows]));
            }
            var (expected, svd) = (ExactSingularValues.Of(a, rows, columns), Svd.Of(a, rows, columns));
            Assert.InRange(expected[0] / expected[^1], 1e22, 1e28);
            for (var k = 0; k < columns; k++)
            {
                AssertRelative(expected[k], svd.S[k], 1e-13);
            }
        }
    }

    /// <summary>Condition number 1.5e10: every singular value to an ulp of the largest.</summary>
    [Fact]
    public void OfHilbert()
    {
        const int N = 8;
        var a = new double[N * N];
        for (var i = 0; i < a.Length; i++)
        {
            a[i] = 1.0 / ((i % N) + (i / N) + 1);
        }
        var (expected, svd) = (ExactSingularValues.Of(a, N, N), Svd.Of(a, N, N));
        AssertRelative(1.695938996921949, expected[0], 1e-15);
        AssertRelative(1.52575755e10, expected[0] / expected[^1], 1e-5);
        for (var k = 0; k < N; k++)
        {
            output.WriteLine($"{expected[k]}: relative error {(svd.S[k] / expected[k]) - 1:G3}");
            Assert.InRange(Math.Abs(svd.S[k] - expected[k]), 0, 4.5e-16);
        }
    }

    [Theory]
    [InlineData(30, 20, 3)]
    [InlineData(20, 30, 1)]
    [InlineData(25, 25, 0)]
    [InlineData(25, 25, 24)]
    public void OfLowRank(int rows, int columns, int rank)
    {
        var a = Dense.Multiply(Normals(rows, rank, "left"), Normals(rank, columns, "right"), rows, rank, columns);
        var svd = Svd.Of(a, rows, columns);
        AssertDecomposes(a, rows, columns, svd);
        Assert.All(svd.S[rank..], s => Assert.InRange(s, 0, 1e-14 * svd.S[0]));
        Assert.All(svd.S[..rank], s => Assert.True(s > 0.01));
    }

    /// <summary>Columns of zeros, equal ones, and a matrix that is nearly all zeros: U and V stay whole.</summary>
    [Fact]
    public void OfSingularMatrices()
    {
        var a = Normals(20, 12, "singular");
        a.AsSpan(3 * 20, 40).Clear();
        a.AsSpan(0, 20).CopyTo(a.AsSpan(7 * 20));
        AssertDecomposes(a, 20, 12, Svd.Of(a, 20, 12));
        var one = new double[20 * 12];
        one[67] = -3;
        var svd = Svd.Of(one, 20, 12);
        AssertDecomposes(one, 20, 12, svd);
        Assert.Equal([3, .. new double[11]], svd.S);
    }

    /// <summary>A power of two times the matrix is the same decomposition, to where float64 ends.</summary>
    [Theory]
    [InlineData(900)]
    [InlineData(-960)]
    public void OfLargeAndSmallNumbers(int exponent)
    {
        var a = Normals(9, 9, "scaled");
        var scaled = Array.ConvertAll(a, x => Math.ScaleB(x, exponent));
        var (expected, svd) = (Svd.Of(a, 9, 9), Svd.Of(scaled, 9, 9));
        Assert.Equal(expected.U, svd.U);
        Assert.Equal(expected.V, svd.V);
        Assert.Equal(Array.ConvertAll(expected.S, s => Math.ScaleB(s, exponent)), svd.S);
    }

    [Fact]
    public void OfSubnormalNumbers()
    {
        var svd = Svd.Of([3 * double.Epsilon, 4 * double.Epsilon, 0, 0], 2, 2);
        Assert.Equal([5 * double.Epsilon, 0], svd.S);
        Assert.InRange(Dense.Orthogonality(svd.U, 2, 2), 0, 1e-15);
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void WhatIsntFiniteIsRefused(double value, string text)
    {
        var a = new double[12];
        a[7] = value;
        foreach (var (rows, columns, row, column) in new[] { (4, 3, 3, 1), (3, 4, 1, 2) })
        {
            Assert.StartsWith(
                $"The element in row {row} and column {column} is {text}; all must be finite.",
                Assert.Throws<ArgumentException>(() => Svd.Of(a, rows, columns)).Message,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void TruncatedKeepsTheFirst()
    {
        var svd = Svd.Of(Normals(6, 4, "cut"), 6, 4);
        var cut = svd.Truncated(2);
        Assert.Equal(svd.S[..2], cut.S);
        Assert.Equal(svd.U[..12], cut.U);
        Assert.Equal(svd.V[..8], cut.V);
        Assert.Same(svd, svd.Truncated(4));
    }

    private static double[] Normals(int rows, int columns, string key)
    {
        var matrix = new double[rows * columns];
        RandomStream.Create(3, key).FillNormal(matrix);
        return matrix;
    }

    private static void AssertRelative(double expected, double actual, double tolerance) =>
        Assert.InRange(actual, expected * (1 - tolerance), expected * (1 + tolerance));

    private void AssertDecomposes(double[] a, int rows, int columns, Svd svd)
    {
        var k = Math.Min(rows, columns);
        Assert.Equal((k, rows * k, columns * k), (svd.S.Length, svd.U.Length, svd.V.Length));
        for (var i = 1; i < k; i++)
        {
            Assert.True(svd.S[i - 1] >= svd.S[i] && svd.S[i] >= 0);
        }
        var (u, v) = (Dense.Orthogonality(svd.U, rows, k), Dense.Orthogonality(svd.V, columns, k));
        var residual = 0.0;
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var sum = 0.0;
                for (var l = 0; l < k; l++)
                {
                    sum += svd.U[(l * rows) + i] * svd.S[l] * svd.V[(l * columns) + j];
                }
                residual = Math.Max(residual, Math.Abs(sum - a[(j * rows) + i]));
            }
        }
        output.WriteLine($"{rows} x {columns}: |U'U - I| {u:G3}, |V'V - I| {v:G3}, |USV' - A| {residual:G3}");
        Assert.InRange(u, 0, 1e-13);
        Assert.InRange(v, 0, 1e-13);
        Assert.InRange(residual, 0, 1e-13 * (svd.S[0] + double.Epsilon));
    }
}
