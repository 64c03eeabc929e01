using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>
/// An unevaluated sum of two doubles: about 106 bits, from additions, products and fused multiply-adds alone.
/// T. J. Dekker, "A floating-point technique for extending the available precision", Numer. Math. 18 (1971).
/// For the few constants of a fill, which must be the same on every platform.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DoubleDouble(double High, double Low)
{
    public static implicit operator DoubleDouble(double value) => new(value, 0.0);

    public static DoubleDouble operator +(DoubleDouble a, DoubleDouble b)
    {
        var (sum, error) = TwoSum(a.High, b.High);
        var (low, lowError) = TwoSum(a.Low, b.Low);
        (sum, error) = FastTwoSum(sum, error + low);
        return Normalized(sum, error + lowError);
    }

    public static DoubleDouble operator -(DoubleDouble a) => new(-a.High, -a.Low);

    public static DoubleDouble operator -(DoubleDouble a, DoubleDouble b) => a + -b;

    public static DoubleDouble operator *(DoubleDouble a, DoubleDouble b)
    {
        var (product, error) = TwoProduct(a.High, b.High);
        error = Math.FusedMultiplyAdd(a.High, b.Low, Math.FusedMultiplyAdd(a.Low, b.High, error));
        return Normalized(product, error);
    }

    public static DoubleDouble operator /(DoubleDouble a, DoubleDouble b)
    {
        var first = a.High / b.High;
        var rest = a - (b * first);
        var second = rest.High / b.High;
        rest -= b * second;
        return Normalized(first, second) + (rest.High / b.High);
    }

    /// <summary>The value rounded to a double.</summary>
    public double Rounded => High + Low;

    /// <summary>a b as an exact sum of two doubles.</summary>
    public static DoubleDouble Product(double a, double b)
    {
        var (product, error) = TwoProduct(a, b);
        return new(product, error);
    }

    /// <summary>The value times 2^exponent.</summary>
    public DoubleDouble Scaled(int exponent) => new(Math.ScaleB(High, exponent), Math.ScaleB(Low, exponent));

    /// <summary>a + b exactly, as the rounded sum and its error.</summary>
    public static (double Sum, double Error) TwoSum(double a, double b)
    {
        var sum = a + b;
        var bPart = sum - a;
        return (sum, (a - (sum - bPart)) + (b - bPart));
    }

    /// <summary>a b exactly (but for underflow), as the rounded product and its error.</summary>
    public static (double Product, double Error) TwoProduct(double a, double b)
    {
        var product = a * b;
        return (product, Math.FusedMultiplyAdd(a, b, -product));
    }

    private static (double Sum, double Error) FastTwoSum(double a, double b)
    {
        var sum = a + b;
        return (sum, b - (sum - a));
    }

    private static DoubleDouble Normalized(double high, double low)
    {
        var (sum, error) = FastTwoSum(high, low);
        return new(sum, error);
    }
}
