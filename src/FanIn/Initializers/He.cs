namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>He's rule with a uniform distribution: w ~ U(-b, b), b = gain sqrt(3 / fan). See <see cref="HeNormal"/>.</summary>
    public static Initializer HeUniform(FanMode mode = FanMode.In, double gain = He.ReluGain) =>
        He.Uniform.With((int)mode, gain);

    /// <summary>
    /// He's rule: w ~ N(0, gain^2 / fan). For ReLU networks, gain sqrt(2): ReLU lets half of the second moment of a
    /// symmetric signal through, so a variance of 2 / fan-in makes up for it, layer after layer. With
    /// <see cref="FanMode.Out"/> the variance of gradients is kept instead; either will do, since the two differ by one
    /// factor for the whole network. Known as Kaiming initialization.
    /// </summary>
    /// <remarks>He, Zhang, Ren, Sun: Delving Deep into Rectifiers, 2015, equations 10 and 14.</remarks>
    public static Initializer HeNormal(FanMode mode = FanMode.In, double gain = He.ReluGain) =>
        He.Normal.With((int)mode, gain);
}

/// <summary>std(w) = gain / sqrt(fan), gain sqrt(2) by default.</summary>
internal static class He
{
    /// <summary>sqrt(2): 1 / sqrt(E[relu(z)^2]) for z ~ N(0, 1).</summary>
    public const double ReluGain = 1.4142135623730951;

    public static readonly Form<Initializer> Uniform = Create("he_uniform", ScaledDistribution.Uniform);
    public static readonly Form<Initializer> Normal = Create("he_normal", ScaledDistribution.Normal);

    private static Form<Initializer> Create(string name, ScaledDistribution distribution) =>
        new(
            name,
            [FormParameter.Choice("mode", FanMode.In), FormParameter.NotNegative("gain", ReluGain)],
            (form, v) => new VarianceScaling(form, v, distribution, fan => v[1] / Math.Sqrt(fan.Of((FanMode)v[0])))
        );
}
