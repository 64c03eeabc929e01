using System.Text.Json;

namespace FanIn.Cli.Check;

/// <summary>
/// Findings in SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format), which code hosts show beside the code: a rule
/// for each kind, the layer as logical location, and as physical one the model's file, the user's assembly, or the recipe of
/// a network that is given by its spelling. Where there is none of these, hosts that want a file show nothing.
/// </summary>
internal static class CheckSarif
{
    public static void Write(Utf8JsonWriter json, CheckOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        Tool(json);
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", true);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("results");
        foreach (SignalFinding finding in outcome.Report.Findings)
        {
            Result(json, finding, outcome);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Tool(Utf8JsonWriter json)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "FanIn");
        json.WriteString("version", Cli.Tool.Version);
        json.WriteStartArray("rules");
        foreach (FindingEntry rule in FindingCatalogue.All)
        {
            json.WriteStartObject();
            json.WriteString("id", FindingKinds.Text(rule.Kind));
            json.WriteString("name", rule.Kind.ToString());
            Text(json, "shortDescription", rule.Title);
            Text(json, "fullDescription", rule.Meaning);
            Text(json, "help", rule.Explanation);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Result(Utf8JsonWriter json, SignalFinding finding, CheckOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", FindingKinds.Text(finding.Kind));
        json.WriteNumber("ruleIndex", (int)finding.Kind);
        json.WriteString("level", FindingCatalogue.Word(finding.Severity));
        string where = finding.Layer.Length == 0 ? "" : $"{finding.Layer}: ";
        Text(json, "message", $"{where}{finding.Message} {FindingCatalogue.FixOf(finding)}".TrimEnd());
        json.WriteStartArray("locations");
        json.WriteStartObject();
        if ((outcome.File ?? outcome.RecipeFile) is { } file)
        {
            json.WriteStartObject("physicalLocation");
            json.WriteStartObject("artifactLocation");
            json.WriteString("uri", Address(file));
            json.WriteEndObject();
            // A binary file has no lines; code hosts show a result only where it has one.
            json.WriteStartObject("region");
            json.WriteNumber("startLine", 1);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteStartArray("logicalLocations");
        json.WriteStartObject();
        string name = finding.Layer.Length == 0 ? outcome.Subject : finding.Layer;
        json.WriteString("fullyQualifiedName", name);
        json.WriteString("kind", finding.Layer.Length == 0 ? "module" : "member");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        // The same finding of the next run is known again by this, whatever its numbers.
        json.WriteStartObject("partialFingerprints");
        json.WriteString("layerAndKind/v1", $"{name}:{FindingKinds.Text(finding.Kind)}");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Relative to the current folder, as hosts expect it, where the file lies in it; otherwise absolute.</summary>
    private static string Address(string file)
    {
        string relative = Path.GetRelativePath(".", file);
        return Path.IsPathRooted(relative) || relative.StartsWith("..", StringComparison.Ordinal)
            ? new Uri(Path.GetFullPath(file)).AbsoluteUri
            : string.Join('/', relative.Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));
    }

    private static void Text(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
