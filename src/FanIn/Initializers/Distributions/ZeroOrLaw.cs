namespace FanIn;

/// <summary>0 with a probability, otherwise a value of another law: a sparse matrix, or a kernel with one used tap.</summary>
internal sealed class ZeroOrLaw : ElementDistribution
{
    private readonly double _zero;
    private readonly ElementDistribution _other;

    public ZeroOrLaw(double zeroProbability, ElementDistribution other)
        : base((1 - zeroProbability) * other.Mean, Math.Sqrt(Central(zeroProbability, other, 2))) =>
        (_zero, _other) = (zeroProbability, other);

    public override double Skewness =>
        Central(_zero, _other, 3) / (StandardDeviation * StandardDeviation * StandardDeviation);

    public override double ExcessKurtosis
    {
        get
        {
            double variance = StandardDeviation * StandardDeviation;
            return (Central(_zero, _other, 4) / (variance * variance)) - 3;
        }
    }

    public override double Low => Math.Min(0, _other.Low);

    public override double High => Math.Max(0, _other.High);

    public override double Cdf(double x) => (x >= 0 ? _zero : 0) + ((1 - _zero) * _other.Cdf(x));

    /// <summary>E (x - mean)^k: of the zeros (-mean)^k, of the others by the binomial theorem about their own mean.</summary>
    private static double Central(double zero, ElementDistribution other, int power)
    {
        double mean = (1 - zero) * other.Mean;
        double shift = other.Mean - mean;
        double std = other.StandardDeviation;
        // A point has no skewness to speak of.
        double third = std > 0 ? other.Skewness * std * std * std : 0;
        double fourth = std > 0 ? (other.ExcessKurtosis + 3) * std * std * std * std : 0;
        double ofOthers = power switch
        {
            2 => (std * std) + (shift * shift),
            3 => third + (3 * shift * std * std) + (shift * shift * shift),
            _ => fourth + (4 * shift * third) + (6 * shift * shift * std * std) + (shift * shift * shift * shift),
        };
        double ofZeros = power switch
        {
            2 => mean * mean,
            3 => -mean * mean * mean,
            _ => mean * mean * mean * mean,
        };
        return (zero * ofZeros) + ((1 - zero) * ofOthers);
    }
}
