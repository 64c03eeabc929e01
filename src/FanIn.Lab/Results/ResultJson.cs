using System.Text.Json;
using System.Text.Json.Serialization;

namespace FanIn.Lab;

/// <summary>How results are written as JSON, in the store and for others.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    Converters = [typeof(NullForNotFinite), typeof(SeedConverter)]
)]
[JsonSerializable(typeof(TrialResult))]
internal sealed partial class ResultJson : JsonSerializerContext;

/// <summary>JSON has no NaN and no infinity: they are null, and null reads as NaN.</summary>
internal sealed class NullForNotFinite : JsonConverter<double>
{
    public override bool HandleNull => true;

    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}

/// <summary>A seed is its number.</summary>
internal sealed class SeedConverter : JsonConverter<Seed>
{
    public override Seed Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetUInt64();

    public override void Write(Utf8JsonWriter writer, Seed value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Value);
}
