namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// For a post-norm transformer of hundreds of layers, encoder only or decoder only: Xavier's normal rule with gain
    /// beta = (8 depth)^(-1/4), on the value and output projections of attention and both matrices of the MLP; query and key
    /// stay <see cref="XavierNormal"/>. The residual connection is LayerNorm(alpha x + branch(x)) with
    /// alpha = (2 depth)^(1/4), which the model has to do.
    /// </summary>
    /// <param name="depth">N, the layers.</param>
    /// <remarks>Wang et al.: DeepNet: Scaling Transformers to 1,000 Layers, 2022, figure 2.</remarks>
    public static Initializer DeepNorm(int depth) => FanIn.DeepNorm.Single.With(depth);

    /// <summary>
    /// The same for the encoder of an encoder-decoder: beta = 0.87 (N^4 M)^(-1/16), with alpha = 0.81 (N^4 M)^(1/16).
    /// torchscale's code has 1.15 in place of 0.87: it divides by (N^4 M)^(1/16) / 1.15 and so multiplies by what it should
    /// divide by (0.87 = 1 / 1.15). These are the paper's numbers.
    /// </summary>
    /// <param name="encoderDepth">N.</param>
    /// <param name="decoderDepth">M.</param>
    public static Initializer DeepNormEncoder(int encoderDepth, int decoderDepth) =>
        FanIn.DeepNorm.Encoder.With(encoderDepth, decoderDepth);

    /// <summary>The same for the decoder of an encoder-decoder: beta = (12 depth)^(-1/4), with alpha = (3 depth)^(1/4).</summary>
    /// <param name="depth">M, the decoder's layers.</param>
    public static Initializer DeepNormDecoder(int depth) => FanIn.DeepNorm.Decoder.With(depth);
}

/// <summary>Xavier's normal rule with DeepNorm's gain beta.</summary>
internal static class DeepNorm
{
    public static readonly Form<Initializer> Single = Of("deepnorm", depth => RealPower.Of(8 * depth, -0.25));

    public static readonly Form<Initializer> Encoder = OfBoth(
        "deepnorm_encoder",
        (n, m) => 0.87 * RealPower.Of(n * n * n * n * m, -0.0625)
    );

    public static readonly Form<Initializer> Decoder = Of("deepnorm_decoder", depth => RealPower.Of(12 * depth, -0.25));

    /// <summary>A rule with a gain of the depth.</summary>
    public static Form<Initializer> Of(string name, Func<double, double> gainOf) =>
        new(
            name,
            [FormParameter.Count("depth", 1).WithoutDefault()],
            (form, v) => Xavier.WithGain(form, v, ScaledDistribution.Normal, gainOf(v[0]))
        );

    /// <summary>A rule with a gain of the encoder's and the decoder's depth.</summary>
    public static Form<Initializer> OfBoth(string name, Func<double, double, double> gainOf) =>
        new(
            name,
            [
                FormParameter.Count("encoder_depth", 1).WithoutDefault(),
                FormParameter.Count("decoder_depth", 1).WithoutDefault(),
            ],
            (form, v) => Xavier.WithGain(form, v, ScaledDistribution.Normal, gainOf(v[0], v[1]))
        );
}
