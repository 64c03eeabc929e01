using System.Runtime.CompilerServices;
using static System.Math;

namespace FanIn;

/// <summary>
/// ln V and ln D of an activation over ln q, between points where they and their slopes are known: cubic, to about 1e-5.
/// </summary>
internal sealed class ResponseCurve(Activation activation)
{
    /// <summary>Of ln q.</summary>
    private const double Step = 0.5;

    /// <summary>Beyond, it goes on straight.</summary>
    private const int Last = 600;

    private readonly Point?[] _points = new Point?[(2 * Last) + 2];

    /// <summary>ln V, or ln D, at each of <paramref name="logVariances"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Replace(Span<double> logVariances, bool ofGradient)
    {
        foreach (ref double x in logVariances)
        {
            int index = (int)Clamp(Floor(x / Step), -Last, Last);
            Point low = Of(index);
            Point high = Of(index + 1);
            double t = (x / Step) - index;
            x = ofGradient
                ? Between(t, low.Gradient, low.GradientSlope, high.Gradient, high.GradientSlope)
                : Between(t, low.Signal, low.SignalSlope, high.Signal, high.SignalSlope);
        }
    }

    private static double Between(double t, double y0, double m0, double y1, double m1)
    {
        if (t is < 0.0 or > 1.0)
        {
            return t < 0.0 ? y0 + (m0 * t * Step) : y1 + (m1 * (t - 1.0) * Step);
        }
        (double rise, double first, double second) = (y1 - y0, m0 * Step, m1 * Step);
        double quadratic = (3.0 * rise) - (2.0 * first) - second;
        double cubic = first + second - (2.0 * rise);
        return y0 + (t * (first + (t * (quadratic + (t * cubic)))));
    }

    private Point Of(int index)
    {
        if (_points[index + Last] is { } known)
        {
            return known;
        }
        double q = CorrectlyRounded.Exp(index * Step);
        NormalResponse response = NormalResponse.Of(activation, 0.0, q);
        var point = new Point(
            CorrectlyRounded.Log(Max(1e-300, response.SecondMoment)),
            response.SignalSlope,
            CorrectlyRounded.Log(Max(1e-300, response.DerivativeSecondMoment)),
            response.GradientSlope
        );
        _points[index + Last] = point;
        return point;
    }

    private sealed record Point(double Signal, double SignalSlope, double Gradient, double GradientSlope);
}
