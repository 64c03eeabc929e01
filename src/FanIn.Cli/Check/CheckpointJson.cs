using System.Text.Json;
using FanIn.Checkpoints;

namespace FanIn.Cli.Check;

/// <summary>A checkpoint's tensors for other programs.</summary>
internal static class CheckpointJson
{
    public static void Write(Utf8JsonWriter json, CheckpointReport report)
    {
        json.WriteString("expectation", report.Expectation == SignalExpectation.Trained ? "trained" : "init");
        json.WriteStartArray("tensors");
        foreach (TensorCheck tensor in report.Tensors)
        {
            json.WriteStartObject();
            json.WriteString("name", tensor.Name);
            json.WriteStartArray("shape");
            foreach (long size in tensor.Tensor.Shape)
            {
                json.WriteNumberValue(size);
            }
            json.WriteEndArray();
            json.WriteString("dtype", tensor.Tensor.Type.Name());
            json.WriteString("file", tensor.FileName);
            json.WriteString("state", StateWord(tensor.State));
            json.WriteString("init", tensor.Initializer?.ToString());
            CheckJson.Number(json, "expectedMean", tensor.ExpectedMean);
            CheckJson.Number(json, "expectedStd", tensor.ExpectedStandardDeviation);
            CheckJson.Number(json, "mean", tensor.Values?.Mean);
            CheckJson.Number(json, "std", tensor.Values?.StandardDeviation);
            CheckJson.Number(json, "kurtosis", tensor.Values?.FourthMoment);
            CheckJson.Number(json, "largest", tensor.Values?.Largest);
            CheckJson.Number(json, "nonFinite", tensor.Values?.NonFinite);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>The state's word, in JSON and for people.</summary>
    public static string StateWord(TensorState state) =>
        state switch
        {
            TensorState.AsPlanned => "as-planned",
            TensorState.Random => "random",
            TensorState.Constant => "constant",
            TensorState.Uneven => "uneven",
            TensorState.Structured => "structured",
            TensorState.NonFinite => "non-finite",
            _ => "unchecked",
        };
}
