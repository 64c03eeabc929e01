namespace FanIn.Report;

/// <summary>A figure: a chart on the page, or a picture of its own (<see cref="Picture"/>).</summary>
public abstract record Figure : ReportBlock
{
    private protected Figure() { }

    /// <summary>What the figure shows, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>A sentence or two: how to read it.</summary>
    public string? Text { get; init; }

    /// <summary>The names of its series, in order.</summary>
    internal abstract IEnumerable<string> SeriesNames { get; }

    private protected ArgumentException Fault(string what) => Report.Fault.In($"Figure '{Title}': {what}");
}

/// <summary>An axis of a figure.</summary>
/// <param name="Title">What it measures, with its unit.</param>
/// <param name="Log">True for a logarithmic axis; values of zero and below have no place on it and are left out.</param>
public sealed record FigureAxis(string Title, bool Log = false)
{
    /// <summary>The lowest value shown; by itself, that of the data.</summary>
    public double? Min { get; init; }

    /// <summary>The highest value shown; by itself, that of the data.</summary>
    public double? Max { get; init; }

    /// <summary>True where <paramref name="value"/> has a place on this axis.</summary>
    internal bool Holds(double value) => double.IsFinite(value) && (!Log || value > 0);

    /// <summary>True where <paramref name="value"/> lies under the lowest one shown of a logarithmic axis.</summary>
    internal bool CutsOff(double value) => Log && Min is { } min && Holds(min) && Holds(value) && value < min;
}

/// <summary>A value worth comparing with, drawn as a thin line across the figure.</summary>
/// <param name="Value">The value, on the axis of values.</param>
/// <param name="Label">What it is.</param>
public sealed record ReferenceLine(double Value, string Label);
