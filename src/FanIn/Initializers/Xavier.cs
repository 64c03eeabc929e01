namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>Xavier's rule with a uniform distribution: w ~ U(-b, b), b = gain sqrt(6 / (fan-in + fan-out)). See <see cref="XavierNormal"/>.</summary>
    public static Initializer XavierUniform(double gain = 1) => Xavier.Uniform.With(gain);

    /// <summary>
    /// Xavier's rule: w ~ N(0, 2 gain^2 / (fan-in + fan-out)). For tanh-like and linear layers: the compromise between
    /// keeping the variance forward (1 / fan-in) and backward (1 / fan-out), derived where the activation is linear
    /// around 0. In a deep ReLU network each layer halves the variance: use He's rule there. Known as Glorot
    /// initialization.
    /// </summary>
    /// <remarks>Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks, 2010, equations 12 and 16.</remarks>
    public static Initializer XavierNormal(double gain = 1) => Xavier.Normal.With(gain);

    /// <summary>
    /// Xavier's rule from a normal that is cut at two standard deviations and widened by 1 / 0.8796, so that std is kept:
    /// the numbers of Keras's and JAX's <c>glorot_normal</c>. See <see cref="XavierNormal"/>.
    /// </summary>
    public static Initializer XavierTruncatedNormal(double gain = 1) => Xavier.TruncatedNormal.With(gain);
}

/// <summary>std(w) = gain sqrt(2 / (fan-in + fan-out)).</summary>
internal static class Xavier
{
    public static readonly Form<Initializer> Uniform = Create("xavier_uniform", ScaledDistribution.Uniform);
    public static readonly Form<Initializer> Normal = Create("xavier_normal", ScaledDistribution.Normal);
    public static readonly Form<Initializer> TruncatedNormal = Create(
        "xavier_truncated_normal",
        ScaledDistribution.TruncatedNormal
    );

    /// <summary>The rule as another's, with the gain that it has found.</summary>
    public static VarianceScaling WithGain(
        Form<Initializer> form,
        FormArguments arguments,
        ScaledDistribution distribution,
        double gain
    ) => new(form, arguments, distribution, fan => gain * Math.Sqrt(1 / fan.Of(FanMode.Average)));

    private static Form<Initializer> Create(string name, ScaledDistribution distribution) =>
        new(name, [FormParameter.NotNegative("gain", 1)], (form, v) => WithGain(form, v, distribution, v[0]));
}
