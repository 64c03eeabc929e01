namespace FanIn;

/// <summary>x times something that rises from 0 to 1.</summary>
internal static class Silu
{
    public static readonly ActivationDefinition Plain = new(
        "silu",
        "x sigmoid(x)",
        _ => new(x => x * Exponential.Sigmoid(x), x => Exponential.Sigmoid(x) * (1.0 + (x * Exponential.Sigmoid(-x))))
    )
    {
        Source = "Elfwing, Uchibe, Doya, Sigmoid-weighted linear units, 2017; Ramachandran, Zoph, Le, 2017 (swish)",
        Use = "EfficientNet; gated in Llama",
    };

    public static readonly ActivationDefinition Mish = new(
        "mish",
        "x tanh(softplus(x))",
        _ => new(x => x * TanhOfSoftplus(x), MishDerivative)
    )
    {
        Source = "Misra, Mish: a self regularized non-monotonic activation function, 2019",
        Use = "YOLOv4",
    };

    /// <summary>((1 + e^x)^2 - 1) / ((1 + e^x)^2 + 1), in e^-|x|.</summary>
    private static double TanhOfSoftplus(double x)
    {
        double w = CorrectlyRounded.Exp(-Math.Abs(x));
        if (x < 0.0)
        {
            double n = w * (w + 2.0);
            return n / (n + 2.0);
        }
        return (1.0 + (2.0 * w)) / (1.0 + (2.0 * w) + (2.0 * w * w));
    }

    /// <summary>t + x (1 - t^2) sigmoid(x), with t = tanh(softplus(x)).</summary>
    private static double MishDerivative(double x)
    {
        double w = CorrectlyRounded.Exp(-Math.Abs(x));
        double lessThanOne = x < 0.0 ? 2.0 / ((w * (w + 2.0)) + 2.0) : 2.0 * w * w / (1.0 + (2.0 * w) + (2.0 * w * w));
        double t = TanhOfSoftplus(x);
        return t + (x * lessThanOne * (1.0 + t) * Exponential.Sigmoid(x));
    }
}
