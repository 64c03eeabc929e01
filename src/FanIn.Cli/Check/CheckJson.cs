using System.Text.Json;

namespace FanIn.Cli.Check;

/// <summary>A check for other programs. Numbers that are not finite, and what there isn't, are null.</summary>
internal static class CheckJson
{
    public static void Write(Utf8JsonWriter json, CheckOutcome outcome)
    {
        SignalReport report = outcome.Report;
        json.WriteStartObject();
        json.WriteString("verdict", report.Verdict);
        json.WriteString("subject", outcome.Subject);
        json.WriteNumberOrNull("seeds", outcome.Seeds);
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
        json.WriteNumberOrNull("predictedRms", foretold?.Rms);
        json.WriteNumberOrNull("measuredRms", layer.MeasuredRms);
        json.WriteNumberOrNull("predictedGradientRms", foretold?.GradientRms);
        json.WriteNumberOrNull("measuredGradientRms", layer.MeasuredGradientRms);
        json.WriteNumberOrNull("typicalRms", foretold?.TypicalRms);
        json.WriteNumberOrNull("typicalGradientRms", foretold?.TypicalGradientRms);
        json.WriteNumberOrNull("low", foretold?.Band.Low);
        json.WriteNumberOrNull("high", foretold?.Band.High);
        json.WriteNumberOrNull("gradientLow", foretold?.GradientBand?.Low);
        json.WriteNumberOrNull("gradientHigh", foretold?.GradientBand?.High);
        json.WriteNumberOrNull("lowestRms", layer.Spread?.Low);
        json.WriteNumberOrNull("highestRms", layer.Spread?.High);
        json.WriteNumberOrNull("correlation", layer.Correlation);
        json.WriteNumberOrNull("predictedCorrelation", foretold?.Correlation);
        json.WriteNumberOrNull("deadShare", layer.DeadShare);
        json.WriteNumberOrNull("predictedDeadShare", foretold?.DeadShare);
        json.WriteNumberOrNull("saturatedShare", layer.SaturatedShare);
        json.WriteNumberOrNull("predictedSaturatedShare", foretold?.SaturatedShare);
        json.WriteNumberOrNull("tokenCorrelation", layer.TokenCorrelation);
        json.WriteNumberOrNull("stableRank", seen.StableRank);
        json.WriteNumberOrNull("attentionEntropy", layer.AttentionEntropy);
        json.WriteNumber("nonFinite", seen.Output.NonFinite);
        json.WriteEndObject();
    }
}
