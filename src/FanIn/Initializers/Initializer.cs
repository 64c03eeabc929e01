using System.Diagnostics.CodeAnalysis;

namespace FanIn;

/// <summary>
/// A rule that gives values to one tensor: <c>he_normal(mode=fan_out)</c>. Immutable and pure: the values are a
/// function of (initializer, fan, seed, key, element index) and of nothing else: not of the order of calls, the
/// number of threads or the processor.
/// </summary>
/// <remarks>
/// Each family is one file of this folder and says its formula, its source and when to use it.
/// <see cref="Parse"/> reads the text form that <see cref="ToString"/> prints.
/// </remarks>
public abstract partial class Initializer : IEquatable<Initializer>
{
    private readonly string _text;

    private protected Initializer(string name, string text) => (Name, _text) = (name, text);

    /// <summary>The name without arguments: <c>he_normal</c>.</summary>
    public string Name { get; }

    /// <summary>
    /// True when no function of the tensor alone can give the values, since they are fitted to data passed through
    /// the network (<see cref="DataDrivenInitializer"/>): such an initializer is applied to a model with a batch, not to
    /// a single tensor.
    /// </summary>
    public virtual bool IsDataDriven => false;

    /// <summary>True when the variance depends on the connections of a unit, so that a tensor without a fan is an error.</summary>
    public virtual bool NeedsFan => false;

    /// <summary>
    /// The standard deviation that the formula gives to every element of <paramref name="tensor"/>; of a fixed pattern,
    /// that of its elements. Null where the rule doesn't say (data-driven and custom ones).
    /// </summary>
    /// <exception cref="ArgumentException">The rule needs a fan and the tensor has none, or isn't for such a tensor.</exception>
    public virtual double? StandardDeviation(TensorDescription tensor) => Distribution(tensor)?.StandardDeviation;

    /// <summary>
    /// The law that each element of <paramref name="tensor"/> follows, for a fixed pattern the share of its elements that
    /// have each value; null where the rule doesn't say (data-driven and custom ones) or the law has no closed form
    /// (<c>conv_orthogonal</c>). Of a tensor without elements it is the point 0, whatever the rule's scale would be.
    /// </summary>
    /// <exception cref="ArgumentException">The rule needs a fan and the tensor has none, or isn't for such a tensor.</exception>
    public abstract ElementDistribution? Distribution(TensorDescription tensor);

    /// <summary>
    /// The isometry that the weight of <paramref name="tensor"/> is by this rule, or null where the rule promises none:
    /// independent elements make one only nearly.
    /// </summary>
    public virtual Isometry? PromisedIsometry(TensorDescription tensor) => null;

    /// <summary>
    /// What the elements promise together: whether they are random, and whether they have anything to do with each other.
    /// </summary>
    /// <exception cref="ArgumentException">The rule needs a fan and the tensor has none, or isn't for such a tensor.</exception>
    public virtual ElementStructure Structure(TensorDescription tensor) =>
        Distribution(tensor) is { StandardDeviation: 0 } ? ElementStructure.Fixed
        : IsElementwise ? ElementStructure.Independent
        : ElementStructure.Dependent;

    /// <summary>
    /// Reads a text form such as <c>orthogonal(gain=sqrt(2))</c>. Arguments may be named or in order, numbers may be
    /// expressions (<c>sqrt(2)</c>, <c>5/3</c>, <c>1e-3</c>); always culture-invariant.
    /// </summary>
    /// <exception cref="SpellingException">Unknown name or argument, or a value out of range; says the nearest valid spelling.</exception>
    public static Initializer Parse(string text) =>
        Form<Initializer>.Parse(text, "initializer", InitializerCatalogue.ByName, FanIn.OtherNames.CalledHere);

    /// <summary>As <see cref="Parse"/>, without an exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Initializer? initializer)
    {
        try
        {
            initializer = text is null ? null : Parse(text);
        }
        catch (SpellingException)
        {
            initializer = null;
        }
        return initializer is not null;
    }

    /// <summary>All names that <see cref="Parse"/> knows, the plain ones first.</summary>
    public static IReadOnlyCollection<string> Names => InitializerCatalogue.ByName.Keys;

    /// <summary>
    /// Fills <paramref name="destination"/>, the whole tensor in its stored order. Drawn in float32, by the stream of
    /// <paramref name="key"/> under <paramref name="seed"/>.
    /// </summary>
    /// <param name="destination">As long as the tensor has elements.</param>
    /// <param name="tensor">Shape and layout; the fan follows from them.</param>
    /// <param name="seed">The same for all tensors of a model.</param>
    /// <param name="key">The tensor's own, usually its parameter's name: equal keys give equal values.</param>
    /// <exception cref="ArgumentException">
    /// The lengths differ, the rule needs a fan and the tensor has none, or its numbers are beyond the element type.
    /// </exception>
    /// <exception cref="NotSupportedException">The initializer is data-driven.</exception>
    public void Fill(Span<float> destination, TensorDescription tensor, Seed seed, string key) =>
        FillStored(destination, tensor, seed, key);

    /// <inheritdoc cref="Fill(Span{float}, TensorDescription, Seed, string)"/>
    /// <remarks>Drawn in float64: other values than the float32 form's.</remarks>
    public void Fill(Span<double> destination, TensorDescription tensor, Seed seed, string key) =>
        FillStored(destination, tensor, seed, key);

    /// <inheritdoc cref="Fill(Span{float}, TensorDescription, Seed, string)"/>
    /// <remarks>The float32 form's values, rounded once to nearest even; ends of intervals hold after rounding too.</remarks>
    public void Fill(Span<BFloat16> destination, TensorDescription tensor, Seed seed, string key) =>
        FillStored(destination, tensor, seed, key);

    /// <inheritdoc cref="Fill(Span{BFloat16}, TensorDescription, Seed, string)"/>
    public void Fill(Span<Half> destination, TensorDescription tensor, Seed seed, string key) =>
        FillStored(destination, tensor, seed, key);

    /// <summary>
    /// Fills <paramref name="destination"/>, a part of the tensor as stored, with the values that
    /// <see cref="Fill(Span{float}, TensorDescription, Seed, string)"/> would give it there: for tensors longer than a span
    /// can be, or cut into shards.
    /// </summary>
    /// <param name="destination">Gets the elements from <paramref name="offset"/> on.</param>
    /// <param name="offset">The index of the part's first element in the stored order.</param>
    /// <param name="tensor">Shape and layout of the whole tensor; the fan follows from them.</param>
    /// <param name="seed">The same for all tensors of a model.</param>
    /// <param name="key">The tensor's own, usually its parameter's name: equal keys give equal values.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part isn't within the tensor.</exception>
    /// <exception cref="ArgumentException">
    /// The rule needs a fan and the tensor has none, or its numbers are beyond the element type.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// The part isn't the whole, and the rule's elements depend on one another (<c>orthogonal</c>, custom ones); or the
    /// initializer is data-driven.
    /// </exception>
    public void FillPart(Span<float> destination, long offset, TensorDescription tensor, Seed seed, string key) =>
        FillStoredPart(destination, offset, tensor, seed, key);

    /// <inheritdoc cref="FillPart(Span{float}, long, TensorDescription, Seed, string)"/>
    public void FillPart(Span<double> destination, long offset, TensorDescription tensor, Seed seed, string key) =>
        FillStoredPart(destination, offset, tensor, seed, key);

    /// <inheritdoc cref="FillPart(Span{float}, long, TensorDescription, Seed, string)"/>
    public void FillPart(Span<BFloat16> destination, long offset, TensorDescription tensor, Seed seed, string key) =>
        FillStoredPart(destination, offset, tensor, seed, key);

    /// <inheritdoc cref="FillPart(Span{float}, long, TensorDescription, Seed, string)"/>
    public void FillPart(Span<Half> destination, long offset, TensorDescription tensor, Seed seed, string key) =>
        FillStoredPart(destination, offset, tensor, seed, key);

    /// <summary>
    /// Fills <paramref name="destination"/>, the whole tensor in its stored order, from another framework's generator:
    /// this rule's scale and distribution, that framework's bits.
    /// </summary>
    /// <param name="destination">As long as the tensor has elements.</param>
    /// <param name="tensor">Shape and layout; the fan follows from them.</param>
    /// <param name="random">Draws the values in stored order; a sequential generator goes on from where it stands.</param>
    /// <exception cref="ArgumentException">
    /// The lengths differ, the rule needs a fan and the tensor has none, or its numbers are beyond the element type.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// The initializer is data-driven or a custom one, or the framework has no such draw in this element type.
    /// </exception>
    public void Fill(Span<float> destination, TensorDescription tensor, FrameworkRandom random) =>
        FillFrom(destination, tensor, random);

    /// <inheritdoc cref="Fill(Span{float}, TensorDescription, FrameworkRandom)"/>
    public void Fill(Span<double> destination, TensorDescription tensor, FrameworkRandom random) =>
        FillFrom(destination, tensor, random);

    /// <inheritdoc cref="Fill(Span{float}, TensorDescription, FrameworkRandom)"/>
    public void Fill(Span<BFloat16> destination, TensorDescription tensor, FrameworkRandom random) =>
        FillFrom(destination, tensor, random);

    /// <inheritdoc cref="Fill(Span{float}, TensorDescription, FrameworkRandom)"/>
    public void Fill(Span<Half> destination, TensorDescription tensor, FrameworkRandom random) =>
        FillFrom(destination, tensor, random);

    /// <summary>Equal text forms are equal initializers; a custom one is equal to itself only.</summary>
    public virtual bool Equals(Initializer? other) =>
        other is not null && GetType() == other.GetType() && _text == other._text;

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as Initializer);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical text form; arguments at their default are left out.</summary>
    public sealed override string ToString() => _text;

    /// <summary>
    /// The whole tensor as stored; from a stream that is for one part of it, that part. T is one of the four element types.
    /// </summary>
    private protected abstract void FillElements<T>(Span<T> destination, TensorDescription tensor, RandomSource source)
        where T : unmanaged;

    /// <summary>True where an element is drawn without the others.</summary>
    private protected virtual bool IsElementwise => true;

    /// <summary>True where an element's value is found at its stored place, so that any layout can be filled in parts.</summary>
    private protected virtual bool IsElementwiseAsStored => false;

    /// <summary>True where the drawn elements can be put into any stored order part by part.</summary>
    private protected virtual bool IsElementwisePermuted => true;

    /// <summary>True where a tensor can be filled in parts.</summary>
    internal bool FillsPartsOf(TensorDescription tensor) =>
        IsElementwise && (IsElementwiseAsStored || IsElementwisePermuted || StoredOrder.Of(tensor) is null);

    /// <summary>True where a part of any stored order is found at its place, without drawing what lies around it.</summary>
    internal bool FillsAsStored(TensorDescription tensor) => IsElementwiseAsStored || StoredOrder.Of(tensor) is null;

    /// <summary>The tensor's fan, or the sentence that says why there is none.</summary>
    private protected Fan FanOf(TensorDescription tensor) =>
        tensor.Fan
        ?? throw new ArgumentException(
            $"{this} needs a fan, but a tensor of shape [{string.Join(", ", tensor.Shape)}] without a layout has none; "
                + "say what it is (TensorDescription.Dense, Convolution ...) or use an initializer with its own scale, "
                + "such as normal(std=0.02) or zeros.",
            nameof(tensor)
        );

    private void FillStored<T>(Span<T> destination, TensorDescription tensor, Seed seed, string key)
        where T : unmanaged
    {
        RandomStream stream = RandomStream.Create(seed, key);
        Check(destination, tensor);
        if (!destination.IsEmpty)
        {
            FillElements(destination, tensor, RandomSource.Of(stream, StoredOrder.Of(tensor)));
        }
    }

    private void FillStoredPart<T>(Span<T> destination, long offset, TensorDescription tensor, Seed seed, string key)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (offset == 0 && destination.Length == tensor.Count)
        {
            FillStored(destination, tensor, seed, key);
            return;
        }
        RandomStream stream = RandomStream.Create(seed, key);
        RandomArguments.CheckPart(offset, destination.Length, tensor.Count);
        if (!IsElementwise)
        {
            throw new NotSupportedException(
                $"{this} fills whole tensors, not parts of them: its elements depend on one another."
            );
        }
        if (!FillsPartsOf(tensor))
        {
            throw new NotSupportedException(
                $"{this} fills a tensor in layout {tensor.Layout} as a whole only: it is stored in another order than it is drawn in."
            );
        }
        if (NeedsFan)
        {
            FanOf(tensor);
        }
        if (!destination.IsEmpty)
        {
            FillElements(destination, tensor, RandomSource.Of(stream, StoredOrder.Of(tensor), offset));
        }
    }

    private void FillFrom<T>(Span<T> destination, TensorDescription tensor, FrameworkRandom random)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(random);
        Check(destination, tensor);
        if (!destination.IsEmpty)
        {
            FillElements(destination, tensor, random);
        }
    }

    private void Check<T>(Span<T> destination, TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (destination.Length != tensor.Count)
        {
            throw new ArgumentException(
                $"The span has {destination.Length} elements, but a tensor of shape [{string.Join(", ", tensor.Shape)}] has {tensor.Count}.",
                nameof(destination)
            );
        }
        if (NeedsFan)
        {
            FanOf(tensor);
        }
    }
}
