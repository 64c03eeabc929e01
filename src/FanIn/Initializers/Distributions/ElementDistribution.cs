namespace FanIn;

/// <summary>
/// The law that each single element of an initialized tensor follows, as real numbers: before rounding to an element
/// type. It doesn't say whether elements are independent: those of an orthogonal matrix aren't. Where elements follow
/// different laws, as the biases of different gates do, it is that of an element taken at random.
/// </summary>
public abstract class ElementDistribution
{
    private protected ElementDistribution(double mean, double standardDeviation) =>
        (Mean, StandardDeviation) = (mean, standardDeviation);

    /// <summary>The mean.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation; 0 where all elements are equal.</summary>
    public double StandardDeviation { get; }

    /// <summary>The third central moment over std^3; 0 for a symmetric law, NaN where std is 0.</summary>
    public virtual double Skewness => 0;

    /// <summary>The fourth central moment over std^4, minus 3: 0 for a normal, NaN where std is 0.</summary>
    public abstract double ExcessKurtosis { get; }

    /// <summary>The largest number that no element is below; may be negative infinity.</summary>
    public virtual double Low => double.NegativeInfinity;

    /// <summary>The smallest number that no element is above; may be infinity.</summary>
    public virtual double High => double.PositiveInfinity;

    /// <summary>The probability of a value at most <paramref name="x"/>.</summary>
    public abstract double Cdf(double x);

    /// <summary>The least x with Cdf(x) at least <paramref name="p"/>, by bisection.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> isn't within (0, 1).</exception>
    public double Quantile(double p)
    {
        if (!(p > 0 && p < 1))
        {
            throw RandomArguments.OutOfRange(nameof(p), $"p is {p}; a quantile's probability lies between 0 and 1.");
        }
        double below = Math.Max(Low, Mean - (FarthestOut * StandardDeviation));
        double above = Math.Min(High, Mean + (FarthestOut * StandardDeviation));
        if (Cdf(below) >= p)
        {
            return below;
        }
        while (true)
        {
            double middle = below + ((above - below) / 2);
            if (middle <= below || middle >= above)
            {
                return above;
            }
            (below, above) = Cdf(middle) < p ? (middle, above) : (below, middle);
        }
    }

    // No probability of float64 lies farther out.
    private const double FarthestOut = 40;

    /// <summary>What the shape is called in a sentence.</summary>
    internal virtual string ShapeName => "the expected one";

    /// <summary>N(mean, std^2), or the point <paramref name="mean"/> where <paramref name="std"/> is 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number isn't finite, or std is negative.</exception>
    public static ElementDistribution Normal(double mean, double std)
    {
        RandomArguments.CheckFiniteDouble(mean, nameof(mean));
        RandomArguments.CheckStd(std);
        return std > 0 ? new NormalLaw(mean, std) : At(mean);
    }

    /// <summary>Equally likely everywhere on [low, high), or the point where both are the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An end isn't finite, or low is above high.</exception>
    public static ElementDistribution Uniform(double low, double high)
    {
        RandomArguments.CheckInterval(low, high);
        return Uniform(low, high, (high - low) / Math.Sqrt(12));
    }

    /// <summary>N(mean, std^2), cut to [mean + a std, mean + b std]; its own standard deviation is below std.</summary>
    /// <param name="mean">The mean before the cut.</param>
    /// <param name="std">The standard deviation before the cut; 0 for the point mean.</param>
    /// <param name="a">The lower cut in units of std; may be negative infinity.</param>
    /// <param name="b">The upper cut in units of std; may be infinity.</param>
    /// <exception cref="ArgumentOutOfRangeException">Mean or std isn't finite, or std is negative.</exception>
    /// <exception cref="ArgumentException">The cut is empty, or so far out that it holds nothing.</exception>
    public static ElementDistribution TruncatedNormal(double mean, double std, double a = -2, double b = 2)
    {
        RandomArguments.CheckFiniteDouble(mean, nameof(mean));
        RandomArguments.CheckStd(std);
        TruncatedCut.Create(a, b);
        return CutNormal(mean, std, a, b);
    }

    /// <summary>One value with certainty.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value isn't finite.</exception>
    public static ElementDistribution Point(double value) =>
        At(RandomArguments.CheckFiniteDouble(value, nameof(value)));

    /// <summary>
    /// One coordinate of a point that is uniform on the sphere of a radius: what an element of an n x m orthogonal matrix
    /// times radius follows, n >= m, in n dimensions.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no dimensions, or the radius is negative or not finite.</exception>
    public static ElementDistribution Sphere(long dimensions, double radius)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(
            RandomArguments.CheckFiniteDouble(radius, nameof(radius)),
            nameof(radius)
        );
        return OnSphere(dimensions, radius);
    }

    internal static ElementDistribution At(double value) => new PointLaw(value);

    internal static ElementDistribution Uniform(double low, double high, double std) =>
        low < high ? new UniformLaw(low, high, std) : At(low);

    internal static ElementDistribution CutNormal(double mean, double uncutStd, double low, double high) =>
        uncutStd > 0 ? new CutNormalLaw(mean, uncutStd, low, high) : At(mean);

    internal static ElementDistribution OnSphere(long dimensions, double radius) =>
        radius > 0 ? new SphereLaw(dimensions, radius) : At(0);

    /// <summary>sign ln t for t ~ U[1, longest).</summary>
    internal static ElementDistribution LogUniform(double longest, int sign) => LogUniformLaw.Of(longest, sign);

    /// <summary>That of an element taken at random from groups of these shares.</summary>
    internal static ElementDistribution Mixture(ReadOnlySpan<(double Share, ElementDistribution Law)> parts) =>
        MixtureLaw.Of(parts);

    /// <summary>Some values, each with a probability; together the probabilities make 1.</summary>
    internal static ElementDistribution OneOf(params ReadOnlySpan<(double Value, double Probability)> values) =>
        FiniteLaw.Of(values);

    /// <summary>0 with a probability, otherwise another law's value.</summary>
    internal static ElementDistribution ZeroOr(double zeroProbability, ElementDistribution other) =>
        zeroProbability <= 0 ? other
        : zeroProbability >= 1 ? At(0)
        : new ZeroOrLaw(zeroProbability, other);
}

/// <summary>One value with certainty.</summary>
internal sealed class PointLaw(double value) : ElementDistribution(value, 0)
{
    internal override string ShapeName => "a constant";

    public override double Skewness => double.NaN;

    public override double ExcessKurtosis => double.NaN;

    public override double Low => Mean;

    public override double High => Mean;

    public override double Cdf(double x) => x < Mean ? 0 : 1;
}

/// <summary>Equally likely everywhere on [low, high).</summary>
internal sealed class UniformLaw(double low, double high, double std)
    : ElementDistribution(low + ((high - low) / 2), std)
{
    public override double ExcessKurtosis => -1.2;

    internal override string ShapeName => "uniform";

    public override double Low => low;

    public override double High => high;

    public override double Cdf(double x) => Math.Clamp((x - low) / (high - low), 0, 1);
}

/// <summary>N(mean, std^2).</summary>
internal sealed class NormalLaw(double mean, double std) : ElementDistribution(mean, std)
{
    public override double ExcessKurtosis => 0;

    internal override string ShapeName => "normal";

    public override double Cdf(double x) => NormalDistribution.Phi((x - Mean) / StandardDeviation);
}
