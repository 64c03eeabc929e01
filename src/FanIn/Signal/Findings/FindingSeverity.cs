namespace FanIn;

/// <summary>How bad a finding is.</summary>
public enum FindingSeverity
{
    /// <summary>Good to know; the network is healthy all the same.</summary>
    Note,

    /// <summary>Training will suffer.</summary>
    Warning,

    /// <summary>Training will fail.</summary>
    Error,
}
