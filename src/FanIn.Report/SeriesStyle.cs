namespace FanIn.Report;

/// <summary>
/// The looks of a series by its place in the order of names. The eight hues keep apart for the usual kinds of colour
/// blindness (after Okabe and Ito, darkened or lightened until each has a contrast of 3:1 or more with its paper);
/// dash and marker say the same without colour.
/// </summary>
internal static class SeriesStyle
{
    /// <summary>Colours on white paper.</summary>
    public static readonly IReadOnlyList<string> Light =
    [
        "#6b7078",
        "#d1640e",
        "#a9498f",
        "#0b66b0",
        "#0a8a66",
        "#a67c00",
        "#3b97c9",
        "#7a2b3f",
    ];

    /// <summary>The same hues on dark paper.</summary>
    public static readonly IReadOnlyList<string> Dark =
    [
        "#a3a9b3",
        "#ff9651",
        "#e48fcb",
        "#5aaaf2",
        "#36c79b",
        "#e2bb45",
        "#93d5f6",
        "#e08a9f",
    ];

    /// <summary>The index of every name: first those of the page's list, then the figures' others as they come.</summary>
    public static Dictionary<string, int> Order(IEnumerable<string> series, IEnumerable<Figure> figures)
    {
        var order = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string name in series.Concat(figures.SelectMany(figure => figure.SeriesNames)))
        {
            order.TryAdd(name, order.Count);
        }
        return order;
    }
}
