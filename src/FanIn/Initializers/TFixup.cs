namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// For an encoder without normalization and warm-up: Xavier's uniform rule with gain 0.67 depth^(-1/4), on the value and
    /// output projections of attention and on both matrices of the MLP. Query and key stay <see cref="XavierUniform"/>.
    /// </summary>
    /// <param name="depth">N, the encoder's layers.</param>
    /// <remarks>
    /// Huang, Perez, Ba, Volkovs: Improving Transformer Optimization Through Better Initialization, 2020, section 3.2; 0.67 is
    /// its rounding of 5^(-1/4). Its code multiplies the value projection by sqrt(2) besides, which only makes up for what
    /// fairseq took away: here the rule counts on plain Xavier, block by block of a packed projection.
    /// </remarks>
    public static Initializer TFixupEncoder(int depth) => FanIn.TFixup.Encoder.With(depth);

    /// <summary>
    /// The same for a decoder, whose layers have a third branch: Xavier's uniform rule with gain (9 depth)^(-1/4), on the
    /// value and output projections of both attentions and on the MLP. See <see cref="TFixupEncoder"/>.
    /// </summary>
    /// <param name="depth">N, the decoder's layers.</param>
    public static Initializer TFixupDecoder(int depth) => FanIn.TFixup.Decoder.With(depth);

    /// <summary>
    /// The embeddings for <see cref="TFixupEncoder"/> and <see cref="TFixupDecoder"/>: w ~ N(0, s^2) with
    /// s = width^(-1/2) (9 depth)^(-1/4).
    /// </summary>
    /// <param name="depth">N, the layers of the encoder or decoder that reads them.</param>
    /// <param name="width">d, the length of an embedding.</param>
    public static Initializer TFixupEmbedding(int depth, int width) => FanIn.TFixup.Embedding.With(depth, width);
}

/// <summary>Xavier's uniform rule with the gain of the depth, and the embeddings that belong to it.</summary>
internal static class TFixup
{
    public static readonly Form<Initializer> Encoder = Create(
        "t_fixup_encoder",
        depth => 0.67 * RealPower.Of(depth, -0.25)
    );

    public static readonly Form<Initializer> Decoder = Create("t_fixup_decoder", OfDecoder);

    public static readonly Form<Initializer> Embedding = new(
        "t_fixup_embedding",
        [FormParameter.Count("depth", 1).WithoutDefault(), FormParameter.Count("width", 1).WithoutDefault()],
        (form, v) => new Normal(form, v, 0, OfDecoder(v[0]) / Math.Sqrt(v[1]))
    );

    private static double OfDecoder(double depth) => RealPower.Of(9 * depth, -0.25);

    private static Form<Initializer> Create(string name, Func<double, double> gainOf) =>
        new(
            name,
            [FormParameter.Count("depth", 1).WithoutDefault()],
            (form, v) => Xavier.WithGain(form, v, ScaledDistribution.Uniform, gainOf(v[0]))
        );
}
