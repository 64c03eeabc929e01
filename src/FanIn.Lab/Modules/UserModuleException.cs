namespace FanIn.Lab;

/// <summary>
/// A module of a user's own assembly that can't be loaded or made. The message is one sentence for a person: which file or
/// type, what is wrong, what would be right.
/// </summary>
public sealed class UserModuleException : Exception
{
    /// <summary>An error with its sentence, and what the runtime or the module's own code reported, if anything.</summary>
    public UserModuleException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}
