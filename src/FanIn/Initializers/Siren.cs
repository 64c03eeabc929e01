namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// For networks of layers sin(<paramref name="omega"/> (W x + b)): w ~ U(-b, b) with b = sqrt(6 / fan-in) / omega. What
    /// the sine gets then has variance fan-in omega^2 b^2 / 3 E x^2 = 2 E x^2, which is 1 behind the first layer, whose
    /// wide sines are arcsine-distributed: E x^2 = 1/2. The paper takes that for every layer; sines of a normal of variance
    /// q have E x^2 = (1 - e^(-2q)) / 2, so that the standard deviation goes on to 0.93 and settles at 0.893.
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
        (form, v) => VarianceScaling.Within(form, v, fan => v.Flag(1) ? 1 / fan.In : Math.Sqrt(6 / fan.In) / v[0])
    );
}
