namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>LeCun's rule with a uniform distribution: w ~ U(-b, b), b = sqrt(3 / fan-in). See <see cref="LeCunNormal"/>.</summary>
    public static Initializer LeCunUniform() => LeCun.Uniform.Default;

    /// <summary>
    /// LeCun's rule: w ~ N(0, 1 / fan-in). Keeps the variance of a sum of standardized inputs at 1; the rule of
    /// self-normalizing (SELU) networks, and of linear and output layers. The distribution is a plain normal; Keras
    /// and JAX give the name to <see cref="LeCunTruncatedNormal"/>.
    /// </summary>
    /// <remarks>LeCun, Bottou, Orr, Mueller: Efficient BackProp, 1998, section 4.6; Klambauer et al. 2017 for SELU.</remarks>
    public static Initializer LeCunNormal() => LeCun.Normal.Default;

    /// <summary>
    /// LeCun's rule from a normal that is cut at two standard deviations and widened by 1 / 0.8796, so that std is kept:
    /// the numbers of Keras's, JAX's and timm's <c>lecun_normal</c>, the default of Flax's layers. See
    /// <see cref="LeCunNormal"/>.
    /// </summary>
    public static Initializer LeCunTruncatedNormal() => LeCun.TruncatedNormal.Default;
}

/// <summary>std(w) = 1 / sqrt(fan-in).</summary>
internal static class LeCun
{
    public static readonly Form<Initializer> Uniform = Create("lecun_uniform", ScaledDistribution.Uniform);
    public static readonly Form<Initializer> Normal = Create("lecun_normal", ScaledDistribution.Normal);
    public static readonly Form<Initializer> TruncatedNormal = Create(
        "lecun_truncated_normal",
        ScaledDistribution.TruncatedNormal
    );

    private static Form<Initializer> Create(string name, ScaledDistribution distribution) =>
        new(name, [], (form, v) => new VarianceScaling(form, v, distribution, fan => 1 / Math.Sqrt(fan.In)));
}
