namespace FanIn;

/// <summary>
/// A user's own rule: fills <paramref name="destination"/>, the whole tensor in canonical order [out, in / groups,
/// taps ...], from <paramref name="stream"/> alone, so that the values stay a function of seed and key.
/// </summary>
/// <param name="destination">As long as the tensor has elements.</param>
/// <param name="tensor">Shape, layout and fan.</param>
/// <param name="stream">The random numbers of this tensor's key; a rule that needs several kinds takes sub-streams.</param>
public delegate void InitializerFill(Span<float> destination, TensorDescription tensor, RandomStream stream);

public abstract partial class Initializer
{
    /// <summary>
    /// An initializer of one's own, to be used wherever FanIn takes one.
    /// </summary>
    /// <param name="name">
    /// What reports and stored results tell it by: a name of its own, that <see cref="Parse"/> doesn't know, of letters,
    /// digits and the signs <c>_ - .</c>; write the arguments of one rule into it where they differ.
    /// </param>
    /// <param name="fill">Draws in float32; tensors of other types get the same values, widened or rounded.</param>
    /// <exception cref="ArgumentException">The name is taken, or has other characters.</exception>
    /// <example><code>
    /// var scaled = Initializer.Custom("scaled_uniform", (values, tensor, stream) =>
    ///     stream.FillUniform(values, -1 / tensor.Fan!.Value.In, 1 / tensor.Fan!.Value.In));
    /// </code></example>
    public static Initializer Custom(string name, InitializerFill fill)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(fill);
        // An initializer's text with its arguments must not be taken for one of ours.
        if (!name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.'))
        {
            throw new ArgumentException(
                $"The name {Spelling.Quote(name)} has other characters than letters, digits, '_', '-' and '.'.",
                nameof(name)
            );
        }
        if (InitializerCatalogue.ByName.ContainsKey(name))
        {
            throw new ArgumentException(
                $"'{name}' is an initializer of FanIn's; give yours another name.",
                nameof(name)
            );
        }
        return new CustomInitializer(name, fill);
    }

    private sealed class CustomInitializer(string name, InitializerFill fill) : Initializer(name, name)
    {
        public override ElementDistribution? Distribution(TensorDescription tensor) => null;

        public override bool Equals(Initializer? other) => ReferenceEquals(this, other);

        private protected override bool IsElementwise => false;

        public override ElementStructure Structure(TensorDescription tensor) => ElementStructure.Independent;

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

        private protected override void FillElements<T>(
            Span<T> destination,
            TensorDescription tensor,
            RandomSource source
        )
        {
            float[] values = new float[destination.Length];
            fill(values, tensor, source.StreamFor(this));
            source.Store<float, T>(values, destination);
        }
    }
}
