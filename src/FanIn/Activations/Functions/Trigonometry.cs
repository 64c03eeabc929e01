using System.Numerics;
using static System.Math;

namespace FanIn;

/// <summary>Sine and cosine of every finite angle, and the arc tangent, the same on every platform.</summary>
internal static class Trigonometry
{
    /// <summary>More bits than the largest double has before the point, and 250 for what is left after the reduction.</summary>
    private const int Bits = 1280;

    /// <summary>Up to it the multiple of pi/2 is exact in a double times an integer.</summary>
    private const double Moderate = 1e6;

    private static readonly BigInteger s_halfPi = HalfPi();

    private static readonly DoubleDouble s_halfPiRounded = new(1.5707963267948966, 6.123233995736766e-17);

    /// <summary>atan(k / 8).</summary>
    private static readonly DoubleDouble[] s_eighths =
    [
        new(0.0, 0.0),
        new(0.12435499454676144, -3.1253241424539383e-18),
        new(0.24497866312686414, 1.0698755618734451e-17),
        new(0.35877067027057225, -2.4623815582638635e-17),
        new(0.4636476090008061, 2.2698777452961687e-17),
        new(0.5585993153435624, -5.4556305485916264e-18),
        new(0.6435011087932844, 1.5834785051444286e-17),
        new(0.7188299996216245, -2.1478388444456983e-17),
        new(0.7853981633974483, 3.061616997868383e-17),
    ];

    /// <summary>sin x.</summary>
    public static double Sin(double x) => Abs(x) <= 8.0 ? CorrectlyRounded.Sin(x) : OfLarge(x, 0);

    /// <summary>cos x.</summary>
    public static double Cos(double x) => Abs(x) <= 8.0 ? CorrectlyRounded.Cos(x) : OfLarge(x, 1);

    /// <summary>
    /// atan x: with c the multiple of 1/8 next to x, atan x = atan c + atan((x - c) / (1 + x c)), the last by its
    /// series; beyond 1 from 1/x.
    /// </summary>
    public static double Atan(double x)
    {
        double size = Abs(x);
        if (size > 1.0)
        {
            DoubleDouble small = AtanOfSmall(1.0 / size);
            return CopySign((s_halfPiRounded - small).Rounded, x);
        }
        return CopySign(AtanOfSmall(size).Rounded, x);
    }

    private static DoubleDouble AtanOfSmall(double x)
    {
        var eighth = (int)Round(x * 8.0);
        double c = eighth / 8.0;
        double t = (x - c) / FusedMultiplyAdd(x, c, 1.0);
        double square = t * t;
        double series = 0.0;
        for (int n = 15; n >= 3; n -= 2)
        {
            series = FusedMultiplyAdd(-square, series, 1.0 / n);
        }
        return s_eighths[eighth] + new DoubleDouble(t, -t * square * series);
    }

    private static double OfLarge(double x, int quarters)
    {
        (int quarter, DoubleDouble rest) = Abs(x) < Moderate ? Reduced(x) : ReducedExactly(x);
        return CorrectlyRounded.OfQuarter(quarter + quarters, rest).Rounded;
    }

    /// <summary>x = quarter pi/2 + rest by pi/2 in three parts, to 2^-90: no such x is closer to a multiple than 2^-40.</summary>
    private static (int Quarter, DoubleDouble Remainder) Reduced(double x)
    {
        const double HalfPi3 = -1.4973849048591698e-33;
        int quarter = (int)Round(x * 0.6366197723675814);
        (double multiple, double multipleLow) = DoubleDouble.TwoProduct(quarter, s_halfPiRounded.High);
        (double rest, double restLow) = DoubleDouble.TwoSum(x, -multiple);
        DoubleDouble reduced =
            new DoubleDouble(rest, restLow) - multipleLow - DoubleDouble.Product(quarter, s_halfPiRounded.Low);
        return (quarter, reduced - (quarter * HalfPi3));
    }

    /// <summary>The remainder of x over pi/2 exactly, in integers: Payne and Hanek's reduction without its haste.</summary>
    private static (int Quarter, DoubleDouble Remainder) ReducedExactly(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(Abs(x));
        int exponent = (int)(bits >> 52) - 1075;
        BigInteger mantissa = (bits & ((1L << 52) - 1)) | (1L << 52);
        BigInteger quotient = BigInteger.DivRem(mantissa << (exponent + Bits), s_halfPi, out BigInteger remainder);
        if (remainder << 1 > s_halfPi)
        {
            quotient += BigInteger.One;
            remainder -= s_halfPi;
        }
        int quarter = (int)(quotient & 3);
        if (x < 0.0)
        {
            (quarter, remainder) = (-quarter, -remainder);
        }
        return (quarter, Rounded(remainder));
    }

    /// <summary>value 2^-Bits, to 106 bits.</summary>
    private static DoubleDouble Rounded(BigInteger value)
    {
        int shift = Max(0, (int)(BigInteger.Abs(value).GetBitLength() - 120));
        BigInteger kept = value >> shift;
        double high = (double)kept;
        double low = (double)(kept - new BigInteger(high));
        return new(ScaleB(high, shift - Bits), ScaleB(low, shift - Bits));
    }

    /// <summary>Machin: pi/4 = 4 atan(1/5) - atan(1/239).</summary>
    private static BigInteger HalfPi()
    {
        const int Guard = 32;
        BigInteger sum = (4 * AtanOfInverse(5)) - AtanOfInverse(239);
        return sum >> (Guard - 1);

        static BigInteger AtanOfInverse(int n)
        {
            BigInteger power = (BigInteger.One << (Bits + Guard)) / n;
            BigInteger total = power;
            for (int k = 3; !power.IsZero; k += 2)
            {
                power /= -n * n;
                total += power / k;
            }
            return total;
        }
    }
}
