namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// For a transformer with Sub-LN (a second LayerNorm inside each branch), encoder only or decoder only: Xavier's normal
    /// rule with gain sqrt(ln(2 depth)), on the value and output projections of attention and both matrices of the MLP; query
    /// and key stay <see cref="XavierNormal"/>.
    /// </summary>
    /// <param name="depth">N, the layers.</param>
    /// <remarks>
    /// Wang et al.: Foundation Transformers (Magneto), 2022, figure 2. torchscale multiplies its own base by this gain: the
    /// uniform form of Xavier's rule, with gain 1 / sqrt(2) on query, key and value.
    /// </remarks>
    public static Initializer SubLn(int depth) => FanIn.SubLn.Single.With(depth);

    /// <summary>The same for the encoder of an encoder-decoder: gain sqrt(ln(3 M) ln(2 N) / 3).</summary>
    /// <param name="encoderDepth">N.</param>
    /// <param name="decoderDepth">M.</param>
    public static Initializer SubLnEncoder(int encoderDepth, int decoderDepth) =>
        FanIn.SubLn.Encoder.With(encoderDepth, decoderDepth);

    /// <summary>The same for the decoder of an encoder-decoder, without its cross-attention: gain sqrt(ln(3 depth)).</summary>
    /// <param name="depth">M, the decoder's layers.</param>
    public static Initializer SubLnDecoder(int depth) => FanIn.SubLn.Decoder.With(depth);
}

/// <summary>Xavier's normal rule with Sub-LN's gain.</summary>
internal static class SubLn
{
    public static readonly Form<Initializer> Single = FanIn.DeepNorm.Of(
        "sub_ln",
        depth => Math.Sqrt(CorrectlyRounded.Log(2 * depth))
    );

    public static readonly Form<Initializer> Encoder = FanIn.DeepNorm.OfBoth(
        "sub_ln_encoder",
        (n, m) => Math.Sqrt(CorrectlyRounded.Log(3 * m) * CorrectlyRounded.Log(2 * n) / 3)
    );

    public static readonly Form<Initializer> Decoder = FanIn.DeepNorm.Of(
        "sub_ln_decoder",
        depth => Math.Sqrt(CorrectlyRounded.Log(3 * depth))
    );
}
