using System.Globalization;

namespace FanIn.Lab;

/// <summary>Reads the second word of a network's spelling: <c>30x64</c>, <c>8</c>, and <c>50</c> for a published depth.</summary>
internal static class NetworkSize
{
    /// <exception cref="SpellingException">Says what it must be.</exception>
    public static (int Depth, int Width, bool IsNamed) Parse(
        string text,
        NetworkKind kind,
        string whole,
        int mostLayers,
        int mostUnits
    )
    {
        string[] parts = text.Split('x', 4);
        bool isNamed = parts.Length == 1 && !kind.NamedDepths.IsEmpty;
        int expected = kind.FixedDepth is null && !isNamed ? 2 : 1;
        int[] most = expected == 2 ? [mostLayers, mostUnits] : [mostUnits];
        int[] sizes = new int[parts.Length];
        bool right = parts.Length == expected;
        for (int i = 0; right && i < parts.Length; i++)
        {
            right =
                int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i])
                && sizes[i] >= 1
                && sizes[i] <= most[i];
        }
        if (right && isNamed && kind.NamedDepths.Contains(sizes[0]))
        {
            return (sizes[0], kind.NamedWidth, true);
        }
        if (right && !isNamed)
        {
            return (kind.FixedDepth ?? sizes[0], sizes[^1], false);
        }
        string must =
            kind.FixedDepth is not null ? $"a width of 1 to {mostUnits}"
            : kind.NamedDepths.IsEmpty ? $"layers x width, 1 to {mostLayers} and 1 to {mostUnits}"
            : $"one of {string.Join(", ", kind.NamedDepths)}, or blocks x channels, 1 to {mostLayers} and 1 to {mostUnits}";
        throw new SpellingException(
            $"the size {Quoted.Cut(text)} of the network {whole} must be {must}, as in {kind.Example}"
        );
    }
}
