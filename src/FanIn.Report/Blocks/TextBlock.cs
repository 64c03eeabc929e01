namespace FanIn.Report;

/// <summary>A paragraph.</summary>
/// <param name="Text">Its plain text.</param>
public sealed record TextBlock(string Text) : ReportBlock;

/// <summary>The findings, one sentence each.</summary>
/// <param name="Sentences">In the order in which to read them.</param>
public sealed record VerdictBlock(IReadOnlyList<VerdictSentence> Sentences) : ReportBlock;

/// <summary>One finding.</summary>
/// <param name="Text">A sentence or two.</param>
/// <param name="Severity">How it turned out.</param>
public sealed record VerdictSentence(string Text, Severity Severity = Severity.Neutral)
{
    /// <summary>The series it is about, whose mark stands beside it.</summary>
    public string? Series { get; init; }
}

/// <summary>Names and values: the settings of a run.</summary>
/// <param name="Settings">In the order in which to show them.</param>
public sealed record SettingsBlock(IReadOnlyList<Setting> Settings) : ReportBlock;

/// <summary>A name and its value.</summary>
/// <param name="Name">What is set.</param>
/// <param name="Value">To what.</param>
public sealed record Setting(string Name, string Value);

/// <summary>Text to copy as it stands, such as the command that repeats a run.</summary>
/// <param name="Code">The text; line breaks are kept.</param>
public sealed record CodeBlock(string Code) : ReportBlock;
