namespace FanIn;

/// <summary>
/// The standard normal distribution in float64 with the same bits everywhere, relatively exact (1 ulp) far into
/// both tails. Worked in <see cref="DoubleDouble"/>: a series of positive terms near the centre (Abramowitz, Stegun
/// 26.2.11), Laplace's continued fraction in the tail (26.2.14). For set-up, not for every element.
/// </summary>
internal static class NormalDistribution
{
    private static readonly DoubleDouble Ln2 = new(0.6931471805599453, 2.3190468138462996e-17);
    private static readonly DoubleDouble InverseSqrtTwoPi = new(0.3989422804014327, -2.49232720227773e-17);

    // Beyond it the density is 0 even with the largest scale in use.
    private const double Negligible = 64.0;

    /// <summary>Phi(x), the probability of a value at most x.</summary>
    public static double Phi(double x) => UpperTail(-x);

    /// <summary>Q(x) = 1 - Phi(x), the probability of a value above x.</summary>
    public static double UpperTail(double x) => UpperTail(x, 0).Rounded;

    /// <summary>phi(x) = exp(-x^2 / 2) / sqrt(2 pi).</summary>
    public static double Density(double x) => Density(x, 0).Rounded;

    /// <summary>The x with Phi(x) = p; infinite for p = 0 and 1.</summary>
    public static double Quantile(double p)
    {
        if (!(p is >= 0.0 and <= 1.0))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "A probability lies in [0, 1].");
        }
        if (p is 0.0 or 1.0)
        {
            return p == 0.0 ? double.NegativeInfinity : double.PositiveInfinity;
        }
        // 1 - p is exact for p >= 1/2.
        return p <= 0.5 ? -UpperQuantile(p) : UpperQuantile(1.0 - p);
    }

    /// <summary>Q(x) 2^scale.</summary>
    internal static DoubleDouble UpperTail(double x, int scale)
    {
        if (double.IsNaN(x))
        {
            return double.NaN;
        }
        if (x < 0.0)
        {
            return new DoubleDouble(1.0, 0.0).Scaled(scale) - UpperTail(-x, scale);
        }
        if (x > Negligible)
        {
            return 0.0;
        }
        if (x > 3.0)
        {
            return Density(x, scale) * MillsRatio(x);
        }
        return (0.5 - (Density(x, 0) * CentralSeries(x))).Scaled(scale);
    }

    /// <summary>phi(x) 2^scale.</summary>
    internal static DoubleDouble Density(double x, int scale)
    {
        if (Math.Abs(x) > Negligible)
        {
            return 0.0;
        }
        var (exponential, exponent) = Exp(DoubleDouble.Product(x, x) * -0.5);
        return (exponential * InverseSqrtTwoPi).Scaled(exponent + scale);
    }

    /// <summary>(Phi(x) - 1/2) / phi(x) = x + x^3/3 + x^5/(3 5) + ...</summary>
    private static DoubleDouble CentralSeries(double x)
    {
        var square = DoubleDouble.Product(x, x);
        DoubleDouble term = x;
        var sum = term;
        for (var n = 3; term.High > sum.High * 1e-34; n += 2)
        {
            term = term * square / n;
            sum += term;
        }
        return sum;
    }

    /// <summary>Q(x) / phi(x) = 1/(x + 1/(x + 2/(x + 3/(x + ...)))); 120 terms leave 1e-40 at x = 3.</summary>
    private static DoubleDouble MillsRatio(double x)
    {
        DoubleDouble fraction = x;
        for (var n = 120; n >= 1; n--)
        {
            fraction = x + (n / fraction);
        }
        return 1.0 / fraction;
    }

    /// <summary>e^x = value 2^exponent, with the value in about [0.7, 1.42].</summary>
    private static (DoubleDouble Value, int Exponent) Exp(DoubleDouble x)
    {
        var exponent = (int)Math.Round(x.High / Ln2.High);
        var rest = x - (Ln2 * exponent);
        DoubleDouble term = 1.0;
        DoubleDouble sum = 1.0;
        for (var n = 1; n <= 26; n++)
        {
            term = term * rest / n;
            sum += term;
        }
        return (sum, exponent);
    }

    private static double UpperQuantile(double q)
    {
        var scale = q < 1e-150 ? 512 : 0;
        var start = NormalQuantile.OfTail(1.0 - (2.0 * q), Math.ScaleB(q, scale), scale, Math.ScaleB(1.0, -scale));
        // The start is good to 1e-15; one step of Newton's method doubles its digits.
        var error = UpperTail(start, scale) - new DoubleDouble(q, 0.0).Scaled(scale);
        return (start + (error / Density(start, scale))).Rounded;
    }
}
