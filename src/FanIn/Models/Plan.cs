using System.Collections.Immutable;

namespace FanIn;

/// <summary>A recipe applied to one model: what each parameter will get, before anything is drawn.</summary>
/// <param name="Rows">One a parameter, in the model's order.</param>
public sealed record Plan(ImmutableArray<PlanRow> Rows);

/// <summary>One parameter of a <see cref="Plan"/>.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Key">What its random numbers hang on, beside the seed.</param>
/// <param name="Initializer">Its rule, or null where its present values are kept.</param>
public sealed record PlanRow(ParameterDescription Parameter, string Key, Initializer? Initializer)
{
    /// <summary>The standard deviation of its elements by formula; null where the rule doesn't say.</summary>
    public double? StandardDeviation => Initializer?.StandardDeviation(Parameter.Tensor);

    /// <summary>
    /// Fills <paramref name="destination"/>, the whole parameter as stored: block by block where it is packed, each under
    /// its own key, and with zeros in an embedding's padding row.
    /// </summary>
    /// <exception cref="InvalidOperationException">The row keeps its values.</exception>
    /// <exception cref="NotSupportedException">The initializer is data-driven: it takes a model and data to apply it.</exception>
    public void Fill(Span<float> destination, Seed seed) =>
        Fill(destination, seed, (i, d, t, s, k) => i.Fill(d, t, s, k));

    /// <inheritdoc cref="Fill(Span{float}, Seed)"/>
    public void Fill(Span<double> destination, Seed seed) =>
        Fill(destination, seed, (i, d, t, s, k) => i.Fill(d, t, s, k));

    private delegate void FillBlock<T>(
        Initializer initializer,
        Span<T> block,
        TensorDescription tensor,
        Seed seed,
        string key
    );

    private void Fill<T>(Span<T> destination, Seed seed, FillBlock<T> fill)
        where T : unmanaged
    {
        Initializer initializer =
            Initializer
            ?? throw new InvalidOperationException($"'{Parameter.Name}' keeps its values: there is nothing to fill.");
        long count = checked(Parameter.Tensor.Count * Math.Max(1, Parameter.Blocks.Length));
        if (destination.Length != count)
        {
            throw new ArgumentException(
                $"The span has {destination.Length} elements, but '{Parameter.Name}' has {count}.",
                nameof(destination)
            );
        }
        if (Parameter.Blocks.IsEmpty)
        {
            fill(initializer, destination, Parameter.Tensor, seed, Key);
        }
        int length = (int)Parameter.Tensor.Count;
        for (int b = 0; b < Parameter.Blocks.Length; b++)
        {
            fill(
                initializer,
                destination.Slice(b * length, length),
                Parameter.Tensor,
                seed,
                $"{Key}#{Parameter.Blocks[b]}"
            );
        }
        if (Parameter.PaddingRow is { } row)
        {
            int width = (int)Parameter.Tensor.Outputs;
            destination.Slice((int)row * width, width).Clear();
        }
    }
}
