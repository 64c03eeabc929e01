namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// For networks of layers sin(<paramref name="omega"/> (W x + b)): w ~ U(-b, b) with b = sqrt(6 / fan-in) / omega. What
    /// the sine gets then has standard deviation 1 in every layer: the layer before gives arcsine-distributed values of
    /// variance 1/2, so W x has variance fan-in b^2 / 3 / 2 = 1 / omega^2.
    /// </summary>
    /// <param name="omega">The frequency that the layers multiply by; 30 in the paper.</param>
    /// <param name="first">
    /// The first layer, whose inputs are coordinates in [-1, 1]: b = 1 / fan-in, whatever omega, so that its sines span
    /// several periods.
    /// </param>
    /// <remarks>
    /// Sitzmann, Martel, Bergman, Lindell, Wetzstein: Implicit Neural Representations with Periodic Activation Functions,
    /// 2020, section 3.2.
    /// </remarks>
    public static Initializer Siren(double omega = 30, bool first = false) =>
        FanIn.Siren.Form.With(omega, first ? 1 : 0);
}

/// <summary>|w| &lt;= 1 / fan-in in the first layer, sqrt(6 / fan-in) / omega in the others.</summary>
internal static class Siren
{
    public static readonly Form<Initializer> Form = new(
        "siren",
        [FormParameter.Positive("omega", 30), FormParameter.Flag("first", false)],
        (form, v) =>
            VarianceScaling.Within(form, v, fan => v.Flag(1) ? 1 / fan.In : Math.Sqrt(6 / fan.In) / v[0])
    );
}
