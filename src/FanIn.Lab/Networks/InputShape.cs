using System.Globalization;

namespace FanIn.Lab;

/// <summary>What one example of a network's input is, without the dimension of the batch.</summary>
public sealed record InputShape
{
    private readonly long[] _sizes;

    private InputShape(InputKind kind, ReadOnlySpan<long> sizes, int vocabulary = 0)
    {
        if (sizes.IsEmpty)
        {
            throw new ArgumentException("An input has one size or more.", nameof(sizes));
        }
        Count = 1;
        foreach (long size in sizes)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, nameof(sizes));
            Count = checked(Count * size);
        }
        (Kind, _sizes, Vocabulary) = (kind, sizes.ToArray(), vocabulary);
    }

    /// <summary>Numbers, an image or token ids.</summary>
    public InputKind Kind { get; }

    /// <summary>The token ids that there are, of which 0 is padding; 0 unless it reads tokens.</summary>
    public int Vocabulary { get; }

    /// <summary>[features], [channels, height, width] or [tokens]; numbers of a user's own network in any order.</summary>
    public IReadOnlyList<long> Sizes => Array.AsReadOnly(_sizes);

    /// <summary>Numbers, or tokens, in one example.</summary>
    public long Count { get; }

    /// <summary>A row of numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public static InputShape Vector(long features) => new(InputKind.Vector, [features]);

    /// <summary>Channels of pixels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static InputShape Image(long channels, long height, long width) =>
        new(InputKind.Image, [channels, height, width]);

    /// <summary>Numbers along any axes: an image where there are three.</summary>
    /// <exception cref="ArgumentException">There is no size, or one below 1.</exception>
    public static InputShape Numbers(params ReadOnlySpan<long> sizes) =>
        new(sizes.Length == 3 ? InputKind.Image : InputKind.Vector, sizes);

    /// <summary>Token ids from 0 to <paramref name="vocabulary"/> - 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No token, or fewer than two ids.</exception>
    public static InputShape Tokens(long length, int vocabulary)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 2);
        return new(InputKind.Tokens, [length], vocabulary);
    }

    /// <summary>What the examples of a data set are.</summary>
    public static InputShape Of(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        long[] sizes = [.. data.InputShape.Select(size => (long)size)];
        return new(data.Kind, sizes, data.VocabularySize);
    }

    /// <summary>The sizes as they are typed: <c>3,64,64</c>.</summary>
    public override string ToString() => string.Join(',', _sizes.Select(s => s.ToString(CultureInfo.InvariantCulture)));

    /// <summary>True when kind, sizes and vocabulary are equal.</summary>
    public bool Equals(InputShape? other) =>
        other is not null
        && (Kind, Vocabulary) == (other.Kind, other.Vocabulary)
        && _sizes.AsSpan().SequenceEqual(other._sizes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Vocabulary, Count);
}
