namespace FanIn.Cli;

/// <summary>What the process answers.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>A check found a fault, or a verification failed.</summary>
    public const int Fault = 1;

    /// <summary>Wrong usage or bad input: doing it again won't help.</summary>
    public const int Usage = 2;

    /// <summary>Worth retrying: interrupted, disk full.</summary>
    public const int Retry = 3;
}
