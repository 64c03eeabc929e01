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
    /// factor for the whole network. With <see cref="FanMode.GeometricMean"/> it is the rule by which Defazio and Bottou
    /// make all layers of a ReLU network learn at one rate. Known as Kaiming initialization.
    /// </summary>
    /// <remarks>
    /// He, Zhang, Ren, Sun: Delving Deep into Rectifiers, 2015, equations 10 and 14; Defazio, Bottou: A Scaling Calculus for
    /// the Design and Initialization of ReLU Networks, 2019. PyTorch's <c>kaiming_normal_</c>; what Keras and JAX call
    /// <c>he_normal</c> is <see cref="HeTruncatedNormal"/>.
    /// </remarks>
    public static Initializer HeNormal(FanMode mode = FanMode.In, double gain = He.ReluGain) =>
        He.Normal.With((int)mode, gain);

    /// <summary>
    /// He's rule from a normal that is cut at two standard deviations and widened by 1 / 0.8796, so that
    /// std = gain / sqrt(fan) is kept and |w| &lt;= 2.27 std: the numbers of Keras's and JAX's <c>he_normal</c>. See
    /// <see cref="HeNormal"/>.
    /// </summary>
    public static Initializer HeTruncatedNormal(FanMode mode = FanMode.In, double gain = He.ReluGain) =>
        He.TruncatedNormal.With((int)mode, gain);
}

/// <summary>std(w) = gain / sqrt(fan), gain sqrt(2) by default.</summary>
internal static class He
{
    /// <summary>sqrt(2): 1 / sqrt(E[relu(z)^2]) for z ~ N(0, 1).</summary>
    public const double ReluGain = 1.4142135623730951;

    public static readonly Form<Initializer> Uniform = Create("he_uniform", ScaledDistribution.Uniform);
    public static readonly Form<Initializer> Normal = Create("he_normal", ScaledDistribution.Normal);
    public static readonly Form<Initializer> TruncatedNormal = Create(
        "he_truncated_normal",
        ScaledDistribution.TruncatedNormal
    );

    private static Form<Initializer> Create(string name, ScaledDistribution distribution) =>
        new(
            name,
            [FormParameter.Choice("mode", FanMode.In), FormParameter.NotNegative("gain", ReluGain)],
            (form, v) => new VarianceScaling(form, v, distribution, fan => v[1] / Math.Sqrt(fan.Of((FanMode)v[0])))
        );
}
