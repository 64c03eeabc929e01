namespace FanIn.Lab;

/// <summary>Results can't be kept where they should be; the message says where and why.</summary>
public sealed class StoreException : IOException
{
    /// <summary>Creates the exception with its sentence.</summary>
    public StoreException(string message, Exception innerException)
        : base(message, innerException) { }
}
