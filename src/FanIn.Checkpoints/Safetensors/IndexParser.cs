using System.Collections.Immutable;
using System.Text.Json;

namespace FanIn.Checkpoints;

/// <summary>Reads indexes strictly; what their metadata hold beside sizes is passed over.</summary>
internal static class IndexParser
{
    private static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <param name="json">The file's bytes.</param>
    /// <param name="subject">What the sentence about a fault begins with.</param>
    public static SafetensorsIndex Parse(ReadOnlySpan<byte> json, string subject)
    {
        using JsonDocument document = Document(json, subject);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("weight_map", out JsonElement map))
        {
            throw Fault(subject, "it lacks its weight_map, which says which tensor is in which file");
        }
        if (map.ValueKind != JsonValueKind.Object)
        {
            throw Fault(subject, "its weight_map is no object of file names");
        }
        (long? size, long? parameters) = (null, null);
        if (root.TryGetProperty("metadata", out JsonElement metadata) && metadata.ValueKind != JsonValueKind.Null)
        {
            if (metadata.ValueKind != JsonValueKind.Object)
            {
                throw Fault(subject, "its metadata are no object");
            }
            size = Whole(metadata, "total_size", subject);
            parameters = Whole(metadata, "total_parameters", subject);
        }
        return new(WeightMap(map, subject)) { TotalSize = size, TotalParameters = parameters };
    }

    private static JsonDocument Document(ReadOnlySpan<byte> json, string subject)
    {
        try
        {
            return JsonDocument.Parse(json.ToArray(), s_options);
        }
        catch (JsonException e)
        {
            string why = e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.');
            throw Fault(subject, $"line {(e.LineNumber ?? 0) + 1} isn't JSON: {Quoted.Text(why)[1..^1]}", e);
        }
        catch (InvalidOperationException e)
        {
            throw Fault(subject, "a name in it has half of a surrogate pair", e);
        }
    }

    private static ImmutableDictionary<string, string> WeightMap(JsonElement map, string subject)
    {
        ImmutableDictionary<string, string>.Builder files = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (JsonProperty property in map.EnumerateObject())
        {
            string tensor = Text(() => property.Name, subject);
            if (property.Value.ValueKind != JsonValueKind.String)
            {
                throw Fault(subject, $"the tensor {Quoted.Text(tensor)} has no file's name in the weight_map");
            }
            string file = Text(() => property.Value.GetString()!, subject);
            if (ShardName.Fault(file) is { } fault)
            {
                throw Fault(subject, $"the file {Quoted.Text(file)} of the tensor {Quoted.Text(tensor)} {fault}");
            }
            files.Add(tensor, file);
        }
        return files.Count > 0 ? files.ToImmutable() : throw Fault(subject, "its weight_map is empty");
    }

    private static string Text(Func<string> read, string subject)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException e)
        {
            throw Fault(subject, "a name in its weight_map isn't well-formed Unicode", e);
        }
    }

    /// <summary>Some writers have it as a floating-point number.</summary>
    private static long? Whole(JsonElement metadata, string name, string subject)
    {
        if (!metadata.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }
        return
            value.ValueKind == JsonValueKind.Number
            && value.TryGetDecimal(out decimal number)
            && number >= 0
            && number <= long.MaxValue
            && decimal.IsInteger(number)
            ? (long)number
            : throw Fault(
                subject,
                $"its {name} is {Quoted.Text(value.GetRawText())[1..^1]}, where a whole number of 0 or more belongs"
            );
    }

    private static SafetensorsException Fault(string subject, string why, Exception? inner = null) =>
        new($"{subject} is no valid index of a checkpoint: {why}.", inner);
}
