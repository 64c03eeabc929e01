using System.Text.Json.Serialization;

namespace FanIn.Report;

/// <summary>A figure as the script reads it; <c>index</c> everywhere is the series' place in the order of names.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(LineData), "line")]
[JsonDerivedType(typeof(RangeData), "range")]
[JsonDerivedType(typeof(HistogramData), "histogram")]
[JsonDerivedType(typeof(TilesData), "tiles")]
internal abstract record FigureData(string Title)
{
    public static FigureData Of(Figure figure, Dictionary<string, int> order) =>
        figure switch
        {
            LineFigure line => new LineData(
                line.Title,
                AxisData.Of(line.XAxis),
                AxisData.Of(line.YAxis),
                [.. line.Lines.Select(l => new LineSeriesData(l.Name, order[l.Name], l.X, l.Y, l.Low, l.High))],
                ReferenceData.Of(line.References, line.YAxis)
            ),
            RangeFigure range => new RangeData(
                range.Title,
                AxisData.Of(range.Axis),
                [.. range.Values.Select(v => new RangeValueData(v.Name, order[v.Name], [v.Value, v.Low, v.High]))],
                ReferenceData.Of(range.References, range.Axis)
            ),
            HistogramFigure histogram => new HistogramData(
                histogram.Title,
                histogram.ValueTitle,
                HistogramScale.Shared(histogram.Groups),
                [.. histogram.Groups.Select(g => HistogramGroupData.Of(g, order[g.Name]))]
            ),
            TilesFigure tiles => TilesData.Of(tiles, order),
            _ => throw new InvalidOperationException($"No page knows the figure {figure.GetType().Name}."),
        };
}

internal sealed record AxisData(string Title, bool Log, double? Min, double? Max)
{
    public static AxisData Of(FigureAxis axis) =>
        new(axis.Title, axis.Log, Bound(axis, axis.Min), Bound(axis, axis.Max));

    private static double? Bound(FigureAxis axis, double? bound) =>
        bound is { } value && axis.Holds(value) ? value : null;
}

internal sealed record ReferenceData(double Value, string Label)
{
    public static IReadOnlyList<ReferenceData> Of(IReadOnlyList<ReferenceLine> lines, FigureAxis axis) =>
        [.. lines.Where(line => axis.Holds(line.Value)).Select(line => new ReferenceData(line.Value, line.Label))];
}

internal sealed record LineData(
    string Title,
    AxisData XAxis,
    AxisData YAxis,
    IReadOnlyList<LineSeriesData> Lines,
    IReadOnlyList<ReferenceData> References
) : FigureData(Title);

internal sealed record LineSeriesData(
    string Name,
    int Index,
    [property: JsonConverter(typeof(ShortNumbers))] IReadOnlyList<double> X,
    [property: JsonConverter(typeof(ShortNumbers))] IReadOnlyList<double> Y,
    [property: JsonConverter(typeof(ShortNumbers))] IReadOnlyList<double>? Low,
    [property: JsonConverter(typeof(ShortNumbers))] IReadOnlyList<double>? High
);

internal sealed record RangeData(
    string Title,
    AxisData Axis,
    IReadOnlyList<RangeValueData> Values,
    IReadOnlyList<ReferenceData> References
) : FigureData(Title);

/// <summary><c>Numbers</c>: the value, its low and its high.</summary>
internal sealed record RangeValueData(
    string Name,
    int Index,
    [property: JsonConverter(typeof(ShortNumbers))] IReadOnlyList<double> Numbers
);

internal sealed record HistogramData(
    string Title,
    string ValueTitle,
    double Reach,
    IReadOnlyList<HistogramGroupData> Groups
) : FigureData(Title);

internal sealed record HistogramGroupData(string Name, int Index, IReadOnlyList<LayerHistogramData> Layers)
{
    public static HistogramGroupData Of(HistogramGroup group, int index) =>
        new(
            group.Name,
            index,
            [
                .. group.Layers.Select(layer => new LayerHistogramData(
                    layer.Layer,
                    [layer.Low, layer.High],
                    HistogramScale.Reach(layer),
                    HistogramScale.Full(layer),
                    layer.Counts
                )),
            ]
        );
}

internal sealed record LayerHistogramData(
    string Layer,
    [property: JsonConverter(typeof(ShortNumbers))] IReadOnlyList<double> Range,
    double Reach,
    double Full,
    [property: JsonConverter(typeof(ShortNumbers))] IReadOnlyList<double> Counts
);
