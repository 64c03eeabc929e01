namespace FanIn.Report;

/// <summary>One piece of a section: a paragraph, a verdict, a list of settings, a table, a figure.</summary>
public abstract record ReportBlock
{
    private protected ReportBlock() { }

    /// <summary>Throws an <see cref="ArgumentException"/> when the block contradicts itself.</summary>
    internal virtual void Validate() { }
}

/// <summary>How something turned out.</summary>
public enum Severity
{
    /// <summary>Neither good nor bad.</summary>
    Neutral,

    /// <summary>As one would wish.</summary>
    Good,

    /// <summary>Half right, or worth a look.</summary>
    Warning,

    /// <summary>A failure.</summary>
    Bad,
}
