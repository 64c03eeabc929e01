namespace FanIn;

/// <summary>
/// A text form (initializer, activation, network, number) that can't be read. The message is one sentence that says
/// what was found, where, and what would be right: it is meant to be shown to the person who wrote the text.
/// </summary>
public sealed class SpellingException : FormatException
{
    /// <summary>Creates the exception with its sentence.</summary>
    public SpellingException(string message, Exception? innerException = null)
        : base(message, innerException) { }

    internal static SpellingException Unknown(string what, string text, IReadOnlyCollection<string> known) =>
        new(Spelling.Unknown(what, text, known));
}
