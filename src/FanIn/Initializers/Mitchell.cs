namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// OLMo's <c>mitchell</c> for the matrices that begin a branch: a normal of std 1 / sqrt(fan-in), cut at 3 standard
    /// deviations and not corrected, so that 0.9866 of it is left. The embedding, whose fan-in is 1, gets the stream's
    /// width d by <c>truncated_normal(std=1/sqrt(width),a=-3,b=3)</c>.
    /// </summary>
    /// <remarks>Groeneveld et al.: OLMo, 2024; <c>InitFnType.mitchell</c> in its code.</remarks>
    public static Initializer Mitchell() => FanIn.Mitchell.In.Default;

    /// <summary>
    /// OLMo's <c>mitchell</c> for the projections that end a branch: std 1 / sqrt(2 fan-in (layer + 1)), cut as
    /// <see cref="Mitchell"/>. Of L layers the branches then add up to about ln L of variance.
    /// </summary>
    /// <param name="layer">The block's index, from 0.</param>
    /// <remarks>As there; fan-in is d for attention's output and the hidden width for the MLP's.</remarks>
    public static Initializer MitchellResidual(int layer) => FanIn.Mitchell.Residual.With(layer);
}

/// <summary>std = 1 / sqrt(fan-in), or 1 / sqrt(2 fan-in (layer + 1)), before the cut at 3.</summary>
internal static class Mitchell
{
    private const double Cut = 3;

    public static readonly Form<Initializer> In = new(
        "mitchell",
        [],
        (form, v) =>
            new VarianceScaling(
                form,
                v,
                ScaledDistribution.TruncatedNormalUncorrected,
                fan => 1 / Math.Sqrt(fan.In),
                Cut
            )
    );

    public static readonly Form<Initializer> Residual = new(
        "mitchell_residual",
        [FormParameter.WholeNumber("layer", 0, 0, 1e6).WithoutDefault()],
        (form, v) =>
            new VarianceScaling(
                form,
                v,
                ScaledDistribution.TruncatedNormalUncorrected,
                fan => 1 / Math.Sqrt(2 * fan.In * (v[0] + 1)),
                Cut
            )
    );
}
