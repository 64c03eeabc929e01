using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace FanIn.Report;

/// <summary>
/// An axis of a picture. A logarithmic one is linear in log10, with labels of its own.
/// </summary>
internal sealed class PictureAxis
{
    private readonly FigureAxis _axis;

    public PictureAxis(FigureAxis axis, IEnumerable<double> values, double pad = 0.04, bool fromZero = true)
    {
        _axis = axis;
        double[] seen = [.. values.Select(At).Where(double.IsFinite)];
        double low = axis.Min is { } min && axis.Holds(min) ? At(min) : seen.DefaultIfEmpty(0).Min();
        double high = axis.Max is { } max && axis.Holds(max) ? At(max) : seen.DefaultIfEmpty(1).Max();
        if (!(high > low))
        {
            double room = axis.Log ? 1 : Math.Max(0.5, Math.Abs(low) * 0.1);
            // A lowest value that was asked for stays, even where all values lie under it.
            (low, high) = (axis.Min is not null ? low : low - room, low + room);
        }
        if (fromZero && !axis.Log && axis.Min is null && low > 0 && low < 0.2 * (high - low))
        {
            low = 0;
        }
        double margin = (high - low) * pad;
        bool isFixed = axis.Min is not null || (!axis.Log && low == 0);
        Low = isFixed ? low : low - margin;
        High = axis.Max is not null ? high : high + margin;
    }

    public double Low { get; }

    public double High { get; }

    /// <summary>The place of a value; NaN for one that has none.</summary>
    public double At(double value) =>
        !_axis.Holds(value) ? double.NaN
        : _axis.Log ? Math.Log10(value)
        : value;

    public void Apply(IAxis axis)
    {
        axis.Label.Text = _axis.Title;
        axis.TickGenerator = _axis.Log
            ? Manual(LogTicks())
            : new NumericAutomatic
            {
                TickDensity = 0.5,
                LabelFormatter = value => NumberText.Of(Math.Round(value, 12)),
            };
    }

    private static NumericManual Manual(IReadOnlyList<(double At, string Label)> ticks) =>
        new([.. ticks.Select(tick => tick.At)], [.. ticks.Select(tick => tick.Label)]);

    private List<(double At, string Label)> LogTicks()
    {
        var ticks = new List<(double, string)>();
        double span = High - Low;
        if (span < 2)
        {
            ReadOnlySpan<double> factors = span < 1 ? [1, 1.5, 2, 3, 4, 5, 7] : [1, 2, 5];
            for (int decade = (int)Math.Floor(Low); decade <= High; decade++)
            {
                foreach (double factor in factors)
                {
                    double at = decade + Math.Log10(factor);
                    if (at >= Low && at <= High)
                    {
                        ticks.Add((at, NumberText.Of(factor * Math.Pow(10, decade))));
                    }
                }
            }
            return ticks;
        }
        int step = Math.Max(1, (int)Math.Ceiling(span / 8));
        bool isPlain = Low >= -3.5 && High <= 4.5;
        for (int decade = (int)Math.Ceiling(Low); decade <= High; decade++)
        {
            if (decade % step == 0)
            {
                ticks.Add(
                    (decade, isPlain ? NumberText.Of(Math.Pow(10, decade)) : "10" + NumberText.Superscript(decade))
                );
            }
        }
        return ticks;
    }
}

/// <summary>Numbers as the figures show them.</summary>
internal static class NumberText
{
    private const string Digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    public static string Of(double value)
    {
        if (!double.IsFinite(value))
        {
            return "–";
        }
        // Rounded first: rounding may carry into the next power of ten.
        string plain = value.ToString("G6", CultureInfo.InvariantCulture);
        if (Math.Abs(double.Parse(plain, CultureInfo.InvariantCulture)) is 0 or (>= 1e-3 and < 1e5))
        {
            return plain.Replace('-', '−');
        }
        string[] parts = value.ToString("0.##e0", CultureInfo.InvariantCulture).Split('e');
        return $"{parts[0].Replace('-', '−')}×10{Superscript(int.Parse(parts[1], CultureInfo.InvariantCulture))}";
    }

    public static string Superscript(int value) =>
        string.Concat(value.ToString(CultureInfo.InvariantCulture).Select(c => c == '-' ? '⁻' : Digits[c - '0']));
}
