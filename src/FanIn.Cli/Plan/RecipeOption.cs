namespace FanIn.Cli.Plan;

/// <summary>A recipe as an option gives it: a name, or a file of rules.</summary>
internal static class RecipeOption
{
    private const long LargestFile = 1 << 26;

    /// <returns>The recipe and how a person calls it; nulls where the option wasn't typed.</returns>
    /// <exception cref="UsageException">The file can't be read, or isn't a recipe.</exception>
    /// <exception cref="SpellingException">Neither a file nor a recipe's or initializer's name.</exception>
    public static (Recipe? Recipe, string? Text) Read(string option, string? text)
    {
        if (text is null)
        {
            return (null, null);
        }
        bool isFile =
            text.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            || (
                // A slash in an initializer's argument divides.
                !text.Contains('(', StringComparison.Ordinal)
                && !Recipe.Names.Contains(text)
                && !Initializer.Names.Contains(text)
                && (text.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) || File.Exists(text))
            );
        if (!isFile)
        {
            return (Recipe.Parse(text), text);
        }
        try
        {
            if (new FileInfo(text) is { Exists: true, Length: > LargestFile })
            {
                throw new UsageException($"{option} '{text}' is too large to be a recipe");
            }
            return (Recipe.FromJson(File.ReadAllText(text)), text);
        }
        catch (SpellingException e)
        {
            throw new UsageException($"{option} '{text}': {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{option} '{text}' can't be read: {e.Message}");
        }
    }
}
