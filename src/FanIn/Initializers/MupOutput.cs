namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// muP's rule for the output weight of a model without an output multiplier: w ~ N(0, gain^2 base_width / fan-in^2). At
    /// the base width it is LeCun's rule; from there the std falls with the width itself, not with its root, so that the
    /// output's first updates are as large at every width. Zeros on the readout do as well and are usual.
    /// </summary>
    /// <param name="baseWidth">The fan-in at which the hyperparameters were tuned.</param>
    /// <param name="gain">Of the std.</param>
    /// <remarks>
    /// Yang, Hu et al.: Tensor Programs V, 2022, table 3. The other weights need no rule of their own: hidden and input
    /// weights have variance 1 / fan-in there, as <see cref="LeCunNormal"/>, or <c>normal(std=0.02/sqrt(width/256))</c> where
    /// 0.02 was right at width 256.
    /// </remarks>
    public static Initializer MupOutput(int baseWidth, double gain = 1) => FanIn.MupOutput.Form.With(baseWidth, gain);
}

/// <summary>std = gain sqrt(base width) / fan-in.</summary>
internal static class MupOutput
{
    public static readonly Form<Initializer> Form = new(
        "mup_output",
        [FormParameter.Count("base_width", 1).WithoutDefault(), FormParameter.NotNegative("gain", 1)],
        (form, v) => new VarianceScaling(form, v, ScaledDistribution.Normal, fan => v[1] * Math.Sqrt(v[0]) / fan.In)
    );
}
