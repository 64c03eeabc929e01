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
}

/// <summary>std(w) = gain sqrt(2 / (fan-in + fan-out)).</summary>
internal static class Xavier
{
    public static readonly Form<Initializer> Uniform = Create("xavier_uniform", ScaledDistribution.Uniform);
    public static readonly Form<Initializer> Normal = Create("xavier_normal", ScaledDistribution.Normal);

    private static Form<Initializer> Create(string name, ScaledDistribution distribution) =>
        new(
            name,
            [FormParameter.NotNegative("gain", 1)],
            (form, v) =>
                new VarianceScaling(form, v, distribution, fan => v[0] * Math.Sqrt(1 / fan.Of(FanMode.Average)))
        );
}
