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

    private readonly Dictionary<int, Point> _points = [];

    /// <summary>ln V, its slope and curvature.</summary>
    public (double Value, double Slope, double Curvature) Signal(double logVariance) =>
        At(logVariance, point => (point.Signal, point.SignalSlope));

    /// <summary>ln D, likewise.</summary>
    public (double Value, double Slope, double Curvature) Gradient(double logVariance) =>
        At(logVariance, point => (point.Gradient, point.GradientSlope));

    private (double, double, double) At(double x, Func<Point, (double Value, double Slope)> of)
    {
        int index = (int)Clamp(Floor(x / Step), -Last, Last);
        (double y0, double m0) = of(Of(index));
        (double y1, double m1) = of(Of(index + 1));
        double t = (x / Step) - index;
        if (t is < 0.0 or > 1.0)
        {
            (double edge, double at, double slope) = t < 0.0 ? (y0, 0.0, m0) : (y1, 1.0, m1);
            return (edge + (slope * (t - at) * Step), slope, 0.0);
        }
        (double rise, double first, double second) = (y1 - y0, m0 * Step, m1 * Step);
        double quadratic = (3.0 * rise) - (2.0 * first) - second;
        double cubic = first + second - (2.0 * rise);
        return (
            y0 + (t * (first + (t * (quadratic + (t * cubic))))),
            (first + (t * ((2.0 * quadratic) + (3.0 * t * cubic)))) / Step,
            ((2.0 * quadratic) + (6.0 * t * cubic)) / (Step * Step)
        );
    }

    private Point Of(int index)
    {
        if (!_points.TryGetValue(index, out Point point))
        {
            double q = CorrectlyRounded.Exp(index * Step);
            NormalResponse response = NormalResponse.Of(activation, 0.0, q);
            point = new(
                CorrectlyRounded.Log(Max(1e-300, response.SecondMoment)),
                response.SignalSlope,
                CorrectlyRounded.Log(Max(1e-300, response.DerivativeSecondMoment)),
                response.GradientSlope
            );
            _points[index] = point;
        }
        return point;
    }

    private readonly record struct Point(double Signal, double SignalSlope, double Gradient, double GradientSlope);
}
