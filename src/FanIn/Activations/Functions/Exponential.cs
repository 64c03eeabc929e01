using static System.Math;

namespace FanIn;

/// <summary>
/// The exponential and what is made of it, the same on every platform: relatively exact to a few units in the last
/// place for every finite argument, also in the tails, where an argument's rounding would count.
/// </summary>
internal static class Exponential
{
    private const double Overflow = 709.782712893384;
    private const double Underflow = -745.1332191019412;

    /// <summary>e^x of an argument that a double can't hold exactly.</summary>
    public static double Of(DoubleDouble x)
    {
        if (!(x.High > Underflow))
        {
            return 0.0;
        }
        if (x.High > Overflow)
        {
            return double.PositiveInfinity;
        }
        var k = (int)Round(x.High * (64 * 1.4426950408889634));
        var exponential = CorrectlyRounded.ExpOf(x.High, k);
        return ScaleB((exponential + (exponential * x.Low)).Rounded, k >> 6);
    }

    /// <summary>e^(-x^2).</summary>
    public static double OfMinusSquare(double x) => Abs(x) > 28.0 ? 0.0 : Of(-DoubleDouble.Product(x, x));

    /// <summary>e^x - 1.</summary>
    public static double LessOne(double x)
    {
        const double Small = 1.0 / 64;
        if (Abs(x) < Small)
        {
            // The terms behind x are too small for their rounding to count.
            var series = FusedMultiplyAdd(x, 1.0 / 5040, 1.0 / 720);
            series = FusedMultiplyAdd(x, series, 1.0 / 120);
            series = FusedMultiplyAdd(x, series, 1.0 / 24);
            series = FusedMultiplyAdd(x, series, 1.0 / 6);
            series = FusedMultiplyAdd(x, series, 1.0 / 2);
            return FusedMultiplyAdd(x * x, series, x);
        }
        if (x < -40.0)
        {
            return -1.0;
        }
        if (x > 40.0)
        {
            return CorrectlyRounded.Exp(x);
        }
        var k = (int)Round(x * (64 * 1.4426950408889634));
        return (CorrectlyRounded.ExpOf(x, k).Scaled(k >> 6) - 1.0).Rounded;
    }

    /// <summary>1 / (1 + e^-x).</summary>
    public static double Sigmoid(DoubleDouble x)
    {
        if (x.High >= 0.0)
        {
            return 1.0 / (1.0 + Of(-x));
        }
        double small = Of(x);
        return small / (1.0 + small);
    }

    /// <summary>The slope of the sigmoid, even in x.</summary>
    public static double SigmoidSlope(DoubleDouble x)
    {
        double small = Of(x.High > 0.0 ? -x : x);
        return small / ((1.0 + small) * (1.0 + small));
    }

    /// <summary>tanh x = (1 - e^-2x) / (1 + e^-2x), from the side where nothing cancels.</summary>
    public static double Tanh(double x)
    {
        double lessOne = LessOne(-2.0 * Min(Abs(x), 1e3));
        return CopySign(lessOne / (2.0 + lessOne), x);
    }

    /// <summary>ln(1 + e^x).</summary>
    public static double Softplus(double x) => Max(x, 0.0) + CorrectlyRounded.Log1P(CorrectlyRounded.Exp(-Abs(x)));
}
