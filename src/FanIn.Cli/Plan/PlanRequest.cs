using FanIn.Checkpoints;

namespace FanIn.Cli.Plan;

/// <summary>The options of <c>plan</c> as they were typed; null where they weren't.</summary>
internal sealed record PlanOptions(
    string? Source = null,
    string? Shapes = null,
    string? Assembly = null,
    string? Module = null,
    string? Recipe = null,
    string? Dtype = null,
    string? MaxShardSize = null,
    string? ShardRule = null,
    string? Json = null,
    bool All = false
);

/// <summary>A plan to be made: everything read and checked before a model is.</summary>
internal sealed record PlanRequest
{
    /// <summary>Where the model is described.</summary>
    public required ModelSource Source { get; init; }

    /// <summary>Null for the family's own.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>The recipe in the user's words.</summary>
    public string? RecipeText { get; init; }

    public ElementType? ElementType { get; init; }

    public required long MaxShardSize { get; init; }

    public required ShardRule ShardRule { get; init; }

    /// <summary>A file, - for standard output, or null.</summary>
    public string? Json { get; init; }

    public bool All { get; init; }

    /// <exception cref="UsageException">An option's value is wrong; the message names the option.</exception>
    /// <exception cref="SpellingException">An unknown recipe.</exception>
    public static PlanRequest Read(PlanOptions typed, string verb = "plan")
    {
        (Recipe? recipe, string? text) = RecipeOption.Read("--recipe", typed.Recipe);
        return new()
        {
            Source = ModelSource.Of(verb, typed),
            Recipe = recipe,
            RecipeText = text,
            ElementType = Dtype(typed.Dtype),
            MaxShardSize = Size(typed.MaxShardSize),
            ShardRule = Rule(typed.ShardRule),
            Json = typed.Json,
            All = typed.All,
        };
    }

    /// <exception cref="UsageException">No type that weights are stored in.</exception>
    public static ElementType? Dtype(string? text)
    {
        if (text is null)
        {
            return null;
        }
        try
        {
            return Spelling.Read<ElementType>("element type", text);
        }
        catch (SpellingException e)
        {
            throw new UsageException($"--dtype: {e.Message}");
        }
    }

    /// <exception cref="UsageException">No size.</exception>
    public static long Size(string? text)
    {
        try
        {
            return text is null ? ShardMap.DefaultMaxShardSize : ByteSize.Parse(text);
        }
        catch (FormatException e)
        {
            throw new UsageException($"--max-shard-size: {e.Message}");
        }
    }

    /// <exception cref="UsageException">No rule.</exception>
    public static ShardRule Rule(string? text) =>
        text switch
        {
            null or "hub" => ShardRule.Hub,
            "transformers4" => ShardRule.Transformers4,
            _ => throw new UsageException($"--shard-rule: {Spelling.Unknown("rule", text, ["hub", "transformers4"])}"),
        };
}
