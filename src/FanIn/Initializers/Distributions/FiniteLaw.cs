using System.Collections.Immutable;

namespace FanIn;

/// <summary>Finitely many values, each with its probability.</summary>
internal sealed class FiniteLaw : ElementDistribution
{
    private readonly ImmutableArray<(double Value, double Probability)> _values;

    private FiniteLaw(ImmutableArray<(double Value, double Probability)> values, double mean, double std)
        : base(mean, std) => _values = values;

    public override double Skewness => Central(3) / (StandardDeviation * StandardDeviation * StandardDeviation);

    public override double ExcessKurtosis
    {
        get
        {
            double variance = StandardDeviation * StandardDeviation;
            return (Central(4) / (variance * variance)) - 3;
        }
    }

    public override double Low => _values[0].Value;

    public override double High => _values[^1].Value;

    /// <summary>Equal values are added up, and improbable ones left out; of one value it is the point.</summary>
    public static ElementDistribution Of(ReadOnlySpan<(double Value, double Probability)> values)
    {
        var shares = new SortedDictionary<double, double>();
        foreach ((double value, double probability) in values)
        {
            if (probability > 0)
            {
                // + 0.0: minus zero is zero.
                shares[value + 0.0] = shares.GetValueOrDefault(value + 0.0) + probability;
            }
        }
        if (shares.Count == 1)
        {
            return At(shares.Keys.First());
        }
        ImmutableArray<(double Value, double Probability)> sorted = [.. shares.Select(s => (s.Key, s.Value))];
        double mean = sorted.Sum(v => v.Value * v.Probability);
        return new FiniteLaw(sorted, mean, Math.Sqrt(Central(sorted, mean, 2)));
    }

    public override double Cdf(double x)
    {
        double sum = 0;
        foreach ((double value, double probability) in _values)
        {
            if (value > x)
            {
                return Math.Min(sum, 1);
            }
            sum += probability;
        }
        return 1;
    }

    private double Central(int power) => Central(_values, Mean, power);

    private static double Central(ImmutableArray<(double Value, double Probability)> values, double mean, int power)
    {
        double sum = 0;
        foreach ((double value, double probability) in values)
        {
            double term = probability;
            for (int i = 0; i < power; i++)
            {
                term *= value - mean;
            }
            sum += term;
        }
        return sum;
    }
}
