using static System.Math;

namespace FanIn;

/// <summary>Where a continuous function changes sign.</summary>
internal static class BracketedRoot
{
    /// <summary>
    /// Chandrupatla's method, "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear function",
    /// Advances in Engineering Software 28 (1997): to the last bits of the argument.
    /// </summary>
    /// <param name="function">Of opposite signs at the two ends.</param>
    /// <param name="low">One end.</param>
    /// <param name="high">The other.</param>
    public static double Find(Func<double, double> function, double low, double high)
    {
        (double a, double b) = (high, low);
        (double fa, double fb) = (function(a), function(b));
        (double c, double fc) = (a, fa);
        double t = 0.5;
        for (int step = 0; step < 200; step++)
        {
            double x = a + (t * (b - a));
            double fx = function(x);
            if (Sign(fx) == Sign(fa))
            {
                (c, fc) = (a, fa);
            }
            else
            {
                (c, b, fc, fb) = (b, a, fb, fa);
            }
            (a, fa) = (x, fx);
            (double best, double fBest) = Abs(fa) < Abs(fb) ? (a, fa) : (b, fb);
            double least = 2.2e-16 * Abs(best) / Abs(b - c);
            if (fBest == 0.0 || !(least <= 0.5))
            {
                return best;
            }
            double xi = (a - b) / (c - b);
            double phi = (fa - fb) / (fc - fb);
            bool isSmooth = phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi;
            t = isSmooth
                ? (fa / (fb - fa) * fc / (fb - fc)) + ((c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb))
                : 0.5;
            t = Clamp(t, least, 1.0 - least);
        }
        return a;
    }
}
