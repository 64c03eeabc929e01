using System.Globalization;

namespace FanIn.Cli.Check;

/// <summary>
/// Sizes as bars on a common logarithmic axis with 1 in the middle: to the left what is smaller, to the right what is
/// larger, and a mark where theory expects the bar to end.
/// </summary>
internal sealed class LogBar
{
    /// <summary>A whole character, its left and its right half, what is expected, and 1.</summary>
    public const string Blocks = "█▌▐│┊";

    public const int LeastWidth = 13;
    public const int MostWidth = 33;

    private const string Ascii = "###|:";

    private readonly string _signs;
    private readonly int _half;
    private readonly int _decades;

    /// <param name="values">What the axis must reach to; what is not a positive number is passed over.</param>
    /// <param name="width">The characters that there are.</param>
    /// <param name="blocks">False where only ASCII can be shown.</param>
    public LogBar(IEnumerable<double> values, int width, bool blocks)
    {
        _signs = blocks ? Blocks : Ascii;
        _half = (width - 1) / 2;
        _decades = (int)
            Math.Ceiling(
                values.Where(v => v > 0 && double.IsFinite(v)).Select(v => Math.Abs(Math.Log10(v))).Append(1).Max()
            );
    }

    /// <summary>The heading: the axis's ends and 1, where they stand.</summary>
    public string Heading
    {
        get
        {
            string low = Power(-_decades);
            string high = Power(_decades);
            string left = low.PadRight(_half) + "1";
            return left + high.PadLeft((2 * _half) + 1 - left.Length);
        }
    }

    /// <summary>What the signs mean.</summary>
    public string Legend(bool foretells) =>
        $"Bars, on a logarithmic scale: {_signs[0]} measured RMS"
        + (foretells ? $", {_signs[3]} predicted, {_signs[4]} 1." : $", {_signs[4]} 1.");

    public string Of(double measured, double? predicted)
    {
        char[] bar = new string(' ', (2 * _half) + 1).ToCharArray();
        if (measured == 0)
        {
            // Below any axis.
            Array.Fill(bar, _signs[0], 0, _half);
            bar[0] = '<';
        }
        else if (double.IsPositiveInfinity(measured))
        {
            Array.Fill(bar, _signs[0], _half + 1, _half);
            bar[^1] = '>';
        }
        else if (measured > 0)
        {
            int halves = (int)Math.Round(2 * Place(measured));
            int whole = Math.Abs(halves) / 2;
            Array.Fill(bar, _signs[0], halves < 0 ? _half - whole : _half + 1, whole);
            if (halves % 2 != 0)
            {
                bar[halves < 0 ? _half - whole - 1 : _half + 1 + whole] = _signs[halves < 0 ? 2 : 1];
            }
        }
        bar[_half] = _signs[4];
        if (predicted is > 0 and var expected && double.IsFinite(expected))
        {
            bar[_half + (int)Math.Round(Place(expected))] = _signs[3];
        }
        return new string(bar);
    }

    /// <summary>Characters to the right of the middle.</summary>
    private double Place(double value) => Math.Clamp(Math.Log10(value) / _decades, -1, 1) * _half;

    private static string Power(int decades) =>
        Math.Abs(decades) <= 3
            ? Math.Pow(10, decades).ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"1e{decades}");
}
