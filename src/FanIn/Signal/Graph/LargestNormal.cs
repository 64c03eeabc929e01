using static System.Math;

namespace FanIn;

/// <summary>
/// The largest of <paramref name="count"/> values mean + common z + own z_i, z and z_i standard normal: expectations of a
/// function of it by quadrature to about 1e-6.
/// </summary>
internal sealed class LargestNormal(long count, double mean, double common, double own)
{
    private const int Steps = 96;
    private const double Reach = 8.0;

    /// <summary>E f, E f^2, and E f f' of two windows that have z in common.</summary>
    public (double Mean, double Square, double Windows) Moments(Func<double, double> f)
    {
        (double first, double second, double windows) = (0.0, 0.0, 0.0);
        double[] density = Density();
        const double Step = 2.0 * Reach / Steps;
        int commonSteps = common > 0.0 ? Steps : 1;
        for (int i = 0; i < commonSteps; i++)
        {
            double z = commonSteps == 1 ? 0.0 : ((i + 0.5) * Step) - Reach;
            double weight = commonSteps == 1 ? 1.0 : NormalTail.Density(z) * Step;
            (double value, double square) = (0.0, 0.0);
            for (int j = 0; j < Steps; j++)
            {
                double y = f(mean + (common * z) + (own * (((j + 0.5) * Step) - Reach)));
                value += density[j] * y;
                square += density[j] * y * y;
            }
            first += weight * value;
            second += weight * square;
            windows += weight * value * value;
        }
        return (first, second, windows);
    }

    /// <summary>
    /// Step times the density count phi Phi^(count - 1) of the largest z_i: for a function that is smooth and ends on both
    /// sides equal steps are as good as any rule. Scaled to the sum 1.
    /// </summary>
    private double[] Density()
    {
        double[] shares = new double[Steps];
        double sum = 0.0;
        for (int j = 0; j < Steps; j++)
        {
            double z = ((j + 0.5) * 2.0 * Reach / Steps) - Reach;
            shares[j] = NormalTail.Density(z) * Power(NormalTail.Phi(z), count - 1);
            sum += shares[j];
        }
        for (int j = 0; j < Steps; j++)
        {
            shares[j] = SignalState.Share(shares[j], sum);
        }
        return shares;
    }

    /// <summary>x^n.</summary>
    internal static double Power(double x, long n)
    {
        double power = 1.0;
        for (; n > 0; n >>= 1)
        {
            power *= (n & 1) == 1 ? x : 1.0;
            x *= x;
        }
        return power;
    }
}
