using System.Collections.Immutable;

namespace FanIn;

/// <summary>One parameter of a <see cref="Plan"/>.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Parts">Its logical tensors: itself, or one for each of its blocks, in their order.</param>
public sealed record PlanRow(ParameterDescription Parameter, ImmutableArray<PlanPart> Parts)
{
    /// <summary>The parameter.</summary>
    public ParameterDescription Parameter
    {
        get;
        init => field = Require.Given(value, nameof(Parameter));
    } = Require.Given(Parameter, nameof(Parameter));

    /// <summary>Its logical tensors: itself, or one for each of its blocks, in their order.</summary>
    public ImmutableArray<PlanPart> Parts
    {
        get;
        init => field = Require.OneOrMore(value, nameof(Parts));
    } = Require.OneOrMore(Parts, nameof(Parts));

    /// <summary>A row whose blocks, if any, all get one rule, under the keys <c>key#block</c>.</summary>
    public PlanRow(ParameterDescription parameter, string key, Initializer? initializer)
        : this(parameter, PartsOf(parameter, key, initializer)) { }

    /// <summary>
    /// The key of the one part; of a packed parameter what comes before each <c>#block</c>, or all keys where they were mapped
    /// apart.
    /// </summary>
    public string Key
    {
        get
        {
            string[] stems = [.. Parts.Zip(Parameter.Blocks, (part, block) => StemOf(part.Key, block.Name))];
            return Parameter.Blocks.IsEmpty ? Parts[0].Key
                : stems.All(stem => stem.Length > 0 && stem == stems[0]) ? stems[0]
                : string.Join(", ", Parts.Select(part => part.Key));
        }
    }

    /// <summary>The rule of all parts, or null where they have several, or keep their values.</summary>
    public Initializer? Initializer =>
        Parts.All(part => Equals(part.Initializer, Parts[0].Initializer)) ? Parts[0].Initializer : null;

    /// <summary>True where nothing is filled.</summary>
    public bool IsKept => Parts.All(part => part.Initializer is null);

    /// <summary>
    /// True where <see cref="FillPart(Span{float}, long, Seed)"/> gives any part without the rest; false where elements depend
    /// on one another (<c>orthogonal</c>, custom rules), so that it takes the whole parameter to know one of them.
    /// </summary>
    public bool FillsParts =>
        Parts.All(part => part.Initializer is not { } rule || (!rule.IsDataDriven && rule.FillsPartsOf(part.Tensor)));

    /// <summary>The standard deviation of its elements by formula; null where the rules don't say, or say several.</summary>
    public double? StandardDeviation =>
        Parts.All(part => part.StandardDeviation == Parts[0].StandardDeviation) ? Parts[0].StandardDeviation : null;

    /// <summary>
    /// Fills <paramref name="destination"/>, the whole parameter as stored: block by block where it is packed, each under
    /// its own key, and with zeros in an embedding's padding row. Parts that keep their values are left alone.
    /// </summary>
    /// <exception cref="InvalidOperationException">The row keeps its values.</exception>
    /// <exception cref="NotSupportedException">An initializer is data-driven: it takes a model and data to apply it.</exception>
    public void Fill(Span<float> destination, Seed seed) =>
        Fill(CheckWhole(destination), 0, seed, (i, d, o, t, s, k) => i.FillPart(d, o, t, s, k));

    /// <inheritdoc cref="Fill(Span{float}, Seed)"/>
    public void Fill(Span<double> destination, Seed seed) =>
        Fill(CheckWhole(destination), 0, seed, (i, d, o, t, s, k) => i.FillPart(d, o, t, s, k));

    /// <inheritdoc cref="Fill(Span{float}, Seed)"/>
    public void Fill(Span<BFloat16> destination, Seed seed) =>
        Fill(CheckWhole(destination), 0, seed, (i, d, o, t, s, k) => i.FillPart(d, o, t, s, k));

    /// <inheritdoc cref="Fill(Span{float}, Seed)"/>
    public void Fill(Span<Half> destination, Seed seed) =>
        Fill(CheckWhole(destination), 0, seed, (i, d, o, t, s, k) => i.FillPart(d, o, t, s, k));

    /// <summary>
    /// Fills <paramref name="destination"/>, a part of the parameter as stored, with the values that
    /// <see cref="Fill(Span{float}, Seed)"/> would give it there.
    /// </summary>
    /// <param name="destination">Gets the elements from <paramref name="offset"/> on.</param>
    /// <param name="offset">The index of the part's first element; of a packed parameter's, all blocks counted.</param>
    /// <param name="seed">The same for all parameters of a model.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part isn't within the parameter.</exception>
    /// <exception cref="InvalidOperationException">The row keeps its values.</exception>
    /// <exception cref="NotSupportedException">
    /// A part of a block is wanted, and the initializer's elements depend on one another (<see cref="FillsParts"/>); or an
    /// initializer is data-driven.
    /// </exception>
    public void FillPart(Span<float> destination, long offset, Seed seed) =>
        Fill(destination, offset, seed, (i, d, o, t, s, k) => i.FillPart(d, o, t, s, k));

    /// <inheritdoc cref="FillPart(Span{float}, long, Seed)"/>
    public void FillPart(Span<double> destination, long offset, Seed seed) =>
        Fill(destination, offset, seed, (i, d, o, t, s, k) => i.FillPart(d, o, t, s, k));

    /// <inheritdoc cref="FillPart(Span{float}, long, Seed)"/>
    public void FillPart(Span<BFloat16> destination, long offset, Seed seed) =>
        Fill(destination, offset, seed, (i, d, o, t, s, k) => i.FillPart(d, o, t, s, k));

    /// <inheritdoc cref="FillPart(Span{float}, long, Seed)"/>
    public void FillPart(Span<Half> destination, long offset, Seed seed) =>
        Fill(destination, offset, seed, (i, d, o, t, s, k) => i.FillPart(d, o, t, s, k));

    /// <summary>True when both have equal parts in the same order.</summary>
    public bool Equals(PlanRow? other) =>
        other is not null && Parameter == other.Parameter && Parts.SequenceEqual(other.Parts);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Parameter, Parts.Length, Parts[0]);

    private static ImmutableArray<PlanPart> PartsOf(ParameterDescription parameter, string key, Initializer? rule)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(key);
        return parameter.Blocks.IsEmpty
            ? [new(key, parameter.Tensor, rule)]
            : [.. parameter.Blocks.Select(block => new PlanPart($"{key}#{block.Name}", block.Tensor, rule))];
    }

    private static string StemOf(string key, string block) =>
        key.EndsWith($"#{block}", StringComparison.Ordinal) ? key[..^(block.Length + 1)] : "";

    private Span<T> CheckWhole<T>(Span<T> destination) =>
        destination.Length == Parameter.Tensor.Count
            ? destination
            : throw new ArgumentException(
                $"The span has {destination.Length} elements, but '{Parameter.Name}' has {Parameter.Tensor.Count}.",
                nameof(destination)
            );

    private void Fill<T>(Span<T> destination, long offset, Seed seed, FillElements<T> fill)
        where T : unmanaged
    {
        if (IsKept)
        {
            throw new InvalidOperationException($"'{Parameter.Name}' keeps its values: there is nothing to fill.");
        }
        RandomArguments.CheckPart(offset, destination.Length, Parameter.Tensor.Count);
        PackedAxis axis = Parameter.Blocks.IsEmpty ? new(1, Parameter.Tensor.Count) : PackedAxis.Of(Parameter);
        long start = 0;
        foreach (PlanPart part in Parts)
        {
            if (part.Initializer is null)
            {
                // What is there stays.
            }
            else if (axis.IsContiguous)
            {
                Span<T> common = Common(destination, offset, start, part.Tensor.Count);
                if (!common.IsEmpty || part.Tensor.Count == 0)
                {
                    fill(part.Initializer, common, Math.Max(0, offset - start), part.Tensor, seed, part.Key);
                }
            }
            else
            {
                InterleavedFill.Run(part, axis, start, destination, offset, seed, fill);
            }
            start += part.Tensor.Count / Math.Max(1, axis.Runs);
        }
        if (Parameter.PaddingRow is { } row)
        {
            long width = Parameter.Tensor.Outputs;
            Common(destination, offset, row * width, width).Clear();
        }
    }

    /// <summary>What the elements from the offset on have of the given ones.</summary>
    private static Span<T> Common<T>(Span<T> elements, long offset, long start, long length)
    {
        int from = (int)Math.Clamp(start - offset, 0, elements.Length);
        int to = (int)Math.Clamp(start + length - offset, 0, elements.Length);
        return elements[from..to];
    }
}
