namespace FanIn.Report;

/// <summary>A table of texts.</summary>
public sealed record TableBlock : ReportBlock
{
    /// <summary>What the table shows.</summary>
    public string? Caption { get; init; }

    /// <summary>The columns, left to right; the first names the row.</summary>
    public required IReadOnlyList<TableColumn> Columns { get; init; }

    /// <summary>The rows, top to bottom; each has a cell for every column.</summary>
    public required IReadOnlyList<TableRow> Rows { get; init; }

    internal override void Validate()
    {
        for (int i = 0; i < Rows.Count; i++)
        {
            if (Rows[i].Cells.Count != Columns.Count)
            {
                throw Fault.In(
                    $"Row {i} of the table '{Caption}' has {Rows[i].Cells.Count} cells; it needs {Columns.Count}, one for each column."
                );
            }
        }
    }
}

/// <summary>A column of a table.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Kind">How its cells are set.</param>
public sealed record TableColumn(string Title, ColumnKind Kind = ColumnKind.Text);

/// <summary>How the cells of a column are set.</summary>
public enum ColumnKind
{
    /// <summary>Words, from the left.</summary>
    Text,

    /// <summary>Numbers, from the right, in digits of one width.</summary>
    Number,

    /// <summary>A word in the colour of the row's <see cref="TableRow.Severity"/>.</summary>
    Badge,

    /// <summary>A sentence, broken into lines where the column is narrow.</summary>
    Prose,
}

/// <summary>A row of a table.</summary>
/// <param name="Cells">One text for each column.</param>
public sealed record TableRow(IReadOnlyList<string> Cells)
{
    /// <summary>The series the row is about: its mark stands before the first cell.</summary>
    public string? Series { get; init; }

    /// <summary>How the row turned out; colours its badge.</summary>
    public Severity Severity { get; init; }
}
