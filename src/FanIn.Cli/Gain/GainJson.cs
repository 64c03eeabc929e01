using System.Collections.Immutable;
using System.Text.Json;

namespace FanIn.Cli.Gain;

/// <summary>Gains for other programs. What is infinite, and what there isn't, is null.</summary>
internal static class GainJson
{
    public static void Write(Utf8JsonWriter json, ImmutableArray<GainRow> rows)
    {
        json.WriteStartObject();
        json.WriteStartArray("activations");
        foreach ((Activation activation, GaussianExpectation e) in rows)
        {
            json.WriteStartObject();
            json.WriteString("name", activation.ToString());
            json.WriteNumberOrNull("mean", e.Mean);
            json.WriteNumberOrNull("secondMoment", e.SecondMoment);
            json.WriteNumberOrNull("variance", e.Variance);
            json.WriteNumberOrNull("derivativeSecondMoment", e.DerivativeSecondMoment);
            json.WriteNumberOrNull("forwardGain", e.ForwardGain);
            json.WriteNumberOrNull("backwardGain", e.BackwardGain);
            json.WriteNumberOrNull("varianceGain", e.VarianceGain);
            json.WriteNumberOrNull("torchGain", activation.TorchGain);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
