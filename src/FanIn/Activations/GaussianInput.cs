namespace FanIn;

/// <summary>An activation as a function of z ~ N(0, 1): f(sqrt(q) z), q the variance of its input.</summary>
internal sealed class GaussianInput(Activation activation, double variance)
{
    private readonly Func<double, double> _value = activation.Function.Value;
    private readonly Func<double, double>? _derivative = activation.Function.Derivative;

    /// <summary>sqrt(q).</summary>
    public double Scale { get; } = Math.Sqrt(variance);

    public double Variance => variance;

    public Activation Activation => activation;

    public bool HasSlope => _derivative is not null;

    public double Value(double z) => Finite(_value(Scale * z), z, "");

    /// <summary>d f(sqrt(q) z) / dz.</summary>
    public double Slope(double z) => Scale * Finite(_derivative!(Scale * z), z, "the derivative of ");

    private double Finite(double value, double z, string what) =>
        double.IsFinite(value)
            ? value
            : throw Fault(
                $"{what}'{activation}' is {value} at {Scale * z:R}; it must be finite where its input can be"
            );

    public static ExpectationException Fault(FormattableString message) =>
        new(message.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
