namespace FanIn.Report;

/// <summary>Curves over a common axis, each with an optional band around it.</summary>
public sealed record LineFigure : Figure
{
    /// <summary>The horizontal axis.</summary>
    public required FigureAxis XAxis { get; init; }

    /// <summary>The vertical axis.</summary>
    public required FigureAxis YAxis { get; init; }

    /// <summary>The curves.</summary>
    public required IReadOnlyList<LineSeries> Lines { get; init; }

    /// <summary>Horizontal lines to compare with.</summary>
    public IReadOnlyList<ReferenceLine> References { get; init; } = [];

    internal override IEnumerable<string> SeriesNames => Lines.Select(line => line.Name);

    internal override void Validate()
    {
        foreach (LineSeries line in Lines)
        {
            int count = line.X.Count;
            if (line.Y.Count != count)
            {
                throw Fault($"'{line.Name}' has {count} x and {line.Y.Count} y values; they must be as many.");
            }
            if ((line.Low is null) != (line.High is null))
            {
                throw Fault($"the band of '{line.Name}' has only one edge; it needs both, or none.");
            }
            if (line.Low is { } low && line.High is { } high && (low.Count != count || high.Count != count))
            {
                throw Fault($"the band of '{line.Name}' has {low.Count} and {high.Count} values; it needs {count}.");
            }
        }
    }
}

/// <summary>A curve.</summary>
/// <param name="Name">Its name, which gives it its colour, dash and marker.</param>
/// <param name="X">The places.</param>
/// <param name="Y">The values, as many; one that is not finite leaves a gap.</param>
public sealed record LineSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>The lower edge of the band, such as the lowest of several seeds; null for none.</summary>
    public IReadOnlyList<double>? Low { get; init; }

    /// <summary>The upper edge of the band.</summary>
    public IReadOnlyList<double>? High { get; init; }
}
