namespace FanIn;

/// <summary>A signal check found what an assertion doesn't allow.</summary>
public sealed class UnhealthySignalException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The verdict and the table of findings.</param>
    /// <param name="report">What was found.</param>
    public UnhealthySignalException(string message, SignalReport report)
        : base(message)
    {
        ArgumentNullException.ThrowIfNull(report);
        Report = report;
    }

    /// <summary>What was found.</summary>
    public SignalReport Report { get; }
}
