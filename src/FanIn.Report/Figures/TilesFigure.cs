namespace FanIn.Report;

/// <summary>
/// Weights as images: each unit's incoming weights a small tile, on a diverging scale that is symmetric about zero.
/// </summary>
public sealed record TilesFigure : Figure
{
    /// <summary>The groups (initializers).</summary>
    public required IReadOnlyList<TileGroup> Groups { get; init; }

    internal override IEnumerable<string> SeriesNames => Groups.Select(group => group.Name);

    internal override void Validate()
    {
        foreach (TileGroup group in Groups)
        {
            foreach (TilePanel panel in group.Panels)
            {
                if (panel.Width < 1 || panel.Height < 1)
                {
                    throw Fault(
                        $"'{group.Name}', {panel.Label}: tiles of {panel.Width}x{panel.Height}; both must be 1 or more."
                    );
                }
                int i = 0;
                foreach (ReadOnlyMemory<float> tile in panel.Tiles)
                {
                    if (tile.Length != panel.Width * panel.Height)
                    {
                        throw Fault(
                            $"'{group.Name}', {panel.Label}: tile {i} has {tile.Length} values; {panel.Width}x{panel.Height} needs {panel.Width * panel.Height}."
                        );
                    }
                    i++;
                }
            }
        }
    }
}

/// <summary>The tiles of one group.</summary>
/// <param name="Name">Its name, which gives it its colour.</param>
/// <param name="Panels">Its grids of tiles, such as before and after training; they share one scale.</param>
public sealed record TileGroup(string Name, IReadOnlyList<TilePanel> Panels);

/// <summary>A grid of tiles.</summary>
/// <param name="Label">What it shows: "before".</param>
/// <param name="Width">The columns of a tile.</param>
/// <param name="Height">The rows of a tile.</param>
/// <param name="Tiles">One for each unit: Width x Height values, row by row.</param>
public sealed record TilePanel(string Label, int Width, int Height, IReadOnlyList<ReadOnlyMemory<float>> Tiles);
