using System.Collections.Immutable;

namespace FanIn.TorchSharp;

/// <summary>Whether a tensor's sample is a function of others' samples.</summary>
internal static class ValueMatch
{
    /// <summary>Elementwise activations that a forward pass may apply as a function, the usual ones first.</summary>
    public static readonly ImmutableArray<Activation> Activations =
    [
        .. new[]
        {
            "relu",
            "gelu",
            "gelu_tanh",
            "silu",
            "tanh",
            "sigmoid",
            "elu(1)",
            "selu",
            "relu6",
            "softplus",
            "mish",
            "quick_gelu",
            "hardswish",
            "hardtanh",
            "hard_sigmoid",
            "squared_relu",
            "softsign",
            "erf",
            "abs",
            "square",
            "sin",
            "cos",
            "atan",
            "log_sigmoid",
            "tanhshrink",
            "gaussian",
            "lecun_tanh",
        }.Select(Activation.Parse),
    ];

    /// <summary>Those that gate another value, the identity first: a value that came through a function already.</summary>
    public static readonly ImmutableArray<Activation> Gates = Activations.Insert(0, Activation.Parse("identity"));

    /// <summary>|a - b| over |b|, both in the Euclidean norm; infinite where a value isn't finite.</summary>
    public static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < b.Length; i++)
        {
            difference += (a[i] - b[i]) * (a[i] - b[i]);
            size += b[i] * b[i];
        }
        return !double.IsFinite(difference) || !double.IsFinite(size) ? double.PositiveInfinity
            : difference == 0 ? 0
            : Math.Sqrt(difference / size);
    }

    /// <summary>As <see cref="Distance"/>; infinite as soon as it is beyond <paramref name="most"/>, which most are at once.</summary>
    public static double DistanceUpTo(double most, Func<int, double> value, double[] output)
    {
        double size = Dot(output, output);
        double difference = 0;
        for (int i = 0; i < output.Length; i++)
        {
            double d = value(i) - output[i];
            difference += d * d;
            if (!(difference <= most * most * size))
            {
                return double.PositiveInfinity;
            }
        }
        return difference == 0 ? 0 : Math.Sqrt(difference / size);
    }

    public static bool AreSame(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        for (int i = 0; i < b.Length; i++)
        {
            if (!a[i].Equals(b[i]))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The activation f with f(input) = output within the tolerance, the nearest; null if none is.</summary>
    public static Activation? ActivationBetween(double[] input, double[] output, double tolerance)
    {
        if (!Array.TrueForAll(input, double.IsFinite) || !Array.TrueForAll(output, double.IsFinite))
        {
            return null;
        }
        Activation? best = null;
        double least = tolerance;
        foreach (
            Activation candidate in LeakyBetween(input, output) is { } leaky ? [.. Activations, leaky] : Activations
        )
        {
            double distance = DistanceUpTo(least, i => candidate.Value(input[i]), output);
            if (distance < least)
            {
                (best, least) = (candidate, distance);
            }
        }
        return best;
    }

    /// <summary>
    /// The factors that make a sum of the terms the output, to least squares; null where it isn't such a sum within the
    /// tolerance, or where a term isn't needed for it. Factors next to 1 are 1.
    /// </summary>
    public static double[]? Combination(double[][] terms, double[] output, double tolerance)
    {
        int n = terms.Length;
        var gram = new double[n, n + 1];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                gram[i, j] = Dot(terms[i], terms[j]);
            }
            gram[i, n] = Dot(terms[i], output);
        }
        if (Solve(gram, n) is not { } factors)
        {
            return null;
        }
        for (int i = 0; i < n; i++)
        {
            factors[i] = Math.Abs(factors[i] - 1) < 10 * tolerance ? 1 : factors[i];
        }
        double size = Math.Sqrt(Dot(output, output));
        for (int i = 0; i < n; i++)
        {
            if (Math.Abs(factors[i]) * Math.Sqrt(Dot(terms[i], terms[i])) <= 10 * tolerance * size)
            {
                return null;
            }
        }
        return Distance(Sum(terms, factors), output) <= tolerance ? factors : null;
    }

    public static double[] Sum(double[][] terms, double[] factors)
    {
        var sum = new double[terms[0].Length];
        for (int t = 0; t < terms.Length; t++)
        {
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += factors[t] * terms[t][i];
            }
        }
        return sum;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /// <summary>Gaussian elimination of a symmetric system; null for one that is singular or not finite.</summary>
    private static double[]? Solve(double[,] system, int n)
    {
        for (int k = 0; k < n; k++)
        {
            double before = system[k, k];
            for (int j = 0; j < k; j++)
            {
                double factor = system[k, j];
                for (int c = j; c <= n; c++)
                {
                    system[k, c] -= factor * system[j, c];
                }
            }
            double pivot = system[k, k];
            // What is left of a term once the others are taken off.
            if (!(pivot > 1e-9 * before) || !double.IsFinite(pivot))
            {
                return null;
            }
            for (int c = k; c <= n; c++)
            {
                system[k, c] /= pivot;
            }
        }
        var x = new double[n];
        for (int k = n - 1; k >= 0; k--)
        {
            x[k] = system[k, n];
            for (int j = k + 1; j < n; j++)
            {
                x[k] -= system[k, j] * x[j];
            }
        }
        return Array.TrueForAll(x, double.IsFinite) ? x : null;
    }

    /// <summary>The leaky ReLU, whose slope any negative value tells; null where they don't agree.</summary>
    private static Activation? LeakyBetween(double[] input, double[] output)
    {
        int place = Array.IndexOf(input, input.Min());
        double slope = output[place] / input[place];
        if (input[place] >= 0 || !(slope > 1e-6 && slope < 1))
        {
            return null;
        }
        // As it was written: 0.01, not 0.00999999978.
        return ModuleActivations.Named("leaky_relu", (double)(decimal)Math.Round(slope, 6));
    }
}
