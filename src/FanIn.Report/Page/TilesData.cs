namespace FanIn.Report;

/// <summary>
/// Tiles in one byte a weight. A byte b from 1 to 255 stands for the weight (b - 128) / 127 times the group's
/// <c>Scale</c>, 0 for one that is not finite.
/// </summary>
internal sealed record TilesData(string Title, double Scale, IReadOnlyList<TileGroupData> Groups) : FigureData(Title)
{
    public static TilesData Of(TilesFigure figure, Dictionary<string, int> order)
    {
        TileGroupData[] groups = [.. figure.Groups.Select(group => TileGroupData.Of(group, order[group.Name]))];
        return new TilesData(figure.Title, TileScale.Shared(groups.Select(group => group.Scale)), groups);
    }
}

internal sealed record TileGroupData(string Name, int Index, double Scale, IReadOnlyList<TilePanelData> Panels)
{
    public static TileGroupData Of(TileGroup group, int index)
    {
        double scale = TileScale.Of(group);
        return new(group.Name, index, scale, [.. group.Panels.Select(panel => TilePanelData.Of(panel, scale))]);
    }
}

/// <summary><c>Tiles</c>: the bytes of all tiles one after the other, in base 64.</summary>
internal sealed record TilePanelData(string Label, int Width, int Height, int Count, byte[] Tiles)
{
    public static TilePanelData Of(TilePanel panel, double scale)
    {
        byte[] bytes = new byte[panel.Tiles.Count * panel.Width * panel.Height];
        int at = 0;
        foreach (ReadOnlyMemory<float> tile in panel.Tiles)
        {
            foreach (float weight in tile.Span)
            {
                bytes[at++] = float.IsFinite(weight)
                    ? (byte)(128 + Math.Round(127 * TileScale.Relative(weight, scale)))
                    : (byte)0;
            }
        }
        return new(panel.Label, panel.Width, panel.Height, panel.Tiles.Count, bytes);
    }
}
