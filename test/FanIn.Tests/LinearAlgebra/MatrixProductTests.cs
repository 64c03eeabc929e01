namespace FanIn.Tests;

public sealed class MatrixProductTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 7, 3)]
    [InlineData(6, 8, 8)]
    [InlineData(13, 300, 17)]
    [InlineData(40, 513, 9)]
    [InlineData(3, 0, 2)]
    [InlineData(0, 2, 3)]
    public void IsTheSumOfProducts(int rows, int steps, int columns)
    {
        var (a, b) = (new double[rows * steps], new double[steps * columns]);
        RandomStream.Create(1, "a").FillNormal(a);
        RandomStream.Create(1, "b").FillNormal(b);
        var expected = Dense.Multiply(a, b, rows, steps, columns);
        var product = MatrixProduct.Of(a, b, rows, steps, columns);
        Assert.Equal(expected.Length, product.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], product[i], 1e-12);
        }
        var transposed = Svd.Transposed(a, rows, steps);
        Assert.Equal(product, MatrixProduct.OfTransposed(transposed, b, rows, steps, columns));
    }
}
