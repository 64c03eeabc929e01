namespace FanIn.Report;

/// <summary>
/// A report of text, tables and figures, written as one HTML file that needs no network and no other file.
/// </summary>
public sealed record ReportPage
{
    /// <summary>The heading of the page, and its name in the browser.</summary>
    public required string Title { get; init; }

    /// <summary>One or two sentences under the title.</summary>
    public string? Subtitle { get; init; }

    /// <summary>
    /// The names that keep one colour, dash and marker through the whole page, in the order in which they take them.
    /// A name that a figure uses and this list lacks comes after them, in order of appearance.
    /// </summary>
    public IReadOnlyList<string> Series { get; init; } = [];

    /// <summary>The sections, top to bottom.</summary>
    public required IReadOnlyList<ReportSection> Sections { get; init; }

    /// <summary>A line at the foot of the page: what wrote it, which version.</summary>
    public string? Footer { get; init; }

    /// <summary>Writes the page to a file: whole under its name, or not at all.</summary>
    /// <param name="path">The file; one that exists is replaced, a folder that doesn't exist is created.</param>
    /// <exception cref="ArgumentException">A figure or a table contradicts itself; the message says which.</exception>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Write(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Validate();
        WholeFile.Write(path, WriteTo);
    }

    /// <summary>Writes the page as text; to a file, it must be UTF-8.</summary>
    /// <param name="writer">Where to.</param>
    /// <exception cref="ArgumentException">A figure or a table contradicts itself; the message says which.</exception>
    public void Write(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Validate();
        PageTemplate.Write(this, writer);
    }

    private void WriteTo(Stream stream)
    {
        using var writer = new StreamWriter(stream, WholeFile.Utf8, leaveOpen: true);
        PageTemplate.Write(this, writer);
    }

    private void Validate()
    {
        foreach (ReportSection section in Sections)
        {
            foreach (ReportBlock block in section.Blocks)
            {
                block.Validate();
            }
        }
    }
}
