namespace FanIn.Tests;

public sealed class HouseholderQrTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(9, 1)]
    [InlineData(8, 8)]
    [InlineData(50, 37)]
    [InlineData(100, 16)]
    public void OfNormals(int rows, int columns)
    {
        var a = new double[rows * columns];
        RandomStream.Create(5, "qr").FillNormal(a);
        HouseholderQr qr = new([.. a], rows, columns);
        var (q, r) = (qr.Q(), qr.R());
        Assert.InRange(Dense.Orthogonality(q, rows, columns), 0, 1e-14);
        for (var i = 0; i < columns * columns; i++)
        {
            Assert.True(i % columns < i / columns || (i % columns == i / columns ? r[i] > 0 : r[i] == 0));
        }
        AssertClose(a, Dense.Multiply(q, r, rows, columns, columns));
        AssertClose(a, qr.Multiply(r));
        Assert.Equal(q, qr.QWithSigns());
    }

    /// <summary>By Gram and Schmidt, twice for accuracy: with a positive diagonal the decomposition is unique.</summary>
    [Fact]
    public void IsGramSchmidts()
    {
        const int Rows = 12;
        const int Columns = 7;
        var a = new double[Rows * Columns];
        RandomStream.Create(6, "qr").FillNormal(a);
        var expected = a.ToArray();
        for (var j = 0; j < Columns; j++)
        {
            var column = expected.AsSpan(j * Rows, Rows);
            for (var k = 0; k < 2 * j; k++)
            {
                var other = expected.AsSpan(k % j * Rows, Rows);
                var product = 0.0;
                for (var i = 0; i < Rows; i++)
                {
                    product += column[i] * other[i];
                }
                for (var i = 0; i < Rows; i++)
                {
                    column[i] -= product * other[i];
                }
            }
            var norm = Math.Sqrt(column.ToArray().Sum(x => x * x));
            foreach (ref var value in column)
            {
                value /= norm;
            }
        }
        AssertClose(expected, new HouseholderQr(a, Rows, Columns).Q());
    }

    [Fact]
    public void OfASingularMatrix()
    {
        double[] a = [0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0];
        HouseholderQr qr = new([.. a], 4, 3);
        var (q, r) = (qr.Q(), qr.R());
        Assert.InRange(Dense.Orthogonality(q, 4, 3), 0, 1e-15);
        AssertClose(a, Dense.Multiply(q, r, 4, 3, 3));
        Assert.Equal((0, 0), (r[0], r[8]));
        Assert.Equal(new double[4], qr.QWithSigns()[..4]);
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 2e-14);
        }
    }
}
