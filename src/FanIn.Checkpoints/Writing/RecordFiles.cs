using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FanIn.Checkpoints;

/// <summary>What a record says about files: their lengths, which tensors they hold, and the buffers among them.</summary>
internal sealed class RecordFiles
{
    private readonly Dictionary<string, List<string>> _tensors = new(StringComparer.Ordinal);

    private RecordFiles(ImmutableArray<(string Name, long Bytes)> files, bool holdsAll)
    {
        (Files, HoldsAll) = (files, holdsAll);
        foreach ((string name, _) in files)
        {
            if (!_tensors.TryAdd(name, []))
            {
                throw new FormatException($"it has the file {Quoted.Text(name)} twice");
            }
        }
    }

    public ImmutableArray<(string Name, long Bytes)> Files { get; }

    /// <summary>True where the files hold no tensors but the record's.</summary>
    public bool HoldsAll { get; }

    /// <summary>The bytes of all tensors; null where it doesn't say.</summary>
    public long? TotalSize { get; private init; }

    public Dictionary<string, CheckpointBuffer> Buffers { get; } = new(StringComparer.Ordinal);

    /// <summary>The SHA-256 of those buffers' bytes whose elements aren't all one number.</summary>
    public Dictionary<string, string> Hashes { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<string> TensorsOf(string file) => _tensors[file];

    /// <exception cref="SafetensorsException">The record's plan says nothing of files.</exception>
    public static RecordFiles Of(CheckpointRecord record)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(record.PlanJson);
            JsonElement root = document.RootElement;
            var files = new RecordFiles(
                [
                    .. root.GetProperty("files")
                        .EnumerateArray()
                        .Select(file => (Plain(file.GetProperty("name")), file.GetProperty("bytes").GetInt64())),
                ],
                record.CopiedFrom is null
            )
            {
                TotalSize = root.TryGetProperty("totalSize", out JsonElement size) ? size.GetInt64() : null,
            };
            foreach (JsonElement parameter in root.GetProperty("parameters").EnumerateArray())
            {
                files.Add(parameter);
            }
            if (root.TryGetProperty("buffers", out JsonElement buffers))
            {
                foreach (JsonElement buffer in buffers.EnumerateArray())
                {
                    string name = files.Add(buffer);
                    files.Buffers[name] = BufferOf(name, buffer);
                    if (buffer.TryGetProperty("sha256", out JsonElement hash))
                    {
                        files.Hashes[name] = hash.GetString() ?? "";
                    }
                }
            }
            return files;
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new SafetensorsException(
                $"The plan in {CheckpointRecord.FileName} doesn't say which files there are: {e.Message.TrimEnd('.')}.",
                e
            );
        }
    }

    /// <summary>A plan as a record holds it, of tensors that lie among others in some files.</summary>
    public static string Write(Plan plan, IReadOnlyCollection<Shard> shards)
    {
        Dictionary<string, string> fileOf = shards
            .SelectMany(shard => shard.Header.Tensors.Select(tensor => (tensor.Name, shard.FileName)))
            .ToDictionary(StringComparer.Ordinal);
        JsonObject root = JsonNode.Parse(plan.ToJson())!.AsObject();
        foreach (JsonObject parameter in root["parameters"]!.AsArray().OfType<JsonObject>())
        {
            parameter["file"] = fileOf[(string)parameter["name"]!];
        }
        root["files"] = new JsonArray([
            .. shards.Select(shard => new JsonObject { ["name"] = shard.FileName, ["bytes"] = shard.FileLength }),
        ]);
        return root.ToJsonString();
    }

    private string Add(JsonElement tensor)
    {
        string name = tensor.GetProperty("name").GetString() ?? "";
        string file = Plain(tensor.GetProperty("file"));
        if (!_tensors.TryGetValue(file, out List<string>? list))
        {
            throw new FormatException($"the file {Quoted.Text(file)} of {Quoted.Text(name)} isn't among its files");
        }
        list.Add(name);
        return name;
    }

    private static CheckpointBuffer BufferOf(string name, JsonElement buffer)
    {
        SafetensorsType type = TypeOf(buffer.GetProperty("dtype").GetString());
        int value = buffer.TryGetProperty("value", out JsonElement number) ? number.GetInt32() : 0;
        return value is 0 || (value is 1 && CheckpointBuffer.HasOne(type))
            ? new(name, type, [.. buffer.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())], value)
            : throw new FormatException(
                $"{Quoted.Text(name)} can't be {value} everywhere; a buffer of {CheckpointPlanJson.WordOf(type)} is 0{(CheckpointBuffer.HasOne(type) ? " or 1" : "")}"
            );
    }

    /// <summary>A file beside the record, and no other.</summary>
    private static string Plain(JsonElement name)
    {
        string text = name.GetString() ?? "";
        return ShardName.Fault(text) is { } fault
            ? throw new FormatException($"the file {Quoted.Text(text)} {fault}")
            : text;
    }

    private static SafetensorsType TypeOf(string? word) =>
        Enum.GetValues<SafetensorsType>().FirstOrDefault(type => CheckpointPlanJson.WordOf(type) == word) is var found
        && CheckpointPlanJson.WordOf(found) == word
            ? found
            : throw new FormatException($"'{word}' is no type of a buffer");
}
