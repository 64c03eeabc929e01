using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FanIn.Checkpoints;

/// <summary>
/// A checkpoint's plan as JSON: <c>parameters</c> (the core's document, and each one's <c>file</c>; a packed one has its
/// blocks' common values beside them), <c>buffers</c> where there are any, <c>files</c> and <c>totalSize</c>.
/// </summary>
internal static class CheckpointPlanJson
{
    private static readonly JsonWriterOptions s_options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(CheckpointPlan plan)
    {
        using JsonDocument core = JsonDocument.Parse(plan.Plan.ToJson());
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, s_options))
        {
            writer.WriteStartObject();
            foreach (JsonProperty property in core.RootElement.EnumerateObject())
            {
                if (property.NameEquals("parameters"))
                {
                    WriteParameters(writer, property.Value, plan);
                }
                else
                {
                    property.WriteTo(writer);
                }
            }
            WriteBuffers(writer, plan);
            writer.WriteStartArray("files");
            foreach (Shard shard in plan.Shards.Shards)
            {
                writer.WriteStartObject();
                writer.WriteString("name", shard.FileName);
                writer.WriteNumber("bytes", shard.FileLength);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteNumber("totalSize", plan.Shards.TotalSize);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length)) + "\n";
    }

    private static void WriteParameters(Utf8JsonWriter writer, JsonElement parameters, CheckpointPlan plan)
    {
        writer.WriteStartArray("parameters");
        foreach ((int i, JsonElement parameter) in parameters.EnumerateArray().Index())
        {
            PlanRow row = plan.Plan.Rows[i];
            writer.WriteStartObject();
            Copy(writer, parameter);
            if (!row.Parameter.Blocks.IsEmpty)
            {
                WriteCommon(writer, row);
            }
            writer.WriteString("file", plan.Shards.ShardOf(row.Parameter.Name).FileName);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary>The properties of an object; lists of numbers stay on their line.</summary>
    private static void Copy(Utf8JsonWriter writer, JsonElement source)
    {
        foreach (JsonProperty property in source.EnumerateObject())
        {
            writer.WritePropertyName(property.Name);
            if (property.Value.ValueKind != JsonValueKind.Array || property.NameEquals("tied"))
            {
                property.Value.WriteTo(writer);
            }
            else if (property.NameEquals("blocks"))
            {
                writer.WriteStartArray();
                foreach (JsonElement block in property.Value.EnumerateArray())
                {
                    writer.WriteStartObject();
                    Copy(writer, block);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
            }
            else
            {
                writer.WriteRawValue(property.Value.GetRawText());
            }
        }
    }

    /// <summary>An element type as frameworks call it: <c>bfloat16</c>, <c>int64</c>, <c>bool</c>.</summary>
    public static string WordOf(SafetensorsType type) =>
        type.ToElementType() is { } drawn
            ? Spelling.Word(drawn)
            : type.Name() switch
            {
                "BOOL" => "bool",
                "C64" => "complex64",
                ['I', .. string bits] => $"int{bits}",
                ['U', .. string bits] => $"uint{bits}",
                string name => name,
            };

    /// <summary>What a packed parameter's blocks have in common; null where they differ.</summary>
    private static void WriteCommon(Utf8JsonWriter writer, PlanRow row)
    {
        writer.WriteString("init", row.Initializer?.ToString());
        writer.WriteString("key", row.Key);
        Number("fanIn", Same(row.Parts, part => part.Tensor.Fan?.In));
        Number("fanOut", Same(row.Parts, part => part.Tensor.Fan?.Out));
        Number("std", row.StandardDeviation);

        void Number(string name, double? value)
        {
            if (value is { } number && double.IsFinite(number))
            {
                writer.WriteNumber(name, number);
            }
            else
            {
                writer.WriteNull(name);
            }
        }
    }

    private static double? Same(ImmutableArray<PlanPart> parts, Func<PlanPart, double?> value) =>
        parts.All(part => value(part) == value(parts[0])) ? value(parts[0]) : null;

    private static void WriteBuffers(Utf8JsonWriter writer, CheckpointPlan plan)
    {
        if (plan.Model.Buffers.IsEmpty)
        {
            return;
        }
        writer.WriteStartArray("buffers");
        foreach (CheckpointBuffer buffer in plan.Model.Buffers)
        {
            writer.WriteStartObject();
            writer.WriteString("name", buffer.Name);
            writer.WritePropertyName("shape");
            writer.WriteRawValue($"[{string.Join(", ", buffer.Shape)}]");
            writer.WriteString("dtype", WordOf(buffer.Type));
            if (buffer.Content.IsEmpty)
            {
                writer.WriteNumber("value", buffer.Value);
            }
            else
            {
                writer.WriteString("sha256", Sha256.Text(buffer.Content.AsSpan()));
            }
            writer.WriteString("file", plan.Shards.ShardOf(buffer.Name).FileName);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
