namespace FanIn.Onnx;

/// <summary>
/// An ONNX file that can't be read, or a model that can't be run. The message is one sentence that says what, where, and
/// what would be right: it is meant to be shown to the person who named the file.
/// </summary>
public sealed class OnnxException : Exception
{
    /// <summary>Creates the exception with its sentence.</summary>
    public OnnxException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}
