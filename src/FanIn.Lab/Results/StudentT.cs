namespace FanIn.Lab;

/// <summary>
/// Student's t distribution with a whole number of degrees of freedom, where its distribution function is a finite sum
/// (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4).
/// </summary>
internal static class StudentT
{
    /// <summary>The value below which <paramref name="probability"/> of the distribution lies.</summary>
    /// <param name="degrees">Degrees of freedom, from 1; the time grows with them.</param>
    /// <param name="probability">Above 1/2 and below 1: an upper quantile, of which the lower one is the negative.</param>
    public static double Quantile(int degrees, double probability)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        if (probability is not (> 0.5 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(probability),
                probability,
                "An upper quantile's is in (0.5, 1)."
            );
        }
        // In the angle the two-sided probability grows from 0 to 1 over 0 to pi / 2, the slower the further, so that Newton's
        // steps from 0 never pass the root.
        double wanted = (2 * probability) - 1;
        double angle = 0;
        while (true)
        {
            (double within, double slope) = Within(angle, degrees);
            double next = angle + ((wanted - within) / slope);
            if (!(next > angle))
            {
                return Math.Sqrt(degrees) * Math.Tan(angle);
            }
            angle = next;
        }
    }

    /// <summary>P(|t| at most sqrt(degrees) tan(angle)), and its derivative by the angle.</summary>
    private static (double Probability, double Slope) Within(double angle, int degrees)
    {
        if (degrees == 1)
        {
            return (2 / Math.PI * angle, 2 / Math.PI);
        }
        (double sine, double cosine) = Math.SinCos(angle);
        bool isOdd = degrees % 2 == 1;
        double term = isOdd ? cosine : 1;
        double sum = term;
        for (int power = isOdd ? 3 : 2; power < degrees; power += 2)
        {
            term *= cosine * cosine * (power - 1) / power;
            sum += term;
        }
        double slope = (degrees - 1) * term * cosine;
        return isOdd ? (2 / Math.PI * (angle + (sine * sum)), 2 / Math.PI * slope) : (sine * sum, slope);
    }
}
