namespace FanIn;

/// <summary>The hyperbolic tangent, LeCun's scaled one, and what is left of x without it.</summary>
internal static class Tanh
{
    /// <summary>LeCun's amplitude: f(1) = 1 and f(-1) = -1, with the largest curvature there.</summary>
    private const double Amplitude = 1.7159;

    private static readonly DoubleDouble s_fourThirds = new(1.3333333333333333, 7.401486830834377e-17);

    public static readonly ActivationDefinition Plain = new(
        "tanh",
        "tanh(x)",
        _ => new(Exponential.Tanh, x => 4.0 * Exponential.SigmoidSlope(2.0 * Near(x)))
    )
    {
        Source = "none",
        Use = "recurrent networks; xavier's case",
        TorchGain = _ => 5.0 / 3.0,
    };

    public static readonly ActivationDefinition LeCun = new(
        "lecun_tanh",
        "1.7159 tanh(2 x / 3)",
        _ =>
            new(
                x => Amplitude * Exponential.Tanh(Near(x) * (2.0 / 3.0)),
                x => Amplitude * 8.0 / 3.0 * Exponential.SigmoidSlope(s_fourThirds * Near(x))
            )
    )
    {
        Source = "LeCun, Bottou, Orr, Mueller, Efficient backprop, 1998",
        Use = "tanh for inputs and targets of unit size, with lecun_normal",
    };

    public static readonly ActivationDefinition Shrink = new(
        "tanhshrink",
        "x - tanh(x)",
        _ => new(Rest, x => Exponential.Tanh(x) * Exponential.Tanh(x))
    )
    {
        Source = "none",
        Use = "in torch; flat at 0, so that small signals vanish",
    };

    /// <summary>x - tanh x; near 0, where that cancels, sum of 2k x^(2k+1) / (2k+1)! over cosh x, all of one sign.</summary>
    private static double Rest(double x)
    {
        if (Math.Abs(x) > 2.0)
        {
            return x - Exponential.Tanh(x);
        }
        double square = x * x;
        // x^(2k+1) / (2k+1)!
        double term = x;
        double sum = 0.0;
        for (int k = 1; k <= 14; k++)
        {
            term *= square / (2 * k * ((2 * k) + 1));
            sum += 2 * k * term;
        }
        return sum * 2.0 / (CorrectlyRounded.Exp(x) + CorrectlyRounded.Exp(-x));
    }

    private static double Near(double x) => Math.Clamp(x, -1e3, 1e3);
}
