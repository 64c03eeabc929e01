namespace FanIn.Report;

/// <summary>How values are distributed in every layer, for each of several groups (initializers).</summary>
public sealed record HistogramFigure : Figure
{
    /// <summary>What is counted: the title of the axis of values.</summary>
    public required string ValueTitle { get; init; }

    /// <summary>The groups, one panel each.</summary>
    public required IReadOnlyList<HistogramGroup> Groups { get; init; }

    internal override IEnumerable<string> SeriesNames => Groups.Select(group => group.Name);

    internal override void Validate()
    {
        foreach (HistogramGroup group in Groups)
        {
            foreach (LayerHistogram layer in group.Layers)
            {
                bool isDrawable = double.IsFinite(layer.Low) && double.IsFinite(layer.High);
                if (isDrawable && layer.Low > layer.High)
                {
                    throw Fault(
                        $"'{group.Name}', layer '{layer.Layer}': the range {layer.Low}..{layer.High} is reversed."
                    );
                }
            }
        }
    }
}

/// <summary>The histograms of one group.</summary>
/// <param name="Name">Its name, which gives it its colour.</param>
/// <param name="Layers">One for each layer, from the input on.</param>
public sealed record HistogramGroup(string Name, IReadOnlyList<LayerHistogram> Layers);

/// <summary>A histogram over bins of equal width.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="Low">The lower edge of the first bin.</param>
/// <param name="High">The upper edge of the last; equal to <paramref name="Low"/> when all values are the same.</param>
/// <param name="Counts">The count, or any measure of it, in each bin. Nothing is drawn when it is empty.</param>
public sealed record LayerHistogram(string Layer, double Low, double High, IReadOnlyList<double> Counts);
