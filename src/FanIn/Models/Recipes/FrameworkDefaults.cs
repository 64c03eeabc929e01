namespace FanIn;

/// <summary>
/// What the frameworks give layers that nobody initializes: the same distributions, from FanIn's streams. Kinds of layers
/// are spelled as in PyTorch.
/// </summary>
internal static class FrameworkDefaults
{
    private const string Recurrent = "LSTM|GRU|RNN|LSTMCell|GRUCell|RNNCell";
    private const string Packed = "uniform(a=-sqrt(6/(fan_in+3*fan_out)),b=sqrt(6/(fan_in+3*fan_out)))";
    private const string FanIn = "uniform(a=-1/sqrt(fan_in),b=1/sqrt(fan_in))";
    private const string FanOut = "uniform(a=-1/sqrt(fan_out),b=1/sqrt(fan_out))";

    /// <summary>
    /// PyTorch's <c>reset_parameters</c>: Linear and Conv U(+-1/sqrt(fan-in)), weights and biases; transposed convolutions
    /// U(+-1/sqrt(fan-out)), since PyTorch takes their fans the wrong way round; recurrent layers U(+-1/sqrt(hidden)),
    /// biases too; attention's packed matrix by Xavier's rule with the fan-out of all three blocks, its biases 0; embeddings
    /// N(0, 1).
    /// </summary>
    public static readonly Form<Recipe> Torch = new(
        "torch",
        [],
        (form, v) =>
            RecipeCatalogue.Create(
                form,
                v,
                // A projection's matrix is [projection, hidden], the others' rows are hidden units.
                Of(Recurrent, "*weight_hr*", FanIn),
                Of(Recurrent, "*", FanOut),
                Of("MultiheadAttention|Transformer*", "*in_proj_weight*", Packed),
                Of("MultiheadAttention|Transformer*", "*.?_proj_weight|?_proj_weight", "xavier_uniform"),
                Of("MultiheadAttention|Transformer*", "*in_proj_bias|*out_proj.bias", "zeros"),
                Of("MultiheadAttention|Transformer*", "*bias_k|*bias_v", "normal(std=1/sqrt(fan_in))"),
                Of("Transformer", "*", "xavier_uniform") with
                {
                    Role = ParameterRole.Weight,
                },
                Of("ConvTranspose*", "*", FanOut),
                Of("Bilinear", "*", "uniform(a=-1/sqrt(inputs),b=1/sqrt(inputs))"),
                Rule.For(ParameterRole.Weight, Initializer.StandardUniform()),
                Rule.For(ParameterRole.Embedding, Initializer.Normal()),
                Rule.For(ParameterRole.Slope, Initializer.Constant(0.25)),
                // Takes the place of zeros.
                Rule.For(ParameterRole.Bias, FanIn)
            )
    );

    /// <summary>
    /// Keras: kernels by Glorot's uniform rule, recurrent ones orthogonal, biases 0 but for the forget gate of an LSTM
    /// (1, where the bias is described by its gates), embeddings U(+-0.05), slopes 0. Depthwise kernels have their true
    /// fan-in here.
    /// </summary>
    public static readonly Form<Recipe> Keras = new(
        "keras",
        [],
        (form, v) =>
            RecipeCatalogue.Create(
                form,
                v,
                RecipeCatalogue.Optional("*bias_ih*#f|*.bias#f|bias#f", "ones"),
                RecipeCatalogue.Optional("*weight_hh*|*recurrent_kernel*", "orthogonal"),
                Rule.For(ParameterRole.Weight, Initializer.XavierUniform()),
                Rule.For(ParameterRole.Embedding, Initializer.Uniform(-0.05, 0.05)),
                Rule.For(ParameterRole.Slope, Initializer.Zeros)
            )
    );

    /// <summary>
    /// Flax: kernels by LeCun's rule, a normal cut at two standard deviations and widened; recurrent ones orthogonal, gate
    /// by gate; biases 0; embeddings N(0, 1 / width); slopes 0.01.
    /// </summary>
    public static readonly Form<Recipe> Flax = new(
        "flax",
        [],
        (form, v) =>
            RecipeCatalogue.Create(
                form,
                v,
                RecipeCatalogue.Optional(
                    "*weight_hh*|*recurrent_kernel*|*.hi.kernel|*.hf.kernel|*.hg.kernel|*.ho.kernel|*.hr.kernel|*.hz.kernel|*.hn.kernel",
                    "orthogonal"
                ),
                Rule.For(
                    ParameterRole.Weight,
                    Initializer.VarianceScaling(1, FanMode.In, ScaledDistribution.TruncatedNormal)
                ),
                Rule.For(ParameterRole.Embedding, "normal(std=1/sqrt(fan_out))"),
                Rule.For(ParameterRole.Slope, Initializer.Constant(0.01))
            )
    );

    private static Rule Of(string kind, string pattern, string initializer) =>
        RecipeCatalogue.Optional(pattern, initializer) with
        {
            LayerKind = kind,
        };
}
