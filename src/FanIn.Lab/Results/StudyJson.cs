using System.Text.Json;

namespace FanIn.Lab;

/// <summary>
/// A study's result for other programs. Numbers that are not finite are null. Two runs with the same settings and seeds
/// write the same bytes on the same machine, but for <c>seconds</c>.
/// </summary>
public static class StudyJson
{
    /// <summary>Writes the studies of one run: the first at the top, the others under <c>further</c>.</summary>
    /// <exception cref="ArgumentException">There are no results.</exception>
    public static void Write(Stream destination, IReadOnlyList<StudyResult> results)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(results);
        if (results.Count == 0)
        {
            throw new ArgumentException("There are no results to write.", nameof(results));
        }
        using var json = new Utf8JsonWriter(destination, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        WriteResult(json, results[0]);
        if (results.Count > 1)
        {
            json.WriteStartArray("further");
            foreach (StudyResult result in results.Skip(1))
            {
                json.WriteStartObject();
                WriteResult(json, result);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, StudyResult result)
    {
        WriteStudy(json, result.Study);
        Array(json, "trials", result.Trials, WriteTrial);
        Array(json, "summary", result.Summary, WriteSummary);
        Array(json, "comparisons", result.Comparisons, WriteComparison);
        Array(json, "sensitivity", result.Sensitivity, WriteSensitivity);
        Array(json, "verdict", Verdict.Of(result), (w, line) => w.WriteStringValue(line.Text));
    }

    private static void WriteStudy(Utf8JsonWriter json, StudyDescription study)
    {
        json.WriteStartObject("study");
        json.WriteString("data", study.Data);
        json.WriteString("network", study.Network);
        Array(json, "initializers", study.Initializers, (w, init) => w.WriteStringValue(init));
        json.WriteNumber("seeds", study.Seeds);
        json.WriteNumber("steps", study.Settings.Steps);
        json.WriteNumber("batchSize", study.Settings.BatchSize);
        json.WriteString("optimizer", study.Settings.Optimizer.ToString().ToLowerInvariant());
        Array(json, "learningRates", study.Settings.LearningRates, (w, rate) => w.WriteNumberValue(rate));
        json.WriteNumber("weightSeed", study.Settings.WeightSeed.Value);
        json.WriteNumber("orderSeed", study.Settings.OrderSeed.Value);
        Number(json, "chanceLoss", study.ChanceLoss);
        Number(json, "targetLoss", study.TargetLoss);
        json.WriteNumber("finalWindow", study.Settings.FinalWindow);
        json.WriteEndObject();
    }

    private static void WriteTrial(Utf8JsonWriter json, TrialResult trial)
    {
        json.WriteStartObject();
        json.WriteString("init", trial.Init);
        json.WriteNumber("seed", trial.Seed.Value);
        json.WriteNumber("learningRate", trial.LearningRate);
        Number(json, "initialLoss", trial.InitialLoss);
        Number(json, "finalLoss", trial.FinalLoss);
        Number(json, "stepsToTarget", trial.StepsToTarget ?? double.NaN);
        Number(json, "testAccuracy", trial.TestAccuracy);
        json.WriteBoolean("diverged", trial.Diverged);
        json.WriteString("outcome", Word(trial.Outcome));
        Array(json, "distinctUnits", trial.DistinctUnits, (w, n) => w.WriteNumberValue(n));
        Array(json, "distinctUnitsBefore", trial.DistinctUnitsBefore, (w, n) => w.WriteNumberValue(n));
        Array(json, "curve", trial.Curve, Value);
        Array(json, "activationRms", trial.Layers.Select(l => l.ActivationRms), Value);
        Array(json, "gradientRms", trial.Layers.Select(l => l.GradientRms), Value);
        Array(json, "deadShare", trial.Layers.Select(l => l.DeadShare ?? double.NaN), Value);
        Array(json, "saturatedShare", trial.Layers.Select(l => l.SaturatedShare ?? double.NaN), Value);
        Number(json, "seconds", trial.Seconds);
        json.WriteEndObject();
    }

    private static void WriteSummary(Utf8JsonWriter json, InitializerSummary summary)
    {
        json.WriteStartObject();
        json.WriteString("init", summary.Init);
        json.WriteNumber("learningRate", summary.LearningRate);
        WriteRange(json, "finalLoss", summary.FinalLoss);
        WriteRange(json, "stepsToTarget", summary.StepsToTarget);
        json.WriteNumber("reachedTarget", summary.ReachedTarget);
        WriteRange(json, "testAccuracy", summary.TestAccuracy);
        json.WriteNumber("diverged", summary.Diverged);
        json.WriteString("outcome", Word(summary.Outcome));
        json.WriteEndObject();
    }

    private static void WriteComparison(Utf8JsonWriter json, PairedComparison comparison)
    {
        json.WriteStartObject();
        json.WriteString("a", comparison.A);
        json.WriteString("b", comparison.B);
        Number(json, "difference", comparison.Difference);
        json.WriteStartArray("interval");
        Value(json, comparison.Interval?.Low ?? double.NaN);
        Value(json, comparison.Interval?.High ?? double.NaN);
        json.WriteEndArray();
        json.WriteBoolean("resolved", comparison.Resolved);
        Number(json, "seedsToResolve", comparison.TrialsToResolve ?? double.NaN);
        json.WriteEndObject();
    }

    private static void WriteSensitivity(Utf8JsonWriter json, SensitivityPoint point)
    {
        json.WriteStartObject();
        json.WriteString("init", point.Init);
        json.WriteNumber("learningRate", point.LearningRate);
        WriteRange(json, "finalLoss", point.FinalLoss);
        json.WriteNumber("diverged", point.Diverged);
        json.WriteBoolean("best", point.Best);
        json.WriteEndObject();
    }

    private static void WriteRange(Utf8JsonWriter json, string name, Range range)
    {
        json.WriteStartObject(name);
        Number(json, "mean", range.Mean);
        Number(json, "min", range.Min);
        Number(json, "max", range.Max);
        json.WriteEndObject();
    }

    private static void Array<T>(
        Utf8JsonWriter json,
        string name,
        IEnumerable<T> items,
        Action<Utf8JsonWriter, T> write
    )
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            write(json, item);
        }
        json.WriteEndArray();
    }

    private static string Word(Outcome outcome) => outcome.ToString().ToLowerInvariant();

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        json.WritePropertyName(name);
        Value(json, value);
    }

    private static void Value(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
