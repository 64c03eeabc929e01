namespace FanIn.Report;

/// <summary>A signal report as one page: the verdict, the signal by layer, where the network stands, its distributions.</summary>
public sealed record CheckReport
{
    /// <summary>What was checked, in a few words: the heading.</summary>
    public required string Title { get; init; }

    /// <summary>What was found.</summary>
    public required SignalReport Signal { get; init; }

    /// <summary>What was checked on what: names and values.</summary>
    public IReadOnlyList<Setting> Settings { get; init; } = [];

    /// <summary>The command or code that checks it again; null for none.</summary>
    public string? Command { get; init; }

    /// <summary>A line at the foot of the page.</summary>
    public string? Footer { get; init; }

    /// <summary>Writes the page to a file: whole under its name, or not at all.</summary>
    /// <param name="path">The file; one that exists is replaced, a folder that doesn't exist is created.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Write(string path) => Page().Write(path);

    /// <summary>Writes the page as text; to a file, it must be UTF-8.</summary>
    public void Write(TextWriter writer) => Page().Write(writer);

    /// <summary>The page.</summary>
    public ReportPage Page() =>
        new()
        {
            Title = Title,
            Subtitle = CheckTables.Verdict(Signal),
            Series = CheckFigures.Names,
            Footer = Footer,
            Sections = [.. Sections()],
        };

    private IEnumerable<ReportSection> Sections()
    {
        yield return new() { Heading = "Findings", Blocks = [CheckTables.Findings(Signal)] };
        if (!Signal.Layers.IsEmpty)
        {
            yield return new()
            {
                Heading = "The signal, layer by layer",
                Text =
                    "Root mean square of each weighted layer's output before its activation, in the order of execution. On the "
                    + "logarithmic axis a straight line that falls or climbs is a signal that vanishes or explodes exponentially "
                    + "with depth. "
                    + (
                        Signal.WithoutGradients is { } why
                            ? $"There are no gradients: {why}"
                            : "The gradient is that of the loss with respect to the same outputs; it runs from the last layer to the first."
                    ),
                Blocks = [.. CheckFigures.ByLayer(Signal)],
            };
        }
        else
        {
            yield return new()
            {
                Heading = "The signal, layer by layer",
                Text =
                    "No layer's signal was measured: the weights alone were looked at. "
                    + (Signal.WithoutGradients is { } why ? $"There are no gradients either: {why}" : ""),
                Blocks = [],
            };
        }
        LineFigure[] standing = [.. CheckFigures.Standing(Signal)];
        if (standing.Length > 0)
        {
            yield return new() { Heading = "Where the network stands", Blocks = standing };
        }
        HistogramFigure[] distributions = [.. CheckFigures.Distributions(Signal)];
        if (distributions.Length > 0)
        {
            yield return new() { Heading = "Distributions", Blocks = distributions };
        }
        if (!Signal.Layers.IsEmpty)
        {
            yield return new() { Heading = "The layers in numbers", Blocks = [CheckTables.Layers(Signal)] };
        }
        if (Settings.Count > 0)
        {
            yield return new() { Heading = "Settings", Blocks = [new SettingsBlock(Settings)] };
        }
        if (Command is not null)
        {
            yield return new() { Heading = "Check it again", Blocks = [new CodeBlock(Command)] };
        }
    }
}
