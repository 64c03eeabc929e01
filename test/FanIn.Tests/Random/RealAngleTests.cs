using System.Numerics;

namespace FanIn.Tests;

public sealed class RealAngleTests
{
    /// <summary>
    /// An oracle in whole numbers: the exact product less the nearest multiple of pi/2 in 2^-300ths, and Taylor's series.
    /// </summary>
    [Fact]
    public void AreTheSinesOfExactProducts()
    {
        double[] values = new double[400];
        RandomStream.Create(1, "angles").FillUniform(values);
        for (int i = 0; i < values.Length; i += 2)
        {
            double whole = Math.Floor(Math.ScaleB(values[i], i / 8));
            double factor = Math.ScaleB(values[i + 1], -(i % 7)) * (i % 3 == 0 ? -1 : 1);
            (double sin, double cos) = Exact(whole, factor);
            Assert.Equal(sin, RealAngle.SinOfProduct(whole, factor), Math.Abs(sin) * 3e-16);
            Assert.Equal(cos, RealAngle.CosOfProduct(whole, factor), Math.Abs(cos) * 3e-16);
        }
        Assert.Equal((0, 1), (RealAngle.SinOfProduct(0, 3), RealAngle.CosOfProduct(0, 3)));
    }

    /// <summary>Published digits.</summary>
    [Theory]
    [InlineData(1, 0.84147098480789650665, 0.54030230586813971740)]
    [InlineData(1e6, -0.34999350217129295211, 0.93675212753314478694)]
    [InlineData(-100, 0.50636564110975879366, 0.86231887228768393411)]
    public void OfWholeNumbers(double x, double sin, double cos)
    {
        Assert.Equal(sin, RealAngle.SinOfProduct(x, 1), 2e-16);
        Assert.Equal(cos, RealAngle.CosOfProduct(1, x), 2e-16);
    }

    [Fact]
    public void BeyondExactMultiplesThereIsNone()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => RealAngle.SinOfProduct(1L << 53, 1));
        Assert.StartsWith("angle is 9007199254740992; it must lie in -2^52 .. 2^52", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => RealAngle.CosOfProduct(double.NaN, 1));
    }

    private const int Bits = 300;

    private static (double Sin, double Cos) Exact(double a, double b)
    {
        BigInteger one = BigInteger.One << Bits;
        BigInteger angle = (Scaled(a) * Scaled(b)) >> Bits;
        // Machin: pi/4 = 4 atan(1/5) - atan(1/239).
        BigInteger circle = 8 * ((4 * Atan(5)) - Atan(239));
        angle %= circle;
        (BigInteger sin, BigInteger cos) = (0, 0);
        BigInteger term = one;
        for (int n = 1; !term.IsZero; n++)
        {
            cos += n % 2 == 1 ? (n % 4 == 1 ? term : -term) : 0;
            sin += n % 2 == 0 ? (n % 4 == 2 ? term : -term) : 0;
            term = term * angle / one / n;
        }
        return (Rounded(sin), Rounded(cos));

        BigInteger Atan(int inverse)
        {
            (BigInteger sum, BigInteger power) = (0, one / inverse);
            for (int n = 1; !power.IsZero; n += 2)
            {
                sum += n % 4 == 1 ? power / n : -power / n;
                power /= inverse * inverse;
            }
            return sum;
        }

        static BigInteger Scaled(double x) => new BigInteger(Math.ScaleB(x, 120)) << (Bits - 120);

        static double Rounded(BigInteger x) => Math.ScaleB((double)(x >> (Bits - 200)), -200);
    }
}
