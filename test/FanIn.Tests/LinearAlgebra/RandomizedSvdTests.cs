using System.Diagnostics;

namespace FanIn.Tests;

public sealed class RandomizedSvdTests(ITestOutputHelper output)
{
    private const int Rows = 200;
    private const int Columns = 120;

    /// <summary>Singular values that halve: what is left out beyond the 10 columns more is 2^-10 of what is wanted, to the power of 2q + 1.</summary>
    [Fact]
    public void IsTheExactOneWhereTheSpectrumFalls()
    {
        var a = WithSpectrum(k => Math.Pow(2, -k));
        var (exact, svd) = (Svd.Of(a, Rows, Columns), RandomizedSvd.Of(a, Rows, Columns, 8, 3, default));
        Assert.Equal((8, 8 * Rows, 8 * Columns), (svd.S.Length, svd.U.Length, svd.V.Length));
        Assert.InRange(Dense.Orthogonality(svd.U, Rows, 8), 0, 1e-13);
        Assert.InRange(Dense.Orthogonality(svd.V, Columns, 8), 0, 1e-13);
        for (var k = 0; k < 8; k++)
        {
            Assert.Equal(1, svd.S[k] / exact.S[k], 1e-12);
            Assert.Equal(1, Math.Abs(Product(exact.U, svd.U, k, Rows)), 1e-12);
            Assert.Equal(1, Math.Abs(Product(exact.V, svd.V, k, Columns)), 1e-12);
        }
    }

    /// <summary>
    /// The bound of the mean error with p columns more than k (theorem 10.6 of Halko et al.), which a single draw exceeds
    /// only a little if at all; and the more iterations, the nearer to the best.
    /// </summary>
    [Fact]
    public void ErrorIsWithinTheBound()
    {
        var a = WithSpectrum(k => 1 / (1.0 + k));
        var exact = Svd.Of(a, Rows, Columns);
        const int K = 10;
        var bound =
            ((1 + Math.Sqrt(K / 9.0)) * exact.S[K])
            + (Math.E * Math.Sqrt(K + 10) / 10 * Math.Sqrt(exact.S[K..].Sum(s => s * s)));
        var errors = new[] { 0, 1, 4 }.Select(q => Error(RandomizedSvd.Of(a, Rows, Columns, K, q, default))).ToArray();
        output.WriteLine($"bound {bound:G4}, errors {string.Join(", ", errors)}, best {exact.S[K]:G4}");
        Assert.InRange(errors[0], exact.S[K], bound + exact.S[K]);
        Assert.InRange(errors[1], exact.S[K] * (1 - 1e-12), errors[0]);
        Assert.InRange(errors[2], exact.S[K] * (1 - 1e-12), exact.S[K] * 1.01);

        double Error(Svd svd)
        {
            var rest = a.ToArray();
            for (var k = 0; k < K; k++)
            {
                for (var i = 0; i < rest.Length; i++)
                {
                    rest[i] -= svd.U[(k * Rows) + (i % Rows)] * svd.S[k] * svd.V[(k * Columns) + (i / Rows)];
                }
            }
            return Svd.Of(rest, Rows, Columns).S[0];
        }
    }

    [Fact]
    public void TakesTimeInProportionToTheMatrix()
    {
        var a = new double[1024 * 1024];
        default(RandomStream).FillNormal(a);
        var watch = Stopwatch.StartNew();
        var svd = RandomizedSvd.Of(a, 1024, 1024, 16, 4, default);
        output.WriteLine($"16 of 1024 x 1024, 4 iterations: {watch.Elapsed.TotalSeconds:G3} s");
        // The largest singular value of n x n normals is nearly 2 sqrt(n).
        Assert.InRange(svd.S[0], 1.9 * 32, 2.05 * 32);
    }

    private static double[] WithSpectrum(Func<int, double> spectrum)
    {
        var (u, v) = (new double[Rows * Columns], new double[Columns * Columns]);
        HaarOrthogonal.Fill<double>(u, Columns, Rows, 1, RandomStream.Create(1, "u"));
        HaarOrthogonal.Fill<double>(v, Columns, Columns, 1, RandomStream.Create(1, "v"));
        for (var i = 0; i < u.Length; i++)
        {
            u[i] *= spectrum(i / Rows);
        }
        return Dense.Multiply(u, v, Rows, Columns, Columns);
    }

    private static double Product(double[] a, double[] b, int k, int length) =>
        a.Skip(k * length).Take(length).Zip(b.Skip(k * length), (x, y) => x * y).Sum();
}
