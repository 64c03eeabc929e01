namespace FanIn;

/// <summary>sign ln t for t ~ U[1, longest), sign +1 or -1: the density of ln t is e^x / (longest - 1) on [0, ln longest).</summary>
internal sealed class LogUniformLaw : ElementDistribution
{
    private readonly double _longest;
    private readonly int _sign;
    private readonly double _end;

    private LogUniformLaw(double longest, int sign, double end, Moments moments)
        : base(sign * moments.Mean, Math.Sqrt(moments.Second))
    {
        (_longest, _sign, _end) = (longest, sign, end);
        Skewness = sign * moments.Third / (moments.Second * StandardDeviation);
        ExcessKurtosis = (moments.Fourth / (moments.Second * moments.Second)) - 3;
    }

    public override double Skewness { get; }

    public override double ExcessKurtosis { get; }

    public override double Low => _sign > 0 ? 0 : -_end;

    public override double High => _sign > 0 ? _end : 0;

    public override double Cdf(double x) => _sign > 0 ? Below(x) : 1 - Below(-x);

    public static ElementDistribution Of(double longest, int sign)
    {
        double end = CorrectlyRounded.Log(longest);
        return longest > 1 ? new LogUniformLaw(longest, sign, end, Moments.Of(end)) : At(0);
    }

    private double Below(double x) =>
        x <= 0 ? 0
        : x >= _end ? 1
        : (CorrectlyRounded.Exp(x) - 1) / (_longest - 1);

    /// <summary>Mean and central moments, by Gauss and Legendre's rule of 4 points on 64 panels.</summary>
    private readonly record struct Moments(double Mean, double Second, double Third, double Fourth)
    {
        private static ReadOnlySpan<double> Nodes => [0.3399810435848563, 0.8611363115940526];
        private static ReadOnlySpan<double> Weights => [0.6521451548625461, 0.3478548451374538];

        public static Moments Of(double end)
        {
            double mass = Integral(end, 0, 0);
            double mean = Integral(end, 0, 1) / mass;
            return new(
                mean,
                Integral(end, mean, 2) / mass,
                Integral(end, mean, 3) / mass,
                Integral(end, mean, 4) / mass
            );
        }

        private static double Integral(double end, double from, int power)
        {
            const int Panels = 64;
            double half = end / (2 * Panels);
            double sum = 0;
            for (int panel = 0; panel < Panels; panel++)
            {
                for (int i = 0; i < 2 * Nodes.Length; i++)
                {
                    double x = half * ((2 * panel) + 1 + ((i & 1) == 0 ? Nodes[i >> 1] : -Nodes[i >> 1]));
                    double value = Weights[i >> 1] * CorrectlyRounded.Exp(x);
                    for (int k = 0; k < power; k++)
                    {
                        value *= x - from;
                    }
                    sum += value;
                }
            }
            return sum;
        }
    }
}
