using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FanIn.Report;

/// <summary>What the page's script reads: the figures as one JSON document.</summary>
internal sealed record PageData(IReadOnlyList<FigureData> Figures)
{
    /// <summary>
    /// The document, safe inside a script element: <c>&lt;</c>, <c>&amp;</c> and all that is not ASCII are escaped.
    /// </summary>
    public static string Json(IEnumerable<Figure> figures, Dictionary<string, int> order) =>
        JsonSerializer.Serialize(
            new PageData([.. figures.Select(figure => FigureData.Of(figure, order))]),
            PageJson.Default.PageData
        );

    /// <summary>The figure's kind, as the script and the style know it.</summary>
    public static string Kind(Figure figure) =>
        figure switch
        {
            LineFigure => "line",
            RangeFigure => "range",
            HistogramFigure => "histogram",
            TilesFigure => "tiles",
            _ => throw new InvalidOperationException($"No page knows the figure {figure.GetType().Name}."),
        };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(PageData))]
internal sealed partial class PageJson : JsonSerializerContext;

/// <summary>Numbers as short as a chart needs them: six digits, null for what is not finite.</summary>
internal sealed class ShortNumbers : JsonConverter<IReadOnlyList<double>>
{
    public override IReadOnlyList<double> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        throw new NotSupportedException("Figures are only written.");

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<double> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        Span<char> text = stackalloc char[32];
        foreach (double number in value)
        {
            if (double.IsFinite(number) && number.TryFormat(text, out int length, "G6", CultureInfo.InvariantCulture))
            {
                writer.WriteRawValue(text[..length], skipInputValidation: true);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
        writer.WriteEndArray();
    }
}
