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
            json.WriteNumberOrNull("expectedMean", tensor.ExpectedMean);
            json.WriteNumberOrNull("expectedStd", tensor.ExpectedStandardDeviation);
            json.WriteNumberOrNull("mean", tensor.Values?.Mean);
            json.WriteNumberOrNull("std", tensor.Values?.StandardDeviation);
            json.WriteNumberOrNull("kurtosis", tensor.Values?.Kurtosis);
            json.WriteNumberOrNull("largest", tensor.Values?.Largest);
            json.WriteNumberOrNull("nonFinite", tensor.Values?.NonFinite);
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
