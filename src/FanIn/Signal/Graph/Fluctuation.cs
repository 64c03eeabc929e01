namespace FanIn;

/// <summary>
/// Independent causes of fluctuation over draws of the weights, and how far the logarithms of the network's mean squares
/// answer to each: first order in one over the width. A cause moves signals and gradients together.
/// </summary>
internal sealed class Fluctuation
{
    private readonly List<Cause> _causes = [];

    /// <summary>A new cause's number.</summary>
    public int Add(Cause cause)
    {
        _causes.Add(cause);
        return _causes.Count - 1;
    }

    /// <summary>Variances of a logarithm that answers to the causes as said.</summary>
    public Spread Variance(Response response)
    {
        (double single, double mean) = (0.0, 0.0);
        for (int i = 0; i < _causes.Count; i++)
        {
            (double signal, double gradient) = (response.Signal(i), response.Gradient(i));
            if (signal == 0.0 && gradient == 0.0)
            {
                continue;
            }
            Cause cause = _causes[i];
            single +=
                (signal * signal * cause.Signal.Single)
                + (2.0 * signal * gradient * cause.Joint.Single)
                + (gradient * gradient * cause.Gradient.Single);
            mean +=
                (signal * signal * cause.Signal.Mean)
                + (2.0 * signal * gradient * cause.Joint.Mean)
                + (gradient * gradient * cause.Gradient.Mean);
        }
        return new(Math.Max(0.0, single), Math.Max(0.0, mean));
    }

    /// <summary>Variances of one example's and position's relative deviation, and of its mean over the batch.</summary>
    public readonly record struct Spread(double Single, double Mean);

    /// <summary>What one cause does to the signal and to the gradient where it arises; their variances and covariance.</summary>
    public readonly record struct Cause(Spread Signal, Spread Gradient = default, Spread Joint = default);

    /// <summary>The factors by which a logarithm answers to each cause's signal and gradient part.</summary>
    public sealed class Response(double[] signal, double[] gradient)
    {
        public static readonly Response None = new([], []);

        public double Signal(int cause) => cause < signal.Length ? signal[cause] : 0.0;

        public double Gradient(int cause) => cause < gradient.Length ? gradient[cause] : 0.0;

        public Response Times(double factor) =>
            factor == 1.0 ? this
            : factor == 0.0 ? None
            : new([.. signal.Select(x => factor * x)], [.. gradient.Select(x => factor * x)]);

        public Response Plus(Response other)
        {
            (double[] otherSignal, double[] otherGradient) = other.Parts;
            return new(Sum(signal, otherSignal), Sum(gradient, otherGradient));
        }

        public Response PlusSignal(int cause) => new(With(signal, cause), gradient);

        public Response PlusGradient(int cause) => new(signal, With(gradient, cause));

        private (double[], double[]) Parts => (signal, gradient);

        private static double[] Sum(double[] a, double[] b)
        {
            (double[] longer, double[] shorter) = a.Length >= b.Length ? (a, b) : (b, a);
            if (shorter.Length == 0)
            {
                return longer;
            }
            double[] sum = [.. longer];
            for (int i = 0; i < shorter.Length; i++)
            {
                sum[i] += shorter[i];
            }
            return sum;
        }

        private static double[] With(double[] factors, int cause)
        {
            double[] with = new double[Math.Max(factors.Length, cause + 1)];
            factors.CopyTo(with, 0);
            with[cause] += 1.0;
            return with;
        }
    }
}
