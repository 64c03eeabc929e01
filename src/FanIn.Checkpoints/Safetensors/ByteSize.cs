using System.Globalization;

namespace FanIn.Checkpoints;

/// <summary>
/// Numbers of bytes as people write them: <c>5GB</c>, <c>1.5 TB</c>, <c>200MiB</c>, <c>1000</c>. GB is 10^9 bytes, as in
/// Hugging Face's libraries, GiB 2^30.
/// </summary>
public static class ByteSize
{
    private static readonly (string Name, long Bytes)[] s_units =
    [
        ("TIB", 1L << 40),
        ("GIB", 1L << 30),
        ("MIB", 1L << 20),
        ("KIB", 1L << 10),
        ("TB", 1_000_000_000_000),
        ("GB", 1_000_000_000),
        ("MB", 1_000_000),
        ("KB", 1_000),
        ("B", 1),
        ("", 1),
    ];

    /// <summary>The number of bytes, rounded down to whole ones.</summary>
    /// <exception cref="FormatException">It isn't a number from 1 on with a known unit, or is more than 2^63.</exception>
    public static long Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string upper = text.Trim().ToUpperInvariant();
        (string unit, long bytes) = s_units.First(u => upper.EndsWith(u.Name, StringComparison.Ordinal));
        bool isNumber = decimal.TryParse(
            upper.AsSpan(0, upper.Length - unit.Length).TrimEnd(),
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out decimal number
        );
        return isNumber && number <= long.MaxValue / bytes && number * bytes >= 1
            ? (long)decimal.Floor(number * bytes)
            : throw new FormatException(
                $"{Quoted.Text(text)} is no size; write bytes as a number from 1 on with KB, MB, GB, TB (powers of 1000), KiB, MiB, GiB, TiB (of 1024) or nothing, such as 5GB"
            );
    }
}
