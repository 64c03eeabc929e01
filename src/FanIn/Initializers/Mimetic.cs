namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// The query half of a self-attention whose heads begin as trained ones look: in every head
    /// W_Q W_K^T = the best approximation, of the head's rank, of alpha Z + beta I with Z ~ N(0, 1 / d), so that each token
    /// attends to itself and to its like. By Z's singular value decomposition U S V^T, W_Q = U_k sqrt(S_k) and
    /// W_K = V_k sqrt(S_k), for inputs as rows: x W_Q W_K^T x^T. The heads lie one after the other among the outputs. Made
    /// for small vision transformers on little data, with sinusoidal positions added to the tokens.
    /// </summary>
    /// <param name="heads">Of the layer: it must be the same for query and key, so grouped keys are none of it.</param>
    /// <param name="alpha">The size of the noise.</param>
    /// <param name="beta">The size of the identity.</param>
    /// <remarks>
    /// <para>
    /// Query and key are one joint draw, so their keys must say what they share: the numbers are those of the part before
    /// the last <c>#</c>, in the sub-stream <c>mimetic_query_key</c>. Blocks of a packed parameter, <c>attn.qkv#q</c> and
    /// <c>attn.qkv#k</c>, do; separate ones need a recipe that maps their keys, to <c>attn#q</c> and <c>attn#k</c>. A key
    /// without <c>#</c> is an error. Head h has the d^2 normals from h d^2 on, by rows of d inputs.
    /// </para>
    /// <para>
    /// Trockman, Kolter: Mimetic Initialization of Self-Attention Layers, 2023, section 4, with the paper's alpha and beta for
    /// small models.
    /// </para>
    /// </remarks>
    public static Initializer MimeticQuery(int heads, double alpha = 0.7, double beta = 0.7) =>
        Mimetic.Query.With(heads, alpha, beta);

    /// <summary>The key half: see <see cref="MimeticQuery"/>.</summary>
    public static Initializer MimeticKey(int heads, double alpha = 0.7, double beta = 0.7) =>
        Mimetic.Key.With(heads, alpha, beta);

    /// <summary>
    /// The value half of a self-attention: W_V W_proj = alpha Z - beta I over all heads together, W_V = U sqrt(S) and
    /// W_proj = sqrt(S) V^T. Value and output are a joint draw as query and key are (see <see cref="MimeticQuery"/>), in the
    /// sub-stream <c>mimetic_value_output</c>: for instance under <c>attn.qkv#v</c> and <c>attn.qkv#output</c>.
    /// </summary>
    /// <remarks>Trockman, Kolter: Mimetic Initialization of Self-Attention Layers, 2023, section 4.</remarks>
    public static Initializer MimeticValue(double alpha = 0.4, double beta = 0.4) => Mimetic.Value.With(alpha, beta);

    /// <summary>The half of the projection after the heads: see <see cref="MimeticValue"/>.</summary>
    public static Initializer MimeticOutput(double alpha = 0.4, double beta = 0.4) => Mimetic.Output.With(alpha, beta);
}

/// <summary>One of the two factors of alpha Z + beta I, Z ~ N(0, 1 / d), by its singular value decomposition.</summary>
internal sealed class Mimetic : Initializer
{
    public static readonly Form<Initializer> Query = QueryOrKey("mimetic_query", isLeft: true);
    public static readonly Form<Initializer> Key = QueryOrKey("mimetic_key", isLeft: false);
    public static readonly Form<Initializer> Value = ValueOrOutput("mimetic_value", isLeft: true);
    public static readonly Form<Initializer> Output = ValueOrOutput("mimetic_output", isLeft: false);

    private readonly string _draw;
    private readonly string _partner;
    private readonly bool _isLeft;
    private readonly int _heads;
    private readonly double _alpha;
    private readonly double _beta;

    private Mimetic(
        Form<Initializer> form,
        FormArguments arguments,
        (string Draw, string Partner) joint,
        bool isLeft,
        int heads,
        double alpha,
        double beta
    )
        : base(form.Name, form.Print(arguments))
    {
        (_draw, _partner) = joint;
        (_isLeft, _heads, _alpha, _beta) = (isLeft, heads, alpha, beta);
    }

    public override bool NeedsFan => true;

    private protected override bool IsElementwise => false;

    // The projection's stored rows are the model's width, the others' are the heads'.
    private bool IsOutput => Name == "mimetic_output";

    /// <summary>Null: singular values have no simple law.</summary>
    public override ElementDistribution? Distribution(TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        FanOf(tensor);
        return null;
    }

    private protected override void FillElements<T>(Span<T> destination, TensorDescription tensor, RandomSource source)
    {
        var stream = Joint(source.StreamFor(this));
        var values = new double[destination.Length];
        if (typeof(T) == typeof(double))
        {
            FillHalf(values, tensor, (head, width) => Normals<double>(stream, head, width));
            source.Store<double, T>(values, destination);
        }
        else
        {
            FillHalf(values, tensor, (head, width) => Normals<float>(stream, head, width));
            source.Store<float, T>(Array.ConvertAll(values, value => (float)value), destination);
        }
    }

    private static Form<Initializer> QueryOrKey(string name, bool isLeft) =>
        new(
            name,
            [
                FormParameter.Count("heads", 1).WithoutDefault(),
                FormParameter.Number("alpha", 0.7),
                FormParameter.Number("beta", 0.7),
            ],
            (form, v) =>
                new Mimetic(
                    form,
                    v,
                    ("mimetic_query_key", isLeft ? "mimetic_key" : "mimetic_query"),
                    isLeft,
                    (int)v[0],
                    v[1],
                    v[2]
                )
        );

    private static Form<Initializer> ValueOrOutput(string name, bool isLeft) =>
        new(
            name,
            [FormParameter.Number("alpha", 0.4), FormParameter.Number("beta", 0.4)],
            (form, v) =>
                new Mimetic(
                    form,
                    v,
                    ("mimetic_value_output", isLeft ? "mimetic_output" : "mimetic_value"),
                    isLeft,
                    1,
                    v[0],
                    -v[1]
                )
        );

    /// <summary>The stream of both halves.</summary>
    private RandomStream Joint(RandomStream stream)
    {
        var end = stream.Key.LastIndexOf('#');
        return end >= 0
            ? RandomStream.Create(stream.Seed, stream.Key[..end]).Substream(_draw)
            : throw RandomArguments.Invalid(
                "key",
                $"{this} is one draw with {_partner}, under the part of both keys before '#', but the key {Spelling.Quote(stream.Key)} has none; map the keys of the two, for instance to 'attn#q' and 'attn#k'."
            );
    }

    /// <summary>The half in canonical order, [out, in].</summary>
    private void FillHalf(double[] values, TensorDescription tensor, Func<int, int, double[]> normals)
    {
        (int width, int inner) = Sizes(tensor);
        var rank = inner / _heads;
        var scale = _alpha / Math.Sqrt(width);
        for (var head = 0; head < _heads; head++)
        {
            // Drawn by rows, decomposed by columns.
            var matrix = Svd.Transposed(normals(head, width), width, width);
            for (var i = 0; i < matrix.Length; i++)
            {
                matrix[i] = (matrix[i] * scale) + (i % (width + 1) == 0 ? _beta : 0);
            }
            var svd = Svd.Of(matrix, width, width);
            var vectors = _isLeft ? svd.U : svd.V;
            for (var k = 0; k < rank; k++)
            {
                var root = Math.Sqrt(svd.S[k]);
                for (var i = 0; i < width; i++)
                {
                    var place = IsOutput ? (i * inner) + k : (((head * rank) + k) * width) + i;
                    values[place] = vectors[(k * width) + i] * root;
                }
            }
        }
    }

    private static double[] Normals<T>(RandomStream stream, int head, int width)
        where T : unmanaged
    {
        var drawn = new T[width * width];
        stream.FillNormal<T>(drawn, 0, 1, head * (long)drawn.Length);
        var normals = new double[drawn.Length];
        ElementStore.Convert<T, double>(drawn, normals);
        return normals;
    }

    /// <summary>The width of the model, and that of all heads.</summary>
    private (int Width, int Inner) Sizes(TensorDescription tensor)
    {
        (long width, long inner) = IsOutput ? (tensor.Outputs, tensor.Inputs) : (tensor.Inputs, tensor.Outputs);
        if (tensor.Taps.Length > 0 || tensor.Groups != 1 || tensor.Layout == WeightLayout.Embedding)
        {
            throw new ArgumentException($"{this} is for dense layers, not for {tensor}.", nameof(tensor));
        }
        if (inner % _heads != 0 || inner / _heads > width)
        {
            throw new ArgumentException(
                $"{this} needs {_heads} heads of at most {width} units, the model's width, but {tensor} has {inner} units for them.",
                nameof(tensor)
            );
        }
        return (checked((int)width), checked((int)inner));
    }
}
