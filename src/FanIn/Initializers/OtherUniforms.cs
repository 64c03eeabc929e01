namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// w ~ U(-b, b), b = 4 sqrt(6 / (fan-in + fan-out)): Xavier's bound times 4, since the logistic sigmoid's slope at 0 is
    /// 1/4 of tanh's. The <c>SIGMOID_UNIFORM</c> of Deeplearning4j, for layers with sigmoid.
    /// </summary>
    /// <remarks>Bengio: Practical recommendations for gradient-based training of deep architectures, 2012, section 4.</remarks>
    public static Initializer SigmoidUniform() => OtherUniforms.Sigmoid.Default;

    /// <summary>
    /// w ~ U(-b, b), b = scale sqrt(3 / fan-in), so that std = scale / sqrt(fan-in): Haiku's <c>UniformScaling</c> and
    /// TensorFlow 1's <c>uniform_unit_scaling_initializer(factor)</c>. The scale multiplies the weights, not, as in
    /// <see cref="VarianceScaling(double, FanMode, ScaledDistribution, double)"/>, their variance.
    /// </summary>
    /// <remarks>Sussillo, Abbott: Random Walk Initialization for Training Very Deep Feedforward Networks, 2014.</remarks>
    public static Initializer UniformScaling(double scale = 1) => OtherUniforms.Scaling.With(scale);
}

/// <summary>Uniform rules that one framework has by a name of its own.</summary>
internal static class OtherUniforms
{
    public static readonly Form<Initializer> Sigmoid = new(
        "sigmoid_uniform",
        [],
        (form, v) => VarianceScaling.Within(form, v, fan => 4 * Math.Sqrt(6 / (fan.In + fan.Out)))
    );

    public static readonly Form<Initializer> Scaling = new(
        "uniform_scaling",
        [FormParameter.NotNegative("scale", 1)],
        (form, v) => VarianceScaling.Within(form, v, fan => Math.Sqrt(3 / fan.In) * v[0])
    );
}
