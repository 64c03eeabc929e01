namespace FanIn;

/// <summary>A recipe and a model that don't fit: the message says which rule or which parameters, and what would help.</summary>
public sealed class RecipeException : Exception
{
    /// <summary>Creates the exception with its sentence.</summary>
    public RecipeException(string message)
        : base(message) { }
}
