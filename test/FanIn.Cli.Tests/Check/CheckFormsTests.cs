using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using FanIn.Cli.Check;
using FanIn.Tests.Shared;

namespace FanIn.Cli.Tests.Check;

/// <summary>JSON, SARIF and JUnit, read by other readers than those that wrote them.</summary>
public sealed class CheckFormsTests
{
    private static readonly CheckOutcome Vanishing = new("mlp:50x64:relu with xavier_normal", SignalExamples.Vanishing)
    {
        Seeds = 5,
    };

    private static readonly CheckOutcome Hostile = new("hostile\0", SignalExamples.Hostile)
    {
        File = Path.Combine("models", "a b.onnx"),
    };

    [Fact]
    public void JsonHasALayerAFindingAndTheVerdict()
    {
        JsonElement check = Json(Vanishing);

        Assert.Equal("vanishing", check.GetProperty("verdict").GetString());
        Assert.Equal(JsonValueKind.Null, check.GetProperty("gradients").ValueKind);
        JsonElement layer = check.GetProperty("layers")[2];
        SignalLayer expected = Vanishing.Report.Layers[2];
        Assert.Equal("fc3", layer.GetProperty("name").GetString());
        Assert.Equal(0.5, layer.GetProperty("predictedRms").GetDouble(), 12);
        Assert.Equal(expected.MeasuredRms, layer.GetProperty("measuredRms").GetDouble());
        Assert.Equal(expected.MeasuredGradientRms, layer.GetProperty("measuredGradientRms").GetDouble());
        Assert.Equal(expected.Prediction!.GradientRms, layer.GetProperty("predictedGradientRms").GetDouble());
        // 1.96 standard deviations of half the logarithm of the mean square.
        double reach = 1.959964 * Math.Sqrt(0.06) / 2;
        Assert.Equal(0.5 * Math.Exp(-reach), layer.GetProperty("low").GetDouble(), 6);
        Assert.Equal(0.5 * Math.Exp(reach), layer.GetProperty("high").GetDouble(), 6);
        Assert.Equal(51, check.GetProperty("layers").GetArrayLength());
        JsonElement[] findings = [.. check.GetProperty("findings").EnumerateArray()];
        Assert.Equal(2, findings.Length);
        Assert.Equal(
            ("vanishing", "error", "fc8", "he_normal"),
            (
                Text(findings[0], "kind"),
                Text(findings[0], "severity"),
                Text(findings[0], "layer"),
                Text(findings[0], "fix")
            )
        );
        Assert.Equal(Vanishing.Report.Findings[0].Message, Text(findings[0], "message"));
        Assert.Equal(
            ("fluctuation", "note", "", null),
            (
                Text(findings[1], "kind"),
                Text(findings[1], "severity"),
                Text(findings[1], "layer"),
                Text(findings[1], "fix")
            )
        );
    }

    [Fact]
    public void JsonHasNullWhereThereIsNothingAndWhy()
    {
        JsonElement check = Json(new("model.onnx", SignalExamples.WithoutGradients));

        Assert.StartsWith("ONNX Runtime", Text(check, "gradients"), StringComparison.Ordinal);
        JsonElement layer = check.GetProperty("layers")[0];
        foreach (
            string name in (string[])
                ["predictedRms", "predictedGradientRms", "measuredGradientRms", "low", "high", "gradientLow"]
        )
        {
            Assert.Equal(JsonValueKind.Null, layer.GetProperty(name).ValueKind);
        }
        Assert.Equal(0.5, layer.GetProperty("measuredRms").GetDouble());
        Assert.Equal("healthy", Text(check, "verdict"));
    }

    [Fact]
    public void JsonHasNullForWhatIsNotFinite()
    {
        JsonElement layers = Json(Hostile).GetProperty("layers");

        Assert.Equal(JsonValueKind.Null, layers[0].GetProperty("measuredRms").ValueKind);
        Assert.Equal(JsonValueKind.Null, layers[2].GetProperty("measuredRms").ValueKind);
        Assert.Equal(0, layers[1].GetProperty("measuredRms").GetDouble());
        Assert.Equal("a\e[31m<b>\n", Text(layers[0], "name"));
    }

    [Fact]
    public void SarifHasWhatItsSchemaRequires()
    {
        JsonElement log = Parse(json => CheckSarif.Write(json, Vanishing));

        Assert.Equal("2.1.0", Text(log, "version"));
        JsonElement run = Assert.Single(log.GetProperty("runs").EnumerateArray());
        JsonElement driver = run.GetProperty("tool").GetProperty("driver");
        Assert.Equal("FanIn", Text(driver, "name"));
        JsonElement[] rules = [.. driver.GetProperty("rules").EnumerateArray()];
        Assert.Equal(Enum.GetValues<FindingKind>().Select(FindingKinds.Text), rules.Select(rule => Text(rule, "id")));
        Assert.All(
            rules,
            rule => Assert.False(string.IsNullOrEmpty(Text(rule.GetProperty("shortDescription"), "text")))
        );
        JsonElement[] results = [.. run.GetProperty("results").EnumerateArray()];
        Assert.Equal(["error", "note"], results.Select(result => Text(result, "level")));
        Assert.All(
            results,
            result =>
            {
                Assert.Equal(Text(result, "ruleId"), Text(rules[result.GetProperty("ruleIndex").GetInt32()], "id"));
                Assert.False(string.IsNullOrEmpty(Text(result.GetProperty("message"), "text")));
            }
        );
        JsonElement location = results[0].GetProperty("locations")[0];
        Assert.Equal("fc8", Text(location.GetProperty("logicalLocations")[0], "fullyQualifiedName"));
        Assert.False(location.TryGetProperty("physicalLocation", out _));
        Assert.EndsWith(
            "Instead: he_normal",
            Text(results[0].GetProperty("message"), "text"),
            StringComparison.Ordinal
        );
        Assert.Equal(
            Vanishing.Subject,
            Text(results[1].GetProperty("locations")[0].GetProperty("logicalLocations")[0], "fullyQualifiedName")
        );
    }

    [Fact]
    public void SarifPlacesFindingsInTheFileByAnAddress()
    {
        JsonElement log = Parse(json => CheckSarif.Write(json, Hostile));

        JsonElement location = log.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("locations")[0];
        Assert.Equal(
            "models/a%20b.onnx",
            Text(location.GetProperty("physicalLocation").GetProperty("artifactLocation"), "uri")
        );
        Assert.Equal(
            1,
            location.GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32()
        );
        JsonElement ofRecipe = Parse(json =>
            CheckSarif.Write(json, Vanishing with { RecipeFile = "recipes/mended.json" })
        );
        Assert.Equal(
            "recipes/mended.json",
            Text(
                ofRecipe
                    .GetProperty("runs")[0]
                    .GetProperty("results")[0]
                    .GetProperty("locations")[0]
                    .GetProperty("physicalLocation")
                    .GetProperty("artifactLocation"),
                "uri"
            )
        );
        JsonElement elsewhere = Parse(json => CheckSarif.Write(json, Hostile with { File = "/no/such.onnx" }));
        Assert.Equal(
            "file:///no/such.onnx",
            Text(
                elsewhere
                    .GetProperty("runs")[0]
                    .GetProperty("results")[0]
                    .GetProperty("locations")[0]
                    .GetProperty("physicalLocation")
                    .GetProperty("artifactLocation"),
                "uri"
            )
        );
    }

    [Fact]
    public void JUnitHasACaseForEachLayerAndFamily()
    {
        XElement suites = Xml(Vanishing, FindingSeverity.Warning);

        XElement suite = Assert.Single(suites.Elements("testsuite"));
        XElement[] cases = [.. suite.Elements("testcase")];
        Assert.Equal((2 * 51) + 3, cases.Length);
        Assert.Equal(cases.Length, (int)suite.Attribute("tests")!);
        Assert.Equal(1, (int)suite.Attribute("failures")!);
        Assert.Equal(
            cases.Length,
            cases.Select(c => ((string)c.Attribute("classname")!, (string)c.Attribute("name")!)).Distinct().Count()
        );
        XElement failed = Assert.Single(cases, c => c.Element("failure") is not null);
        Assert.Equal(("fc8", "signal"), ((string)failed.Attribute("classname")!, (string)failed.Attribute("name")!));
        Assert.Equal("vanishing", (string)failed.Element("failure")!.Attribute("type")!);
        Assert.Contains("Instead: he_normal", failed.Element("failure")!.Value, StringComparison.Ordinal);
        XElement noted = Assert.Single(cases, c => c.Element("system-out") is not null);
        Assert.Equal(("model", "signal"), ((string)noted.Attribute("classname")!, (string)noted.Attribute("name")!));
    }

    [Theory]
    [InlineData(FindingSeverity.Warning, 2)]
    [InlineData(FindingSeverity.Error, 1)]
    public void JUnitFailsAtWhatTheCheckFailsAt(FindingSeverity failOn, int failures)
    {
        SignalReport report = SignalExamples.Chain(
            3,
            1,
            new SignalFinding(FindingKind.Dead, FindingSeverity.Error, "fc2", "dead."),
            new SignalFinding(FindingKind.ConstantWeights, FindingSeverity.Warning, "fc2.weight", "constant."),
            new SignalFinding(FindingKind.NoGradient, FindingSeverity.Note, "unused.weight", "none.")
        );

        XElement suite = Xml(new("net", report), failOn).Element("testsuite")!;

        Assert.Equal(failures, (int)suite.Attribute("failures")!);
        Assert.Equal(failures, suite.Descendants("failure").Count());
        XElement weights = Assert.Single(
            suite.Elements("testcase"),
            c => (string?)c.Attribute("classname") == "fc2" && (string?)c.Attribute("name") == "weights"
        );
        Assert.Contains("constant.", weights.Value, StringComparison.Ordinal);
        Assert.Contains(suite.Elements("testcase"), c => (string?)c.Attribute("classname") == "unused.weight");
    }

    [Fact]
    public void JUnitIsXmlWhateverTheNames()
    {
        XElement suite = Xml(Hostile, FindingSeverity.Warning).Element("testsuite")!;

        Assert.Equal("hostile?", (string)suite.Attribute("name")!);
        XElement failure = Assert.Single(suite.Descendants("failure"));
        Assert.Contains("<script>alert(1)</script> ]]>", failure.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryKindIsExplainedOnceInItsPlace()
    {
        Assert.Equal(Enum.GetValues<FindingKind>(), FindingCatalogue.All.Select(entry => entry.Kind));
        Assert.All(Enum.GetValues<FindingKind>(), kind => Assert.Equal(kind, FindingCatalogue.Of(kind).Kind));
        Assert.All(FindingCatalogue.All, entry => Assert.EndsWith(".", entry.Meaning, StringComparison.Ordinal));
    }

    private static JsonElement Json(CheckOutcome outcome) => Parse(json => CheckJson.Write(json, outcome));

    private static JsonElement Parse(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        JsonText.Write(stream, write);
        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }

    private static XElement Xml(CheckOutcome outcome, FindingSeverity failOn)
    {
        using var stream = new MemoryStream();
        CheckJUnit.Write(stream, outcome, failOn);
        return XElement.Parse(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
