using System.Text.Encodings.Web;
using System.Text.Json;

namespace FanIn;

/// <summary>
/// Recipes as JSON, strictly read: what a recipe doesn't know, lacks or has twice is an error with its line. The shape is
/// that of <c>docs/recipe.schema.json</c>.
/// </summary>
internal static class RecipeJson
{
    /// <summary>What a document may have.</summary>
    internal static readonly string[] DocumentProperties = ["$schema", "name", "depth", "width", "rules"];

    /// <summary>What a rule may have.</summary>
    internal static readonly string[] RuleProperties =
    [
        "name",
        "kind",
        "role",
        "init",
        "keep",
        "key",
        "optional",
        "overruled",
    ];

    internal const int MaxLength = 4 << 20;

    public static Recipe Read(string json)
    {
        JsonSource document = JsonSource.Parse(json, "recipe", MaxLength);
        document.CheckObject("the recipe", DocumentProperties);
        document.Property("$schema")?.Text();
        return new Recipe([.. document.Required("rules").Items().Select(ReadRule)])
        {
            Name = document.Property("name")?.Text() ?? "",
            Depth = (int?)document.Property("depth")?.Whole(1, int.MaxValue),
            Width = document.Property("width")?.Whole(1, long.MaxValue),
        };
    }

    public static string Write(Recipe recipe)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Options))
        {
            writer.WriteStartObject();
            if (recipe.Name.Length > 0)
            {
                writer.WriteString("name", recipe.Name);
            }
            if (recipe.Depth is { } depth)
            {
                writer.WriteNumber("depth", depth);
            }
            if (recipe.Width is { } width)
            {
                writer.WriteNumber("width", width);
            }
            writer.WriteStartArray("rules");
            foreach (Rule rule in recipe.Rules)
            {
                Write(writer, rule);
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length)) + "\n";
    }

    /// <summary>Two spaces, and stars and quotes as they are: people read it. It is JSON, not part of a web page.</summary>
    internal static JsonWriterOptions Options { get; } =
        new()
        {
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };

    private static Rule ReadRule(JsonSource source)
    {
        source.CheckObject("a rule", RuleProperties);
        JsonSource? name = source.Property("name");
        JsonSource? kind = source.Property("kind");
        JsonSource? role = source.Property("role");
        if (name is null && kind is null && role is null)
        {
            throw source.Fault(
                $"'{source.Path}' chooses nothing; give it a name, a kind or a role (\"name\": \"*\" for every parameter)"
            );
        }
        string pattern = name is null ? Rule.AnyName : Guarded(name, () => Rule.Keep(name.Text()).Name);
        Rule rule = Values(source, pattern) with
        {
            Role = role is null ? null : Guarded(role, () => Spelling.Read<ParameterRole>("role", role.Text())),
            Key = source.Property("key")?.Text(),
            MayBeOverruled = source.Property("overruled")?.Flag() ?? false,
        };
        if (kind is not null)
        {
            rule = Guarded(kind, () => rule with { LayerKind = kind.Text() });
        }
        rule = rule with { MayMatchNothing = source.Property("optional")?.Flag() ?? IsOptionalByDefault(rule) };
        return rule.Fault is { } fault ? throw source.Fault(fault) : rule;
    }

    private static Rule Values(JsonSource source, string name)
    {
        (JsonSource? init, JsonSource? keep) = (source.Property("init"), source.Property("keep"));
        if (init is not null && keep is not null)
        {
            throw keep.Fault($"'{source.Path}' has both 'init' and 'keep'; take one out");
        }
        if (keep is not null)
        {
            return keep.Flag() ? Rule.Keep(name) : throw keep.Fault($"'{keep.Path}' can only be true");
        }
        return init is null
            ? throw source.Fault($"'{source.Path}' says no values; give it an 'init', or \"keep\": true")
            : Guarded(init, () => Rule.For(name, init.Text()));
    }

    /// <summary>As in code: a rule for a role alone is for whatever model.</summary>
    private static bool IsOptionalByDefault(Rule rule) =>
        rule is { Role: not null, Name: Rule.AnyName, LayerKind.Length: 0 };

    /// <summary>Adds the line to what is wrong with a spelling.</summary>
    private static T Guarded<T>(JsonSource source, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SpellingException e) when (!e.Message.StartsWith("line ", StringComparison.Ordinal))
        {
            throw source.Fault($"'{source.Path}': {e.Message}", e);
        }
        catch (ArgumentException e)
        {
            throw source.Fault($"'{source.Path}': {e.Message.Split(" (Parameter")[0]}", e);
        }
    }

    private static void Write(Utf8JsonWriter writer, Rule rule)
    {
        if (
            rule.Initializer is { } initializer
            && !(Initializer.TryParse(rule.Text, out var read) && read.Equals(initializer))
        )
        {
            throw new NotSupportedException(
                $"The rule {rule} has an initializer of your own, which no text can say: a recipe with it can't be written."
            );
        }
        writer.WriteStartObject();
        if (rule.Name != Rule.AnyName || (rule.LayerKind.Length == 0 && rule.Role is null))
        {
            writer.WriteString("name", rule.Name);
        }
        if (rule.LayerKind.Length > 0)
        {
            writer.WriteString("kind", rule.LayerKind);
        }
        if (rule.Role is { } role)
        {
            writer.WriteString("role", Spelling.Word(role));
        }
        if (rule.IsKeep)
        {
            writer.WriteBoolean("keep", true);
        }
        else
        {
            writer.WriteString("init", rule.Text);
        }
        if (rule.Key is not null)
        {
            writer.WriteString("key", rule.Key);
        }
        if (rule.MayMatchNothing != IsOptionalByDefault(rule))
        {
            writer.WriteBoolean("optional", rule.MayMatchNothing);
        }
        if (rule.MayBeOverruled)
        {
            writer.WriteBoolean("overruled", true);
        }
        writer.WriteEndObject();
    }
}
