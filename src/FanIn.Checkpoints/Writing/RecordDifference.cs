using System.Text.Json;

namespace FanIn.Checkpoints;

/// <summary>What tells one checkpoint's record from another's, for a person.</summary>
internal static class RecordDifference
{
    private const int MostText = 60;

    /// <summary>The first thing that differs, as half a sentence: <c>its seed is 1, not 2</c>.</summary>
    public static string Of(ReadOnlySpan<byte> there, ReadOnlySpan<byte> here)
    {
        try
        {
            using JsonDocument one = JsonDocument.Parse(there.ToArray());
            using JsonDocument other = JsonDocument.Parse(here.ToArray());
            return Of("its", one.RootElement, other.RootElement) ?? "its record is written otherwise";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "its record isn't one of FanIn's";
        }
    }

    private static string? Of(string owner, JsonElement there, JsonElement here)
    {
        foreach (JsonProperty property in here.EnumerateObject())
        {
            if (!there.TryGetProperty(property.Name, out JsonElement value))
            {
                return $"{owner} record has no {property.Name}";
            }
            if (JsonElement.DeepEquals(value, property.Value))
            {
                continue;
            }
            return (value.ValueKind, property.Value.ValueKind) switch
            {
                (JsonValueKind.Object, JsonValueKind.Object) => Of(owner, value, property.Value),
                (JsonValueKind.Array, JsonValueKind.Array) when IsOfObjects(value) && IsOfObjects(property.Value) => Of(
                    owner,
                    property.Name,
                    value,
                    property.Value
                ),
                _ =>
                    $"{owner} {property.Name} is {Shown(property.Name, value)}, not {Shown(property.Name, property.Value)}",
            };
        }
        return null;
    }

    private static string? Of(string owner, string name, JsonElement there, JsonElement here)
    {
        if (there.GetArrayLength() != here.GetArrayLength())
        {
            return $"{owner} {name} are {there.GetArrayLength()}, not {here.GetArrayLength()}";
        }
        foreach ((JsonElement one, JsonElement other) in there.EnumerateArray().Zip(here.EnumerateArray()))
        {
            if (!JsonElement.DeepEquals(one, other))
            {
                string item = other.TryGetProperty("name", out JsonElement called) ? Shown("name", called) : name;
                return Of($"{item}'s", one, other);
            }
        }
        return null;
    }

    private static bool IsOfObjects(JsonElement list) =>
        list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object);

    /// <summary>No recipe is the family's own; no fan, and no deviation, is none.</summary>
    private static string Shown(string name, JsonElement value)
    {
        string text =
            value.ValueKind != JsonValueKind.Null ? value.ToString()
            : name == "recipe" ? "the family's own"
            : "none";
        return text.Length <= MostText ? text : text[..MostText] + "...";
    }
}
