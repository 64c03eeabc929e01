namespace FanIn.Checkpoints;

/// <summary>
/// A folder that a checkpoint shall be written into holds another one. The message is a sentence that says what differs:
/// trying again won't help.
/// </summary>
public sealed class CheckpointConflictException : Exception
{
    /// <summary>Creates the exception with its sentence.</summary>
    public CheckpointConflictException(string message)
        : base(message) { }
}
