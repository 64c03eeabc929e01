using System.Globalization;

namespace FanIn;

/// <summary>
/// The seed of a run: 64 bits. Any whole number from -2^63 to 2^64 - 1 is one; a negative number stands for its
/// two's complement, so that <c>-1</c> and <c>18446744073709551615</c> are the same seed. The default is 0.
/// </summary>
public readonly record struct Seed
{
    private Seed(ulong value) => Value = value;

    /// <summary>The 64 bits as an unsigned number.</summary>
    public ulong Value { get; }

    /// <summary>The seed of a number.</summary>
    /// <param name="value">Any number; a negative one stands for its two's complement in 64 bits.</param>
    public static implicit operator Seed(int value) => new(unchecked((ulong)value));

    /// <inheritdoc cref="op_Implicit(int)"/>
    public static implicit operator Seed(long value) => new(unchecked((ulong)value));

    /// <inheritdoc cref="op_Implicit(int)"/>
    public static implicit operator Seed(ulong value) => new(value);

    /// <summary>The seed that follows this one by <paramref name="steps"/>, modulo 2^64: a family of seeds from one.</summary>
    public Seed Following(int steps) => new(unchecked(Value + (ulong)steps));

    /// <summary>Reads a seed written in decimal digits, with an optional sign, whatever the culture.</summary>
    /// <param name="text">A whole number from -2^63 to 2^64 - 1.</param>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    /// <exception cref="FormatException"><paramref name="text"/> is no such number.</exception>
    public static Seed Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var seed)
            ? seed
            : throw new FormatException(
                $"\"{text}\" is not a seed: give a whole number from -9223372036854775808 to 18446744073709551615."
            );
    }

    /// <summary>Reads a seed like <see cref="Parse"/>, and says whether the text is one.</summary>
    /// <param name="text">The text, or null.</param>
    /// <param name="seed">The seed read, or 0.</param>
    public static bool TryParse(string? text, out Seed seed)
    {
        const NumberStyles Digits = NumberStyles.AllowLeadingSign;
        if (long.TryParse(text, Digits, CultureInfo.InvariantCulture, out var signed))
        {
            seed = signed;
            return true;
        }
        var read = ulong.TryParse(text, Digits, CultureInfo.InvariantCulture, out var unsigned);
        seed = unsigned;
        return read;
    }

    /// <summary>The seed as an unsigned decimal number.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
