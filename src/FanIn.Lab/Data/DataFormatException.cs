namespace FanIn.Lab;

/// <summary>
/// Data from outside that can't be used: a missing folder, a truncated or wrong file, an unknown name. The message is
/// one sentence for a person: which file, what was expected, what was found.
/// </summary>
public sealed class DataFormatException : Exception
{
    /// <summary>An error with its sentence, and what the system reported, if anything.</summary>
    public DataFormatException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}
