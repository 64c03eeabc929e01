namespace FanIn.Checkpoints;

/// <summary>
/// A <c>config.json</c> or a list of shapes that no model can be planned from. The message is one sentence that says what,
/// where, and what would be right: it is meant to be shown to the person who named the file.
/// </summary>
public sealed class ModelConfigException : Exception
{
    /// <summary>Creates the exception with its sentence.</summary>
    public ModelConfigException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}
