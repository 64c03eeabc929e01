namespace FanIn.Report;

/// <summary>Values side by side, each a dot with a whisker from its lowest to its highest.</summary>
public sealed record RangeFigure : Figure
{
    /// <summary>The axis of the values.</summary>
    public required FigureAxis Axis { get; init; }

    /// <summary>The values, top to bottom.</summary>
    public required IReadOnlyList<RangeValue> Values { get; init; }

    /// <summary>Lines to compare with, across all values.</summary>
    public IReadOnlyList<ReferenceLine> References { get; init; } = [];

    internal override IEnumerable<string> SeriesNames => Values.Select(value => value.Name);
}

/// <summary>A value with its range: the mean of several seeds with the lowest and highest, or an interval.</summary>
/// <param name="Name">Its name, which gives it its colour.</param>
/// <param name="Value">The dot; not finite for none.</param>
/// <param name="Low">The lower end of the whisker.</param>
/// <param name="High">The upper end.</param>
public sealed record RangeValue(string Name, double Value, double Low, double High);
