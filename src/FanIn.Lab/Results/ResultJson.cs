using System.Text.Json;
using System.Text.Json.Serialization;

namespace FanIn.Lab;

/// <summary>
/// How results are written in the store: infinities and NaN by name, so that what is read is what was written, and a
/// resumed study ends as an uninterrupted one does.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters = [typeof(SeedConverter)]
)]
[JsonSerializable(typeof(TrialResult))]
internal sealed partial class ResultJson : JsonSerializerContext;

/// <summary>A seed is its number.</summary>
internal sealed class SeedConverter : JsonConverter<Seed>
{
    public override Seed Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetUInt64();

    public override void Write(Utf8JsonWriter writer, Seed value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Value);
}
