using System.Numerics;

namespace FanIn.Tests;

/// <summary>
/// Singular values to a hundred digits, by another way than the product's: Jacobi's rotations of the symmetric A^T A, in
/// whole multiples of 2^-700. For small matrices.
/// </summary>
internal static class ExactSingularValues
{
    private const int Bits = 700;
    private static readonly BigInteger s_one = BigInteger.One << Bits;

    /// <summary>Of a matrix given column by column, the largest first.</summary>
    public static double[] Of(double[] matrix, int rows, int columns)
    {
        var a = Array.ConvertAll(matrix, Fixed);
        var gram = new BigInteger[columns, columns];
        for (var p = 0; p < columns; p++)
        {
            for (var q = 0; q < columns; q++)
            {
                for (var i = 0; i < rows; i++)
                {
                    gram[p, q] += Multiply(a[(p * rows) + i], a[(q * rows) + i]);
                }
            }
        }
        for (var sweep = 0; sweep < 15; sweep++)
        {
            for (var p = 0; p < columns; p++)
            {
                for (var q = p + 1; q < columns; q++)
                {
                    Rotate(gram, p, q, columns);
                }
            }
        }
        return
        [
            .. Enumerable.Range(0, columns).Select(j => Math.ScaleB((double)Root(gram[j, j]), -Bits)).OrderDescending(),
        ];
    }

    private static void Rotate(BigInteger[,] gram, int p, int q, int n)
    {
        if (BigInteger.Abs(gram[p, q]) < 1 << 20)
        {
            return;
        }
        var zeta = Divide(gram[q, q] - gram[p, p], 2 * gram[p, q]);
        var t = Divide(s_one, BigInteger.Abs(zeta) + Root(Multiply(zeta, zeta) + s_one)) * (zeta.Sign < 0 ? -1 : 1);
        var c = Divide(s_one, Root(Multiply(t, t) + s_one));
        var s = Multiply(c, t);
        for (var k = 0; k < n; k++)
        {
            var (x, y) = (gram[k, p], gram[k, q]);
            (gram[k, p], gram[k, q]) = (Multiply(c, x) - Multiply(s, y), Multiply(s, x) + Multiply(c, y));
        }
        for (var k = 0; k < n; k++)
        {
            var (x, y) = (gram[p, k], gram[q, k]);
            (gram[p, k], gram[q, k]) = (Multiply(c, x) - Multiply(s, y), Multiply(s, x) + Multiply(c, y));
        }
    }

    private static BigInteger Fixed(double value)
    {
        var exponent = Math.ILogB(value) - 52;
        return value == 0 ? 0 : new BigInteger(Math.ScaleB(value, -exponent)) << (Bits + exponent);
    }

    private static BigInteger Multiply(BigInteger a, BigInteger b) => (a * b) >> Bits;

    private static BigInteger Divide(BigInteger a, BigInteger b) => (a << Bits) / b;

    /// <summary>Newton's iteration from above.</summary>
    private static BigInteger Root(BigInteger a)
    {
        if (a.Sign <= 0)
        {
            return 0;
        }
        var value = a << Bits;
        var root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (root + (value / root)) >> 1;
            if (next >= root)
            {
                return root;
            }
            root = next;
        }
    }
}
