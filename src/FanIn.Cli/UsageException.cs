namespace FanIn.Cli;

/// <summary>Wrong usage: the message is the sentence that the person reads, and the process answers 2.</summary>
internal sealed class UsageException : Exception
{
    public UsageException(string message)
        : base(message) { }
}
