namespace FanIn;

/// <summary>
/// An expectation of an activation that can't be told: the function isn't finite everywhere, it or its derivative grows
/// too fast, or its values are too rough for the accuracy that is promised. The message says which, and where.
/// </summary>
public sealed class ExpectationException : ArithmeticException
{
    /// <summary>Creates the exception with its sentence.</summary>
    public ExpectationException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}
