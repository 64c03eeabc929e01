using System.Runtime.CompilerServices;

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

    /// <summary>What a cause does to the signal, or to the gradient, of each example in each of the draws.</summary>
    public Func<int, double[]> Draws(int index, bool ofGradient) =>
        examples =>
        {
            Cause cause = _causes[index];
            (double common, double own) = Parts(cause.Signal, examples);
            double[] signal = Normals(index, "signal", common, own, examples);
            if (!ofGradient)
            {
                return signal;
            }
            (double gradientCommon, double gradientOwn) = Parts(cause.Gradient, examples);
            (double jointCommon, double jointOwn) = Parts(cause.Joint, examples);
            // What goes along with the signal's draws, then the rest.
            double along = SignalState.Share(cause.Joint.Single, cause.Signal.Single);
            double[] gradient = Normals(
                index,
                "gradient",
                Math.Max(0.0, gradientCommon - (along * jointCommon)),
                Math.Max(0.0, gradientOwn - (along * jointOwn)),
                examples
            );
            for (int i = 0; i < gradient.Length; i++)
            {
                gradient[i] += along * signal[i];
            }
            return gradient;
        };

    /// <summary>The variance that examples have in common, and what each has of its own.</summary>
    private static (double Common, double Own) Parts(Spread spread, int examples)
    {
        if (examples == 1)
        {
            return (spread.Mean, 0.0);
        }
        double common = (spread.Mean - (spread.Single / examples)) / (1.0 - (1.0 / examples));
        common = Math.Clamp(common, Math.Min(0.0, spread.Mean), Math.Max(0.0, spread.Mean));
        return (common, examples * (spread.Mean - common));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double[] Normals(int index, string what, double common, double own, int examples)
    {
        double[] shared = Normals(FormattableString.Invariant($"{what}{index}"), common, Members.Count);
        double[] each = Normals(FormattableString.Invariant($"{what}{index}#examples"), own, Members.Count * examples);
        for (int draw = 0, i = 0; draw < shared.Length; draw++)
        {
            for (int example = 0; example < examples; example++, i++)
            {
                each[i] += shared[draw];
            }
        }
        return each;
    }

    private static double[] Normals(string key, double variance, int count)
    {
        double[] normals = new double[count];
        if (variance > 0.0)
        {
            RandomStream.Create(0, key).FillNormal(normals.AsSpan(), 0.0, Math.Sqrt(variance), 0);
        }
        return normals;
    }

    /// <summary>Variances of a logarithm that answers to the causes as said.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
