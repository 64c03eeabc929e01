namespace FanIn.Report;

/// <summary>A heading and what stands under it.</summary>
public sealed record ReportSection
{
    /// <summary>The heading.</summary>
    public required string Heading { get; init; }

    /// <summary>A paragraph that says what the section shows and how to read it.</summary>
    public string? Text { get; init; }

    /// <summary>The section's contents; neighbouring line figures stand side by side where there is room.</summary>
    public required IReadOnlyList<ReportBlock> Blocks { get; init; }
}
