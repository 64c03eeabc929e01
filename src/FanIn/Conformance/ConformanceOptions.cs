namespace FanIn;

/// <summary>
/// Another library's initializer, or a function of one's own, for <see cref="Conformance"/>: fills
/// <paramref name="destination"/>, the whole tensor in its stored order.
/// </summary>
/// <remarks>
/// A library with a generator of its own is seeded with <paramref name="seed"/> in here; as it knows no keys,
/// <paramref name="key"/> picks the call after seeding: one fill for <see cref="ConformanceOptions.Key"/>, a second one
/// for <see cref="ConformanceOptions.OtherKey"/>.
/// </remarks>
/// <param name="destination">As long as the tensor has elements.</param>
/// <param name="seed">The run's seed: other seeds must give other values.</param>
/// <param name="key">The tensor's key: other keys must give other values.</param>
public delegate void ConformanceFill(Span<float> destination, Seed seed, string key);

/// <summary>How <see cref="Conformance"/> draws, and what it expects where the initializer doesn't say it.</summary>
public sealed record ConformanceOptions
{
    /// <summary>The seed of the draws; the other seed is the one that follows it. Fixed, so that a check repeats.</summary>
    public Seed Seed { get; init; } = 20;

    /// <summary>The key of the draws.</summary>
    public string Key { get; init; } = "layer.weight";

    /// <summary>The key whose values must have nothing to do with those of <see cref="Key"/>.</summary>
    public string OtherKey { get; init; } = "other.weight";

    /// <summary>
    /// How often a whole check may fail an initializer that is right, over all seeds: each of its m statistical tests
    /// fails below this rate / m (Bonferroni).
    /// </summary>
    public double ErrorRate { get; init; } = 1e-6;

    /// <summary>The type that FanIn's initializers draw in; a <see cref="ConformanceFill"/> draws float32.</summary>
    public ElementType ElementType { get; init; }

    /// <summary>
    /// The law that each element should follow: needed for <see cref="Initializer.Custom"/>, which states none; of other
    /// initializers it replaces theirs.
    /// </summary>
    public ElementDistribution? Expected { get; init; }

    /// <summary>The isometry that the tensor should be; null for what the initializer promises by itself.</summary>
    public Isometry? Isometry { get; init; }

    /// <summary>
    /// Whether neighbours and units should have nothing to do with each other; null for what the initializer promises,
    /// which is true of custom ones and of functions.
    /// </summary>
    public bool? Independent { get; init; }

    internal void Check(string name)
    {
        if (Key is null || OtherKey is null)
        {
            throw new ArgumentException("Key or OtherKey is null; the empty key is written \"\".", name);
        }
        if (Key == OtherKey)
        {
            throw new ArgumentException(
                $"Key and OtherKey are both {Spelling.Quote(Key)}; independence is tested between two keys.",
                name
            );
        }
        if (!(ErrorRate is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                name,
                ErrorRate,
                $"ErrorRate is {ErrorRate}; it lies between 0 and 1, for example 1e-6."
            );
        }
        if (Isometry is { } isometry && !(isometry.Gain > 0 && double.IsFinite(isometry.Gain)))
        {
            throw new ArgumentOutOfRangeException(
                name,
                isometry.Gain,
                $"The isometry's gain is {isometry.Gain}; it must be finite and above 0."
            );
        }
    }
}
