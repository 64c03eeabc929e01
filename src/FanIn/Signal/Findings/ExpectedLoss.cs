namespace FanIn;

/// <summary>What a classifier's first loss should be.</summary>
internal static class ExpectedLoss
{
    /// <summary>Beyond this the loss grows in proportion: the largest logit decides.</summary>
    private const double LargestDeviation = 30;

    /// <summary>
    /// E ln(sum of e^z) for <paramref name="classes"/> independent z ~ N(0, <paramref name="variance"/>): the mean cross-entropy
    /// of labels that the network knows nothing of. Near ln C + (s^2 / 2)(1 - 1/C) for small s, s sqrt(2 ln C) for large.
    /// </summary>
    /// <remarks>
    /// ln X is the integral of (e^-t - e^-tX) / t over t, so that of the sum only E e^(-t e^z), to the power of C, is needed:
    /// two sums by the trapezoid rule, over u = ln t and over z, whose errors fall off exponentially.
    /// </remarks>
    public static double Of(int classes, double variance)
    {
        double s = Math.Sqrt(variance);
        if (!(s > 0) || classes < 1)
        {
            return CorrectlyRounded.Log(Math.Max(1, classes));
        }
        return s > LargestDeviation ? s / LargestDeviation * Integral(classes, LargestDeviation) : Integral(classes, s);
    }

    private static double Integral(int classes, double s)
    {
        const double Step = 0.5;
        const double Reach = 8.5;
        double logClasses = CorrectlyRounded.Log(classes);
        double zStep = Math.Min(0.5, 0.5 / s);
        var z = new List<(double Exponent, double Weight)>();
        for (double at = -Reach; at <= Reach; at += zStep)
        {
            z.Add((s * at, zStep * NormalTail.Density(at)));
        }
        double sum = 0;
        // Below, e^-t and the product differ by less than 1e-16; above, both are 0 but for e^-t.
        double low = -(s * Reach) - logClasses - 40;
        double high = (s * Reach) + 5;
        for (double u = low; u <= high; u += Step)
        {
            double missing = 0;
            foreach ((double exponent, double weight) in z)
            {
                missing -= weight * Exponential.LessOne(-Exponential.Of(exponent + u));
            }
            double product = missing >= 1 ? 0 : Exponential.Of(classes * CorrectlyRounded.Log1P(-missing));
            sum += Step * (Exponential.Of(-Exponential.Of(u)) - product);
        }
        return sum;
    }
}
