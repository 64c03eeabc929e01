namespace FanIn.Checkpoints;

/// <summary>
/// A file of a checkpoint that isn't there, isn't what it should be, or contradicts itself or another. The message is one
/// sentence that says what, where, and what would be right: it is meant to be shown to the person who named the file.
/// </summary>
public sealed class SafetensorsException : Exception
{
    /// <summary>Creates the exception with its sentence.</summary>
    public SafetensorsException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}
