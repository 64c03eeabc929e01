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
    public void TakesSecondsForTheWidthOfATransformer()
    {
        var a = Normals(768, 768, "wide");
        for (var i = 0; i < 3; i++)
        {
            var watch = Stopwatch.StartNew();
            var svd = Svd.Of(a, 768, 768);
            output.WriteLine($"768 x 768: {watch.Elapsed.TotalSeconds:G3} s");
            if (i == 0)
            {
                AssertDecomposes(a, 768, 768, svd);
            }
        }
    }

    private static double[] Normals(int rows, int columns, string key)
    {
        var matrix = new double[rows * columns];
        RandomStream.Create(3, key).FillNormal(matrix);
        return matrix;
    }

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
