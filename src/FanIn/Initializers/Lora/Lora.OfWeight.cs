using System.Diagnostics.CodeAnalysis;

namespace FanIn;

[SuppressMessage(
    "ApiDesign",
    "RS0026",
    Justification = "No optional parameters; the overloads differ in their number."
)]
public static partial class Lora
{
    /// <summary>
    /// Principal singular values and vectors: W = U S V^T gives A = sqrt(S_r / s) V_r^T and B = U_r sqrt(S_r / s), and W
    /// becomes W - s B A, what is left of it: the nearest to 0 that a matrix of this rank can leave. The adapter trains what
    /// matters most in W, the rest stays. PiSSA.
    /// </summary>
    /// <param name="weight">W, outputs x inputs; becomes W - s B A.</param>
    /// <param name="a">Gets A, rank x inputs.</param>
    /// <param name="b">Gets B, outputs x rank.</param>
    /// <param name="shape">A rank of at most min(outputs, inputs).</param>
    /// <param name="scaling">s, alpha / rank; above 0.</param>
    /// <remarks>
    /// Meng, Wang, Zhang: PiSSA: Principal Singular Values and Singular Vectors Adaptation of Large Language Models, 2024,
    /// equations 2 to 4. Takes seconds for a width of 768, and 8 times longer for twice the width: for wide ones take the
    /// randomized form.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The rank is above min(outputs, inputs), or the scaling not above 0.</exception>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or an element of W isn't finite.</exception>
    public static void FillPissa(Span<float> weight, Span<float> a, Span<float> b, LoraShape shape, double scaling)
    {
        shape.Check(weight, a, b, scaling);
        // Row by row W is, column by column, W^T.
        FillPrincipal(weight, a, b, shape, scaling, Svd.Of(Widened(weight), shape.Inputs, shape.Outputs));
    }

    /// <summary>
    /// As <see cref="FillPissa(Span{float}, Span{float}, Span{float}, LoraShape, double)"/>, by a randomized decomposition,
    /// which takes time in proportion to W's size: for wide layers. More iterations come nearer to the exact one; PEFT's
    /// <c>pissa_niter_16</c> has 16, and 4 are enough for most.
    /// </summary>
    /// <param name="weight">W, outputs x inputs; becomes W - s B A.</param>
    /// <param name="a">Gets A, rank x inputs.</param>
    /// <param name="b">Gets B, outputs x rank.</param>
    /// <param name="shape">A rank of at most min(outputs, inputs).</param>
    /// <param name="scaling">s, alpha / rank; above 0.</param>
    /// <param name="powerIterations">Products with W W^T, 0 or more.</param>
    /// <param name="seed">The same for all tensors of a model.</param>
    /// <param name="key">The adapter's; the numbers are those of <c>key#lora_svd</c>.</param>
    /// <remarks>Halko, Martinsson, Tropp: Finding Structure with Randomness, 2011, algorithms 4.4 and 5.1, with 10 columns more than the rank.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The rank is above min(outputs, inputs), the scaling not above 0, or the iterations are negative.
    /// </exception>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or an element of W isn't finite.</exception>
    public static void FillPissa(
        Span<float> weight,
        Span<float> a,
        Span<float> b,
        LoraShape shape,
        double scaling,
        int powerIterations,
        Seed seed,
        string key
    )
    {
        RandomStream stream = RandomStream.Create(seed, key).Substream("lora_svd");
        shape.Check(weight, a, b, scaling);
        ArgumentOutOfRangeException.ThrowIfNegative(powerIterations);
        Svd svd = RandomizedSvd.Of(Widened(weight), shape.Inputs, shape.Outputs, shape.Rank, powerIterations, stream);
        FillPrincipal(weight, a, b, shape, scaling, svd);
    }

    /// <summary>
    /// W = Q R, R's diagonal not negative: B is the first columns of Q, A the first rows of R, and W becomes W - s B A, so
    /// that the adapter begins with an orthonormal basis. OLoRA.
    /// </summary>
    /// <param name="weight">W, outputs x inputs; becomes W - s B A.</param>
    /// <param name="a">Gets A, rank x inputs.</param>
    /// <param name="b">Gets B, outputs x rank.</param>
    /// <param name="shape">A rank of at most min(outputs, inputs).</param>
    /// <param name="scaling">s, alpha / rank; above 0.</param>
    /// <remarks>
    /// Buyukakyuz: OLoRA: Orthonormal Low-Rank Adaptation of Large Language Models, 2024, algorithm 1. With the scaling 1
    /// the first columns of W become 0.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The rank is above min(outputs, inputs), or the scaling not above 0.</exception>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or an element of W isn't finite.</exception>
    public static void FillOlora(Span<float> weight, Span<float> a, Span<float> b, LoraShape shape, double scaling)
    {
        shape.Check(weight, a, b, scaling);
        (int outputs, int inputs, int rank) = shape;
        double[] columns = Svd.Transposed(Widened(weight), inputs, outputs);
        // The first columns of Q are those of the first columns of W, and R = Q^T W.
        HouseholderQr qr = new(columns[..(outputs * rank)], outputs, rank);
        double[] q = qr.Q();
        double[] r = MatrixProduct.OfTransposed(q, columns, rank, outputs, inputs);
        qr.R().CopyTo(r, 0);
        Round(Svd.Transposed(r, rank, inputs), a);
        Round(Svd.Transposed(q, outputs, rank), b);
        TakeOut(weight, a, b, shape, scaling);
    }

    private static double[] Widened(ReadOnlySpan<float> values)
    {
        double[] wide = new double[values.Length];
        ElementStore.Convert(values, wide.AsSpan());
        return wide;
    }

    /// <summary>From the decomposition of W^T.</summary>
    private static void FillPrincipal(
        Span<float> weight,
        Span<float> a,
        Span<float> b,
        LoraShape shape,
        double scaling,
        Svd ofTransposed
    )
    {
        (int outputs, int inputs, int rank) = shape;
        for (int k = 0; k < rank; k++)
        {
            double root = Math.Sqrt(ofTransposed.S[k] / scaling);
            for (int j = 0; j < inputs; j++)
            {
                a[(k * inputs) + j] = (float)(ofTransposed.U[(k * inputs) + j] * root);
            }
            for (int i = 0; i < outputs; i++)
            {
                b[(i * rank) + k] = (float)(ofTransposed.V[(k * outputs) + i] * root);
            }
        }
        TakeOut(weight, a, b, shape, scaling);
    }

    /// <summary>W - s B A of the rounded A and B.</summary>
    private static void TakeOut(
        Span<float> weight,
        ReadOnlySpan<float> a,
        ReadOnlySpan<float> b,
        LoraShape shape,
        double scaling
    )
    {
        double[] right = Widened(a);
        double[] row = new double[shape.Inputs];
        for (int i = 0; i < shape.Outputs; i++)
        {
            Span<float> stored = weight.Slice(i * shape.Inputs, shape.Inputs);
            ElementStore.Convert<float, double>(stored, row);
            for (int k = 0; k < shape.Rank; k++)
            {
                VectorKernel.AddScaled(
                    row,
                    right.AsSpan(k * shape.Inputs, shape.Inputs),
                    -scaling * b[(i * shape.Rank) + k]
                );
            }
            Round(row, stored);
        }
    }
}
