namespace FanIn.Cli;

/// <summary>
/// A table as lines of text. The first and last column are left-aligned, those between hold numbers. Where a line would
/// be too long, first the headings take two lines, then the columns stand closer, then long names take a line of their
/// own, above their numbers.
/// </summary>
internal sealed class Columns
{
    private readonly IReadOnlyList<IReadOnlyList<string>> _rows;
    private readonly int[] _widths;
    private readonly string _gap;

    private Columns(
        IReadOnlyList<IReadOnlyList<string>> rows,
        IReadOnlyList<string[]> titles,
        int gap,
        int width = int.MaxValue
    )
    {
        _rows = rows;
        _gap = new(' ', gap);
        _widths = [.. titles.Select((title, i) => Math.Max(title.Max(t => t.Length), Widest(i)))];
        int excess = Width - width;
        Fits = excess <= 0;
        if (excess > 0)
        {
            _widths[0] = Math.Max(titles[0].Max(t => t.Length), _widths[0] - excess);
        }
        int height = titles.Max(t => t.Length);
        Heading =
        [
            .. Enumerable
                .Range(0, height)
                .Select(line =>
                    Join(titles.Select(t => line - (height - t.Length) is >= 0 and var at ? t[at] : "")).TrimEnd()
                ),
        ];
    }

    /// <summary>The headings' lines.</summary>
    public IReadOnlyList<string> Heading { get; }

    /// <summary>False where long names need lines of their own, and maybe that isn't enough.</summary>
    public bool Fits { get; }

    private int Width => _widths.Sum() + (_gap.Length * (_widths.Length - 1));

    public static Columns Of(IReadOnlyList<string> titles, IReadOnlyList<IReadOnlyList<string>> rows, int width)
    {
        var columns = new Columns(rows, [.. titles.Select(t => new[] { t })], gap: 2);
        string[][] broken = [.. titles.Select((t, i) => TwoLines(t, columns.Widest(i)))];
        foreach ((int gap, int most) in ((int, int)[])[(2, int.MaxValue), (1, int.MaxValue), (2, width), (1, width)])
        {
            if (columns.Width <= width)
            {
                break;
            }
            columns = new(rows, broken, gap, most);
        }
        return columns;
    }

    /// <summary>A row's lines without its last cell, and that cell.</summary>
    public (string[] Lines, string Last) Row(int row)
    {
        IReadOnlyList<string> cells = _rows[row];
        string last = cells[^1];
        string name = cells[0];
        return name.Length <= _widths[0]
            ? ([Join(cells.SkipLast(1)) + _gap], last)
            : ([name, Join(cells.SkipLast(1).Skip(1).Prepend("")) + _gap], last);
    }

    /// <summary>The whole table, line by line, with the row that a line is of; -1 for the heading.</summary>
    public IEnumerable<(int Row, string Line)> Lines()
    {
        foreach (string line in Heading)
        {
            yield return (-1, line);
        }
        for (int i = 0; i < _rows.Count; i++)
        {
            (string[] lines, string last) = Row(i);
            foreach (string line in lines[..^1])
            {
                yield return (i, line.TrimEnd());
            }
            yield return (i, (lines[^1] + last).TrimEnd());
        }
    }

    private int Widest(int column) => _rows.Count == 0 ? 0 : _rows.Max(r => r[column].Length);

    private string Join(IEnumerable<string> cells) =>
        string.Join(
            _gap,
            cells.Select(
                (cell, i) => i == 0 || i == _widths.Length - 1 ? cell.PadRight(_widths[i]) : cell.PadLeft(_widths[i])
            )
        );

    /// <summary>
    /// The heading in the narrowest two lines, but no narrower than what is below it; in one where that saves a character
    /// at most.
    /// </summary>
    private static string[] TwoLines(string title, int width)
    {
        if (title.Length <= width + 1)
        {
            return [title];
        }
        while (true)
        {
            string[] lines = [.. Wrapping.Lines(title, width)];
            if (lines.Length <= 2)
            {
                return lines;
            }
            width++;
        }
    }
}
