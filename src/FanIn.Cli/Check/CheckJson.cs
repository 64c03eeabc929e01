using System.Text.Json;

namespace FanIn.Cli.Check;

/// <summary>A check for other programs. Numbers that are not finite, and what there isn't, are null.</summary>
internal static class CheckJson
{
    public static void Write(Stream destination, CheckOutcome outcome)
    {
        using var json = new Utf8JsonWriter(destination, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        SignalReport report = outcome.Report;
        json.WriteStartObject();
        json.WriteString("verdict", report.Verdict);
        json.WriteString("subject", outcome.Subject);
        Number(json, "seeds", outcome.Seeds);
        json.WriteString("gradients", report.WithoutGradients);
        json.WriteStartArray("layers");
        foreach (SignalLayer layer in report.Layers)
        {
            Write(json, layer);
        }
        json.WriteEndArray();
        if (outcome.Checkpoint is { } checkpoint)
        {
            CheckpointJson.Write(json, checkpoint);
        }
        json.WriteStartArray("findings");
        foreach (SignalFinding finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("kind", FindingKinds.Text(finding.Kind));
            json.WriteString("severity", FindingCatalogue.Word(finding.Severity));
            json.WriteString("layer", finding.Layer);
            json.WriteString("message", finding.Message);
            json.WriteString("fix", finding.Fix);
            json.WriteString("init", finding.FixInitializer?.ToString());
            json.WriteString("parameters", finding.FixPattern);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SignalLayer layer)
    {
        LayerObservation seen = layer.Observation;
        LayerPrediction? foretold = layer.Prediction;
        json.WriteStartObject();
        json.WriteString("name", layer.Name);
        json.WriteString("type", seen.Kind);
        json.WriteString("activation", seen.Activation?.ToString());
        Number(json, "predictedRms", foretold?.Rms);
        Number(json, "measuredRms", layer.MeasuredRms);
        Number(json, "predictedGradientRms", foretold?.GradientRms);
        Number(json, "measuredGradientRms", layer.MeasuredGradientRms);
        Number(json, "typicalRms", foretold?.TypicalRms);
        Number(json, "typicalGradientRms", foretold?.TypicalGradientRms);
        Number(json, "low", foretold?.Band.Low);
        Number(json, "high", foretold?.Band.High);
        Number(json, "gradientLow", foretold?.GradientBand?.Low);
        Number(json, "gradientHigh", foretold?.GradientBand?.High);
        Number(json, "lowestRms", layer.Spread?.Low);
        Number(json, "highestRms", layer.Spread?.High);
        Number(json, "correlation", layer.Correlation);
        Number(json, "predictedCorrelation", foretold?.Correlation);
        Number(json, "deadShare", layer.DeadShare);
        Number(json, "predictedDeadShare", foretold?.DeadShare);
        Number(json, "saturatedShare", layer.SaturatedShare);
        Number(json, "predictedSaturatedShare", foretold?.SaturatedShare);
        Number(json, "tokenCorrelation", layer.TokenCorrelation);
        Number(json, "stableRank", seen.StableRank);
        Number(json, "attentionEntropy", layer.AttentionEntropy);
        json.WriteNumber("nonFinite", seen.Output.NonFinite);
        json.WriteEndObject();
    }

    internal static void Number(Utf8JsonWriter json, string name, double? value)
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
