namespace FanIn;

/// <summary>An element taken at random from several groups, each of a law of its own.</summary>
internal sealed class MixtureLaw : ElementDistribution
{
    private readonly (double Share, ElementDistribution Law)[] _parts;

    private MixtureLaw((double Share, ElementDistribution Law)[] parts, double mean, double std)
        : base(mean, std)
    {
        _parts = parts;
        double third = 0;
        double fourth = 0;
        foreach (var (share, law) in parts)
        {
            double shift = law.Mean - mean;
            double square = law.StandardDeviation * law.StandardDeviation;
            // A point has no moments about itself.
            double skew = square == 0 ? 0 : law.Skewness * square * law.StandardDeviation;
            double kurtosis = square == 0 ? 0 : (law.ExcessKurtosis + 3) * square * square;
            third += share * (skew + (3 * shift * square) + (shift * shift * shift));
            fourth +=
                share
                * (kurtosis + (4 * shift * skew) + (6 * shift * shift * square) + (shift * shift * shift * shift));
        }
        Skewness = third / (std * std * std);
        ExcessKurtosis = (fourth / (std * std * std * std)) - 3;
    }

    public override double Skewness { get; }

    public override double ExcessKurtosis { get; }

    public override double Low => _parts.Min(part => part.Law.Low);

    public override double High => _parts.Max(part => part.Law.High);

    public override double Cdf(double x)
    {
        double sum = 0;
        foreach (var (share, law) in _parts)
        {
            sum += share * law.Cdf(x);
        }
        return Math.Min(sum, 1);
    }

    /// <summary>The mixture; one point where all parts are that.</summary>
    public static ElementDistribution Of(ReadOnlySpan<(double Share, ElementDistribution Law)> parts)
    {
        double mean = 0;
        foreach (var (share, law) in parts)
        {
            mean += share * law.Mean;
        }
        double variance = 0;
        bool isPoint = true;
        foreach (var (share, law) in parts)
        {
            double shift = law.Mean - mean;
            variance += share * ((law.StandardDeviation * law.StandardDeviation) + (shift * shift));
            isPoint &= law.StandardDeviation == 0 && law.Mean == parts[0].Law.Mean;
        }
        return isPoint ? parts[0].Law : new MixtureLaw(parts.ToArray(), mean, Math.Sqrt(variance));
    }
}
