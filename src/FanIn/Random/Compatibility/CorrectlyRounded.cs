using System.Runtime.CompilerServices;
using static System.Math;

namespace FanIn;

/// <summary>
/// Logarithm, exponential, sine and cosine of a double, rounded to nearest, from IEEE operations and integers alone: the
/// same on every platform. glibc 2.36 gives another double, the neighbour, for 1 argument in 1,000 (log, exp, sin, cos),
/// 6 in 100 (log1p).
/// </summary>
/// <remarks>
/// A look-up and a short series give an unevaluated sum whose relative error is below 2^-65. Where that leaves the
/// rounding open (A. Ziv, "Fast evaluation of elementary mathematical functions with correctly rounded last bit", ACM
/// TOMS 17 (1991)), once in about two thousand arguments, <see cref="CorrectlyRoundedExact"/> decides it.
/// </remarks>
internal static class CorrectlyRounded
{
    /// <summary>The relative error that the quick sums stay below: 2^-65.</summary>
    internal const double Error = 1.0 / (1UL << 32) / (1UL << 33);
    private const double SmallestNormal = 2.2250738585072014e-308;
    private const double RootHalf = 0.70710678118654757;

    /// <summary>ln x; -infinity for 0, NaN for negative numbers.</summary>
    public static double Log(double x)
    {
        if (!(x > 0.0) || x == double.PositiveInfinity)
        {
            return x == 0.0 ? double.NegativeInfinity
                : x > 0.0 ? x
                : double.NaN;
        }
        return TryRound(LogOf(x), out var log) ? log : CorrectlyRoundedExact.Log(x);
    }

    /// <summary>ln(1 + x) for x up to 1; -infinity for -1, NaN below.</summary>
    /// <exception cref="ArgumentOutOfRangeException">x is above 1.</exception>
    public static double Log1P(double x)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(x, 1.0);
        if (!(x > -1.0) || x == 0.0)
        {
            return x == -1.0 ? double.NegativeInfinity
                : x == 0.0 ? x
                : double.NaN;
        }
        var (sum, rest) = DoubleDouble.TwoSum(1.0, x);
        var (exponent, m) = Split(sum);
        return TryRound(LogOf(exponent, m, ScaleB(rest, -exponent)), out var log)
            ? log
            : CorrectlyRoundedExact.Log1P(x);
    }

    /// <summary>e^x; infinity or 0 where it leaves the range of a double.</summary>
    public static double Exp(double x)
    {
        const double Overflow = 709.782712893384;
        const double Underflow = -745.1332191019412;
        const double Subnormal = -708.0;
        if (!(x <= Overflow) || x < Underflow)
        {
            return x > 0.0 ? double.PositiveInfinity
                : x < 0.0 ? 0.0
                : double.NaN;
        }
        if (x < Subnormal)
        {
            return CorrectlyRoundedExact.Exp(x);
        }
        var k = (int)Round(x * (64 * 1.4426950408889634));
        return TryRound(ExpOf(x, k), out var exp) ? ScaleB(exp, k >> 6) : CorrectlyRoundedExact.Exp(x);
    }

    /// <summary>sin x, for |x| up to 8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">|x| is above 8, or NaN.</exception>
    public static double Sin(double x)
    {
        var (quarter, rest) = Reduced(x);
        return TryRound(OfQuarter(quarter, rest), out var sin) ? sin : CorrectlyRoundedExact.Sin(x);
    }

    /// <summary>cos x, for |x| up to 8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">|x| is above 8, or NaN.</exception>
    public static double Cos(double x)
    {
        var (quarter, rest) = Reduced(x);
        return TryRound(OfQuarter(quarter + 1, rest), out var cos) ? cos : CorrectlyRoundedExact.Cos(x);
    }

    /// <summary>Ziv's test: the sum's two ends within the error must round to one number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryRound(DoubleDouble sum, out double rounded)
    {
        var error = Error * Abs(sum.High);
        rounded = sum.High + (sum.Low + error);
        return rounded == sum.High + (sum.Low - error);
    }

    /// <summary>x = 2^exponent m with m in [sqrt(1/2), sqrt(2)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (int Exponent, double Mantissa) Split(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (bits - BitConverter.DoubleToInt64Bits(RootHalf)) >> 52;
        return ((int)exponent, BitConverter.Int64BitsToDouble(bits - (exponent << 52)));
    }

    /// <summary>ln x of a finite x above 0, to 2^-65.</summary>
    internal static DoubleDouble LogOf(double x)
    {
        var (normal, shift) = x < SmallestNormal ? (x * (1L << 54), -54) : (x, 0);
        var (exponent, m) = Split(normal);
        return LogOf(exponent + shift, m, 0.0);
    }

    /// <summary>exponent ln 2 - ln c + ln(1 + r), where 1 + r = c (m + low), c is short and |r| below 2^-7.</summary>
    internal static DoubleDouble LogOf(int exponent, double m, double low)
    {
        var (c, minusLog) = CorrectlyRoundedTables.Logs[(int)((m * 128.0) + 0.5) - CorrectlyRoundedTables.FirstLog];
        var (product, productError) = DoubleDouble.TwoProduct(m, c);
        var (r, rLow) = DoubleDouble.TwoSum(product - 1.0, FusedMultiplyAdd(low, c, productError));
        var (square, squareLow) = DoubleDouble.TwoProduct(r, r);
        squareLow = FusedMultiplyAdd(r + r, rLow, squareLow);
        var series = FusedMultiplyAdd(r, -1.0 / 10, 1.0 / 9);
        series = FusedMultiplyAdd(r, series, -1.0 / 8);
        series = FusedMultiplyAdd(r, series, 1.0 / 7);
        series = FusedMultiplyAdd(r, series, -1.0 / 6);
        series = FusedMultiplyAdd(r, series, 1.0 / 5);
        series = FusedMultiplyAdd(r, series, -1.0 / 4);
        series = FusedMultiplyAdd(r, series, 1.0 / 3);
        var (sum, sumLow) = DoubleDouble.TwoSum(r, square * -0.5);
        var log = Normalized(sum, sumLow + (rLow - (squareLow * 0.5) + (r * square * series)));
        if (exponent == 0 && c == 1.0)
        {
            return log;
        }
        var ln2 = CorrectlyRoundedTables.Ln2;
        var (multiple, multipleLow) = DoubleDouble.TwoProduct(exponent, ln2.High);
        return new DoubleDouble(multiple, FusedMultiplyAdd(exponent, ln2.Low, multipleLow)) + minusLog + log;
    }

    /// <summary>2^(j / 64) e^r, where j = k mod 64 and r = x - k ln 2 / 64 is below 2^-7.</summary>
    internal static DoubleDouble ExpOf(double x, int k)
    {
        var ln2 = CorrectlyRoundedTables.Ln2;
        var step = k * (1.0 / 64);
        var (multiple, multipleLow) = DoubleDouble.TwoProduct(step, ln2.High);
        var (rest, restLow) = DoubleDouble.TwoSum(x, -multiple);
        var (r, rLow) = DoubleDouble.TwoSum(rest, restLow - FusedMultiplyAdd(step, ln2.Low, multipleLow));
        var (square, squareLow) = DoubleDouble.TwoProduct(r, r);
        squareLow = FusedMultiplyAdd(r + r, rLow, squareLow);
        var series = FusedMultiplyAdd(r, 1.0 / 40320, 1.0 / 5040);
        series = FusedMultiplyAdd(r, series, 1.0 / 720);
        series = FusedMultiplyAdd(r, series, 1.0 / 120);
        series = FusedMultiplyAdd(r, series, 1.0 / 24);
        series = FusedMultiplyAdd(r, series, 1.0 / 6);
        var (sum, sumLow) = DoubleDouble.TwoSum(r, square * 0.5);
        var lessOne = Normalized(sum, sumLow + (rLow + (squareLow * 0.5) + (r * square * series)));
        var power = CorrectlyRoundedTables.Powers[k & 63];
        return power + (power * lessOne);
    }

    /// <summary>x = quarter pi/2 + rest, to 2^-150.</summary>
    internal static (int Quarter, DoubleDouble Remainder) Reduced(double x)
    {
        const double HalfPi1 = 1.5707963267948966;
        const double HalfPi2 = 6.123233995736766e-17;
        const double HalfPi3 = -1.4973849048591698e-33;
        if (!(Abs(x) <= 8.0))
        {
            throw RandomArguments.OutOfRange(nameof(x), $"x is {x}; an angle must lie in -8 .. 8.");
        }
        var quarter = (int)Round(x * 0.6366197723675814);
        var (multiple, multipleLow) = DoubleDouble.TwoProduct(quarter, HalfPi1);
        var (rest, restLow) = DoubleDouble.TwoSum(x, -multiple);
        var reduced = new DoubleDouble(rest, restLow) - multipleLow - DoubleDouble.Product(quarter, HalfPi2);
        return (quarter, reduced - (quarter * HalfPi3));
    }

    /// <summary>sin(quarter pi/2 + rest), from the table's nearest angle a and t = |rest| - a, at most 1/128.</summary>
    internal static DoubleDouble OfQuarter(int quarter, DoubleDouble rest)
    {
        var negative = rest.High < 0.0;
        var size = negative ? -rest : rest;
        var j = (int)((size.High * 64.0) + 0.5);
        var (sinA, cosA) = CorrectlyRoundedTables.Angles[j];
        var (t, tLow) = DoubleDouble.TwoSum(size.High - (j * (1.0 / 64)), size.Low);
        var (square, squareLow) = DoubleDouble.TwoProduct(t, t);
        squareLow = FusedMultiplyAdd(t + t, tLow, squareLow);
        var series = FusedMultiplyAdd(square, 1.0 / 362880, -1.0 / 5040);
        series = FusedMultiplyAdd(square, series, 1.0 / 120);
        series = FusedMultiplyAdd(square, series, -1.0 / 6);
        var sinT = Normalized(t, FusedMultiplyAdd(t * square, series, tLow));
        series = FusedMultiplyAdd(square, 1.0 / 40320, -1.0 / 720);
        series = FusedMultiplyAdd(square, series, 1.0 / 24);
        var cosLessOne = Normalized(square * -0.5, FusedMultiplyAdd(square * square, series, squareLow * -0.5));
        var odd = (quarter & 1) != 0;
        var value = odd ? cosA + ((cosA * cosLessOne) - (sinA * sinT)) : sinA + ((sinA * cosLessOne) + (cosA * sinT));
        return ((quarter & 2) != 0) ^ (negative && !odd) ? -value : value;
    }

    /// <summary>high + low as a rounded sum and its error, for |low| below |high|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DoubleDouble Normalized(double high, double low)
    {
        var sum = high + low;
        return new(sum, low - (sum - high));
    }
}
