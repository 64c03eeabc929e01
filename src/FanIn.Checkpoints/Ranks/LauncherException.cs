namespace FanIn.Checkpoints;

/// <summary>
/// It can't be told which of how many processes this is. The message is one sentence that says what was found, and what
/// would be right: trying again won't help.
/// </summary>
public sealed class LauncherException : Exception
{
    /// <summary>Creates the exception with its sentence.</summary>
    public LauncherException(string message)
        : base(message) { }
}
