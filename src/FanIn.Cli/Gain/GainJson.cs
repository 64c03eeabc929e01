using System.Collections.Immutable;
using System.Text.Json;

namespace FanIn.Cli.Gain;

/// <summary>Gains for other programs. What is infinite, and what there isn't, is null.</summary>
internal static class GainJson
{
    public static void Write(Stream destination, ImmutableArray<GainRow> rows)
    {
        using var json = new Utf8JsonWriter(destination, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteStartArray("activations");
        foreach ((Activation activation, GaussianExpectation e) in rows)
        {
            json.WriteStartObject();
            json.WriteString("name", activation.ToString());
            Number(json, "mean", e.Mean);
            Number(json, "secondMoment", e.SecondMoment);
            Number(json, "variance", e.Variance);
            Number(json, "derivativeSecondMoment", e.DerivativeSecondMoment);
            Number(json, "forwardGain", e.ForwardGain);
            Number(json, "backwardGain", e.BackwardGain);
            Number(json, "varianceGain", e.VarianceGain);
            Number(json, "torchGain", activation.TorchGain);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
