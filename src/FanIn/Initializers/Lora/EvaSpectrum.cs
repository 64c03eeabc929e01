using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace FanIn;

/// <summary>
/// The directions in which the inputs of one layer vary, and how much: the singular value decomposition of its inputs
/// on a batch of data, X = U S V^T with a sample (or a token) a row. The mean isn't taken out: what a layer gets is what
/// an adapter sees.
/// </summary>
/// <remarks>Paischer et al.: One Initialization to Rule them All: Fine-tuning via Explained Variance Adaptation, 2024.</remarks>
[SuppressMessage(
    "ApiDesign",
    "RS0026",
    Justification = "No optional parameters; the overloads differ in their number."
)]
public sealed class EvaSpectrum
{
    private EvaSpectrum(int inputs, Svd ofTransposed, double total)
    {
        Inputs = inputs;
        Directions = ofTransposed.U;
        ExplainedVariance = [.. ofTransposed.S.Select(s => s * s / total)];
    }

    /// <summary>The width of the layer's input.</summary>
    public int Inputs { get; }

    /// <summary>S_k^2 / sum of all S^2: the share of the inputs' square that lies in the direction k, falling.</summary>
    public ImmutableArray<double> ExplainedVariance { get; }

    /// <summary>The right singular vectors, one after the other.</summary>
    internal double[] Directions { get; }

    /// <summary>The spectrum of a layer's inputs on a batch.</summary>
    /// <param name="activations">samples x inputs, row-major.</param>
    /// <param name="inputs">The width of the layer's input.</param>
    /// <param name="components">How many directions are wanted: rho times the rank.</param>
    /// <exception cref="ArgumentOutOfRangeException">More components than samples or inputs, or fewer than 1.</exception>
    /// <exception cref="ArgumentException">The span isn't whole samples, an element isn't finite, or all are 0.</exception>
    public static EvaSpectrum Of(ReadOnlySpan<float> activations, int inputs, int components)
    {
        (double[] matrix, int samples, double total) = Checked(activations, inputs, components);
        return new(inputs, Svd.Of(matrix, inputs, samples).Truncated(components), total);
    }

    /// <summary>As <see cref="Of(ReadOnlySpan{float}, int, int)"/>, by a randomized decomposition: for wide layers.</summary>
    /// <param name="activations">samples x inputs, row-major.</param>
    /// <param name="inputs">The width of the layer's input.</param>
    /// <param name="components">How many directions are wanted: rho times the rank.</param>
    /// <param name="powerIterations">0 or more; 4 are enough for most.</param>
    /// <param name="seed">The same for all tensors of a model.</param>
    /// <param name="key">The adapter's; the numbers are those of <c>key#lora_svd</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// More components than samples or inputs, or fewer than 1, or negative iterations.
    /// </exception>
    /// <exception cref="ArgumentException">The span isn't whole samples, an element isn't finite, or all are 0.</exception>
    public static EvaSpectrum Of(
        ReadOnlySpan<float> activations,
        int inputs,
        int components,
        int powerIterations,
        Seed seed,
        string key
    )
    {
        RandomStream stream = RandomStream.Create(seed, key).Substream("lora_svd");
        (double[] matrix, int samples, double total) = Checked(activations, inputs, components);
        ArgumentOutOfRangeException.ThrowIfNegative(powerIterations);
        return new(inputs, RandomizedSvd.Of(matrix, inputs, samples, components, powerIterations, stream), total);
    }

    private static (double[] Matrix, int Samples, double Total) Checked(
        ReadOnlySpan<float> activations,
        int inputs,
        int components
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 1);
        if (activations.Length % inputs != 0)
        {
            throw RandomArguments.Invalid(
                nameof(activations),
                $"Samples of {inputs} inputs have a multiple of so many elements, not {activations.Length}."
            );
        }
        int samples = activations.Length / inputs;
        if (components > Math.Min(samples, inputs))
        {
            throw RandomArguments.OutOfRange(
                nameof(components),
                $"components is {components}; {samples} samples of {inputs} inputs have no more than {Math.Min(samples, inputs)}."
            );
        }
        LoraShape.CheckFinite(activations, inputs, nameof(activations));
        double[] matrix = new double[activations.Length];
        ElementStore.Convert(activations, matrix.AsSpan());
        double total = VectorKernel.Dot(matrix, matrix);
        return total > 0
            ? (matrix, samples, total)
            : throw RandomArguments.Invalid(
                nameof(activations),
                $"All {activations.Length} activations are 0; they have no direction."
            );
    }
}
