namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// MXNet's <c>Xavier(rnd_type="uniform")</c>, its default: w ~ U(-b, b) with b = sqrt(magnitude / fan). The magnitude is
    /// the square of the <em>bound</em>: at 3 and the average fan it is <see cref="XavierUniform"/>. With a gaussian the same
    /// argument means the variance: <see cref="MxNetXavierNormal"/>.
    /// </summary>
    public static Initializer MxNetXavierUniform(double magnitude = 3, FanMode mode = FanMode.Average) =>
        MxNet.XavierUniform.With(magnitude, (int)mode);

    /// <summary>
    /// MXNet's <c>Xavier(rnd_type="gaussian")</c>: w ~ N(0, magnitude / fan). The magnitude is the square of the
    /// <em>standard deviation</em>, so that its default of 3 gives a std sqrt(3) times that of <see cref="XavierNormal"/>
    /// and of <see cref="MxNetXavierUniform"/>.
    /// </summary>
    public static Initializer MxNetXavierNormal(double magnitude = 3, FanMode mode = FanMode.Average) =>
        MxNet.XavierNormal.With(magnitude, (int)mode);

    /// <summary>
    /// MXNet's <c>MSRAPrelu</c>: w ~ N(0, 2 / ((1 + slope^2) fan)), He's rule for a leaky or parametric ReLU, but for
    /// MXNet's average of the two fans. In every other framework <c>he_normal(gain=sqrt(2/(1+slope^2)))</c>.
    /// </summary>
    /// <param name="slope">The activation's slope below 0, where a parametric one starts.</param>
    /// <param name="mode">Which fan.</param>
    /// <remarks>He, Zhang, Ren, Sun: Delving Deep into Rectifiers, 2015, equation 15.</remarks>
    public static Initializer MsraPrelu(double slope = 0.25, FanMode mode = FanMode.Average) =>
        MxNet.MsraPrelu.With(slope, (int)mode);
}

/// <summary>MXNet's scaled rules, by its magnitude.</summary>
internal static class MxNet
{
    public static readonly Form<Initializer> XavierUniform = new(
        "mxnet_xavier_uniform",
        [FormParameter.NotNegative("magnitude", 3), FormParameter.Choice("mode", FanMode.Average)],
        (form, v) => VarianceScaling.Within(form, v, fan => Math.Sqrt(v[0] / fan.Of((FanMode)v[1])))
    );

    public static readonly Form<Initializer> XavierNormal = new(
        "mxnet_xavier_normal",
        [FormParameter.NotNegative("magnitude", 3), FormParameter.Choice("mode", FanMode.Average)],
        (form, v) =>
            new VarianceScaling(form, v, ScaledDistribution.Normal, fan => Math.Sqrt(v[0] / fan.Of((FanMode)v[1])))
    );

    public static readonly Form<Initializer> MsraPrelu = new(
        "msra_prelu",
        [FormParameter.Number("slope", 0.25), FormParameter.Choice("mode", FanMode.Average)],
        (form, v) =>
            new VarianceScaling(
                form,
                v,
                ScaledDistribution.Normal,
                fan => Math.Sqrt(2 / (1 + (v[0] * v[0])) / fan.Of((FanMode)v[1]))
            )
    );
}
