using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// First values of low-rank adapters (LoRA): Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, 2021. All
/// matrices are row-major; A is rank x inputs, B outputs x rank, and the adapted weight is W + s B A.
/// </summary>
/// <remarks>
/// What is random hangs on the adapter's key: A's numbers on the sub-stream <c>key#lora_a</c>, B's on <c>key#lora_b</c>. The
/// rules without a weight or data have text forms of their own, for recipes: A <c>standard_uniform</c>, B <c>zeros</c> (the
/// default); A <c>normal(std=1/8)</c> for rank 8, B <c>zeros</c>; of embeddings A <c>zeros</c>, B <c>normal</c>.
/// <c>FillPissa</c> and <c>FillOlora</c> change the weight, so the adapter belongs to the changed one: save both, or
/// W with what s B A has changed since. They compute in float64, and take out of the weight what A and B are after
/// rounding, so that W' + s B A = W to the rounding of W' to float32.
/// </remarks>
public static partial class Lora
{
    /// <summary>
    /// A ~ U(-1/sqrt(inputs), 1/sqrt(inputs)), B = 0, so that training begins at W: the paper's authors' and PEFT's default
    /// (there <c>kaiming_uniform_(a=sqrt(5))</c>). The values of <see cref="Initializer.StandardUniform"/> under
    /// <c>key#lora_a</c>.
    /// </summary>
    /// <exception cref="ArgumentException">A span has another length than the shape says.</exception>
    public static void FillDefault(Span<float> a, Span<float> b, LoraShape shape, Seed seed, string key)
    {
        RandomStream stream = RandomStream.Create(seed, key);
        shape.Check(a, b);
        Initializer
            .StandardUniform()
            .Fill(a, TensorDescription.Dense(shape.Rank, shape.Inputs), seed, stream.Substream("lora_a").Key);
        b.Clear();
    }

    /// <summary>A ~ N(0, 1 / rank^2), B = 0: Hu et al. 2021, section 4.1, as in Diffusers and PEFT's <c>gaussian</c>.</summary>
    /// <exception cref="ArgumentException">A span has another length than the shape says.</exception>
    public static void FillGaussian(Span<float> a, Span<float> b, LoraShape shape, Seed seed, string key)
    {
        RandomStream stream = RandomStream.Create(seed, key);
        shape.Check(a, b);
        stream.Substream("lora_a").FillNormal(a, 0, 1.0 / shape.Rank);
        b.Clear();
    }

    /// <summary>
    /// Of an embedding: A = 0, B ~ N(0, 1), so that rows which are never looked up never change. As in the paper's authors'
    /// code and PEFT.
    /// </summary>
    /// <exception cref="ArgumentException">A span has another length than the shape says.</exception>
    public static void FillEmbedding(Span<float> a, Span<float> b, LoraShape shape, Seed seed, string key)
    {
        RandomStream stream = RandomStream.Create(seed, key);
        shape.Check(a, b);
        a.Clear();
        stream.Substream("lora_b").FillNormal(b);
    }

    /// <summary>
    /// Neither A nor B is 0, and still B A = 0: A = Q_o^T G / 10 and B = H Q_e / 10, where Q_o and Q_e are the odd and the
    /// even rows (counted from 1) of one orthogonal matrix of rank x rank, and G and H are matrices of normals of rank / 2
    /// rows, or columns. Both get gradients from the first step, and the weight stays as it is.
    /// </summary>
    /// <remarks>
    /// PEFT's <c>orthogonal</c>, whose matrix isn't uniform, since it takes a QR decomposition without moving the signs of
    /// R's diagonal into Q; this one is, by Haar's measure, from the sub-stream <c>key#lora_orthogonal</c>.
    /// </remarks>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or the rank is odd.</exception>
    public static void FillOrthogonal(Span<float> a, Span<float> b, LoraShape shape, Seed seed, string key)
    {
        RandomStream stream = RandomStream.Create(seed, key);
        shape.Check(a, b);
        (int outputs, int inputs, int rank) = shape;
        if (rank % 2 != 0)
        {
            throw RandomArguments.OutOfRange(
                nameof(shape),
                $"rank is {rank}; it must be even, since A and B get half of an orthogonal matrix each."
            );
        }
        int half = rank / 2;
        double[] q = new double[rank * rank];
        HaarOrthogonal.Fill<double>(q, rank, rank, 0.1, stream.Substream("lora_orthogonal"));
        double[] left = new double[checked(outputs * half)];
        double[] right = new double[checked(half * inputs)];
        stream.Substream("lora_b").FillNormal(left);
        stream.Substream("lora_a").FillNormal(right);
        double[] row = new double[Math.Max(inputs, rank)];
        for (int k = 0; k < rank; k++)
        {
            Span<double> sum = row.AsSpan(0, inputs);
            sum.Clear();
            for (int l = 0; l < half; l++)
            {
                VectorKernel.AddScaled(sum, right.AsSpan(l * inputs, inputs), q[(2 * l * rank) + k]);
            }
            Round(sum, a.Slice(k * inputs, inputs));
        }
        for (int i = 0; i < outputs; i++)
        {
            Span<double> sum = row.AsSpan(0, rank);
            sum.Clear();
            for (int l = 0; l < half; l++)
            {
                VectorKernel.AddScaled(sum, q.AsSpan(((2 * l) + 1) * rank, rank), left[(i * half) + l]);
            }
            Round(sum, b.Slice(i * rank, rank));
        }
    }

    /// <summary>
    /// A's rows are the first right singular vectors of the layer's inputs, B = 0: the adapter looks where the data are,
    /// and training begins at W. Explained variance adaptation (EVA).
    /// </summary>
    /// <param name="a">rank x inputs.</param>
    /// <param name="b">outputs x rank.</param>
    /// <param name="shape">The rank is the layer's own: see <see cref="EvaRanks"/>.</param>
    /// <param name="spectrum">Of the layer's inputs.</param>
    /// <remarks>Paischer et al.: One Initialization to Rule them All: Fine-tuning via Explained Variance Adaptation, 2024.</remarks>
    /// <exception cref="ArgumentException">
    /// A span has another length than the shape says, or the spectrum other inputs or fewer components.
    /// </exception>
    public static void FillEva(Span<float> a, Span<float> b, LoraShape shape, EvaSpectrum spectrum)
    {
        ArgumentNullException.ThrowIfNull(spectrum);
        shape.Check(a, b);
        if (spectrum.Inputs != shape.Inputs || spectrum.ExplainedVariance.Length < shape.Rank)
        {
            throw RandomArguments.Invalid(
                nameof(spectrum),
                $"The spectrum has {spectrum.ExplainedVariance.Length} components of {spectrum.Inputs} inputs; the adapter needs {shape.Rank} of {shape.Inputs}."
            );
        }
        Round(spectrum.Directions.AsSpan(0, a.Length), a);
        b.Clear();
    }

    /// <summary>
    /// What rank each layer gets, so that the adapters together explain the most variance: of all components of all layers
    /// those with the largest share of their layer's variance, as many as layers x <paramref name="rank"/>. A layer may get
    /// 0, which is no adapter. Where shares are equal, the earlier layer comes first.
    /// </summary>
    /// <param name="layers">The spectra of the layers' inputs.</param>
    /// <param name="rank">The rank of a layer on average.</param>
    /// <param name="rho">A layer gets at most round(rho rank), half to even, and no more than its spectrum has components; 1 leaves all ranks equal.</param>
    /// <returns>One rank a layer; their sum is layers x rank, or less where all spectra together have fewer components.</returns>
    /// <remarks>Paischer et al. 2024, section 3.3; rho is 2 by default in PEFT.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The rank is below 1, or rho below 1 or not finite.</exception>
    public static ImmutableArray<int> EvaRanks(IReadOnlyList<EvaSpectrum> layers, int rank, double rho)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        if (!(rho >= 1) || double.IsInfinity(rho))
        {
            throw RandomArguments.OutOfRange(nameof(rho), $"rho is {rho}; it must be finite and at least 1.");
        }
        int most = (int)Math.Min(int.MaxValue, Math.Round(rho * rank));
        int[] ranks = new int[layers.Count];
        // The sort is stable, and components of one layer fall: a layer's come in their order.
        IEnumerable<int> chosen = layers
            .SelectMany((layer, index) => layer.ExplainedVariance.Take(most).Select(share => (share, index)))
            .OrderByDescending(component => component.share)
            .Select(component => component.index)
            .Take((int)Math.Min(int.MaxValue, (long)rank * layers.Count));
        foreach (int index in chosen)
        {
            ranks[index]++;
        }
        return [.. ranks];
    }

    private static void Round(ReadOnlySpan<double> values, Span<float> destination)
    {
        for (int i = 0; i < values.Length; i++)
        {
            destination[i] = (float)values[i];
        }
    }
}
