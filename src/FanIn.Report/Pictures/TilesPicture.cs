using ScottPlot;
using ScottPlot.Colormaps;
using ScottPlot.Plottables;

namespace FanIn.Report;

/// <summary>One plot for each group, its grids of tiles side by side, all on one scale.</summary>
internal static class TilesPicture
{
    private const double Gap = 0.08;

    // Pixels for each weight, and between tiles: viewers that smooth images keep the edges then.
    private const int Zoom = 4;
    private const int Seam = 3;

    public static Sheet Draw(TilesFigure figure, Dictionary<string, int> order)
    {
        double shared = TileScale.Shared(figure.Groups.Select(TileScale.Of));
        double scale = shared > 0 ? shared : 1;
        string title =
            $"{figure.Title} (blue −{NumberText.Of(Round(scale))}, white 0, red +{NumberText.Of(Round(scale))})";
        int panels = Math.Max(1, figure.Groups.Select(group => group.Panels.Count).DefaultIfEmpty(1).Max());
        return Sheet.Of(
            title,
            figure.Groups.Count,
            panels > 2 ? 1 : 3,
            170 * panels + 30,
            220,
            i => Plot(figure.Groups[i], order[figure.Groups[i].Name], panels, scale)
        );
    }

    private static double Round(double scale)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(scale)) - 1);
        return Math.Round(scale / unit) * unit;
    }

    private static Plot Plot(TileGroup group, int index, int panels, double scale)
    {
        Plot plot = Sheet.NewPlot();
        plot.HideAxesAndGrid();
        Sheet.Head(plot, group.Name, index);
        plot.Axes.Title.IsVisible = true;
        for (int i = 0; i < group.Panels.Count; i++)
        {
            double left = i * (1 + Gap);
            if (group.Panels[i].Tiles.Count > 0)
            {
                double[,] grid = Grid(group.Panels[i]);
                double height = Math.Min(1, (double)grid.GetLength(0) / grid.GetLength(1));
                Heatmap map = plot.Add.Heatmap(grid);
                map.Rectangle = new CoordinateRect(left, left + 1, -height, 0);
                map.Colormap = new CustomInterpolated([
                    Color.FromHex("#2166ac"),
                    Color.FromHex("#f6f5f2"),
                    Color.FromHex("#b2182b"),
                ]);
                map.ManualRange = new ScottPlot.Range(-scale, scale);
                map.NaNCellColor = Colors.Transparent;
            }
            Text label = plot.Add.Text(group.Panels[i].Label, left, -1.02);
            label.LabelAlignment = Alignment.UpperLeft;
            label.LabelFontColor = Sheet.Soft;
            label.LabelFontSize = 12;
        }
        plot.Axes.SetLimits(-0.02, panels * (1 + Gap) + 0.14, -1.16, 0.02);
        return plot;
    }

    /// <summary>All tiles of a panel in rows and columns as the page lays them out, NaN between them.</summary>
    private static double[,] Grid(TilePanel panel)
    {
        int count = panel.Tiles.Count;
        int columns = Math.Max(1, (int)Math.Ceiling(Math.Sqrt((double)count * panel.Height / panel.Width)));
        int rows = (count + columns - 1) / columns;
        int width = panel.Width * Zoom + Seam;
        int height = panel.Height * Zoom + Seam;
        double[,] grid = new double[rows * height - Seam, columns * width - Seam];
        for (int y = 0; y < grid.GetLength(0); y++)
        {
            for (int x = 0; x < grid.GetLength(1); x++)
            {
                int tile = y / height * columns + x / width;
                int row = y % height / Zoom;
                int column = x % width / Zoom;
                bool isWeight = tile < count && row < panel.Height && column < panel.Width;
                grid[y, x] = isWeight ? panel.Tiles[tile].Span[row * panel.Width + column] : double.NaN;
            }
        }
        return grid;
    }
}
