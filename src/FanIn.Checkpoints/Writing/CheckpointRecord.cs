using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FanIn.Checkpoints;

/// <summary>
/// What a checkpoint's values were made from, and will be made from again: the file <c>fanin.plan.json</c> that lies beside
/// them. All values follow from it, so that they can be checked without a copy.
/// </summary>
public sealed record CheckpointRecord
{
    /// <summary>What the file is called.</summary>
    public const string FileName = "fanin.plan.json";

    /// <summary>More than the most tensors that are planned take.</summary>
    internal const int LongestText = 1 << 28;

    private const string PlanName = "plan";

    private static readonly JsonWriterOptions s_options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The version of FanIn that wrote the checkpoint.</summary>
    public required string Version { get; init; }

    /// <summary>The seed.</summary>
    public required Seed Seed { get; init; }

    /// <summary>What the model was described by, as a person called it: a file's name.</summary>
    public required string Source { get; init; }

    /// <summary>The recipe, as a person called it; null for the family's own.</summary>
    public string? Recipe { get; init; }

    /// <summary>Where the tensors that got no new values come from; null where all are new.</summary>
    public string? CopiedFrom { get; init; }

    /// <summary>What every file's <c>__metadata__</c> holds; null where that is another checkpoint's matter.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The plan as <see cref="CheckpointPlan.ToJson"/> writes it, or <see cref="FanIn.Plan.ToJson"/>.</summary>
    public required string PlanJson { get; init; }

    /// <summary>The plan of some tensors among others, which are copied, as <see cref="PlanJson"/> takes it.</summary>
    /// <param name="plan">A row for each that gets new values.</param>
    /// <param name="shards">The files.</param>
    public static string PlanOfSome(Plan plan, IReadOnlyCollection<Shard> shards)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(shards);
        return RecordFiles.Write(plan, shards);
    }

    /// <summary>The plan's rows.</summary>
    /// <exception cref="SpellingException">The plan isn't one.</exception>
    public Plan ReadPlan() => Plan.FromJson(PlanJson);

    /// <summary>The file.</summary>
    public CheckpointDocument ToDocument() =>
        new(FileName, Encoding.UTF8.GetBytes(ToJson()))
        {
            Difference = there => RecordDifference.Of(there.Span, Encoding.UTF8.GetBytes(ToJson())),
        };

    /// <summary>The record as JSON.</summary>
    public string ToJson()
    {
        using JsonDocument plan = JsonDocument.Parse(PlanJson);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, s_options))
        {
            writer.WriteStartObject();
            writer.WriteString("fanin", Version);
            // As text: JSON's numbers are exact up to 2^53 only.
            writer.WriteString("seed", Seed.ToString());
            writer.WriteString("source", Source);
            writer.WriteString("recipe", Recipe);
            if (CopiedFrom is not null)
            {
                writer.WriteString("copiedFrom", CopiedFrom);
            }
            if (Metadata is not null)
            {
                writer.WriteStartObject("metadata");
                foreach ((string key, string value) in Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    writer.WriteString(key, value);
                }
                writer.WriteEndObject();
            }
            writer.WritePropertyName(PlanName);
            // As it is: numbers in lists stay on their line.
            writer.WriteRawValue(plan.RootElement.GetRawText());
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length)) + "\n";
    }

    /// <summary>Reads a record.</summary>
    /// <param name="json">The file's text.</param>
    /// <exception cref="SafetensorsException">It is none.</exception>
    public static CheckpointRecord Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                json.Length <= LongestText ? json : throw new JsonException($"it has {json.Length} characters")
            );
            JsonElement root = document.RootElement;
            return new()
            {
                Version = root.GetProperty("fanin").GetString() ?? "",
                Seed = Seed.Parse(root.GetProperty("seed").GetString() ?? ""),
                Source = root.GetProperty("source").GetString() ?? "",
                Recipe = root.GetProperty("recipe").GetString(),
                CopiedFrom = root.TryGetProperty("copiedFrom", out JsonElement copied) ? copied.GetString() : null,
                Metadata = root.TryGetProperty("metadata", out JsonElement metadata) ? MetadataOf(metadata) : null,
                PlanJson = root.GetProperty(PlanName).GetRawText(),
            };
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new SafetensorsException(
                $"{FileName} isn't what fanin init leaves beside a checkpoint: {e.Message.Split(" LineNumber:")[0].TrimEnd('.')}.",
                e
            );
        }
    }

    private static Dictionary<string, string> MetadataOf(JsonElement metadata)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty pair in metadata.EnumerateObject())
        {
            if (!pairs.TryAdd(pair.Name, pair.Value.GetString() ?? ""))
            {
                throw new FormatException($"its metadata have {Quoted.Text(pair.Name)} twice");
            }
        }
        return pairs;
    }
}
