using System.Globalization;
using System.Text;
using System.Xml;

namespace FanIn.Cli.Check;

/// <summary>
/// A check as test cases in the XML of JUnit, which build servers show as tests: a suite, and in it a case for each layer and
/// family of findings, and for the model as a whole. What makes the check fail makes its case fail; the rest is its output.
/// </summary>
internal static class CheckJUnit
{
    /// <summary>What the cases of no layer in particular belong to.</summary>
    private const string WholeModel = "model";

    public static void Write(Stream destination, CheckOutcome outcome, FindingSeverity failOn)
    {
        Case[] cases = [.. Cases(outcome)];
        int failures = cases.Count(c => c.Findings.Any(f => CheckOutcome.IsFailure(f, failOn)));
        var settings = new XmlWriterSettings
        {
            Indent = true,
            NewLineChars = "\n",
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        using var xml = XmlWriter.Create(destination, settings);
        xml.WriteStartElement("testsuites");
        Totals(xml, "fanin check", cases.Length, failures);
        xml.WriteStartElement("testsuite");
        Totals(xml, outcome.Subject, cases.Length, failures);
        foreach (Case one in cases)
        {
            Write(xml, one, failOn);
        }
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    /// <summary>In the order of the layers, then what isn't about a layer of the table, then the model as a whole.</summary>
    private static IEnumerable<Case> Cases(CheckOutcome outcome)
    {
        ILookup<(string, FindingFamily), SignalFinding> findings = outcome.Report.Findings.ToLookup(f =>
            (ClassOf(f), FindingCatalogue.Of(f.Kind).Family)
        );
        foreach (SignalLayer layer in outcome.Report.Layers)
        {
            foreach (FindingFamily family in (FindingFamily[])[FindingFamily.Signal, FindingFamily.Weights])
            {
                yield return new(layer.Name, family, [.. findings[(layer.Name, family)]]);
            }
        }
        HashSet<(string, FindingFamily)> told =
        [
            .. outcome.Report.Layers.SelectMany(l =>
                ((string, FindingFamily)[])[(l.Name, FindingFamily.Signal), (l.Name, FindingFamily.Weights)]
            ),
        ];
        foreach (IGrouping<(string Class, FindingFamily Family), SignalFinding> others in findings)
        {
            if (!told.Contains(others.Key) && others.Key.Class != WholeModel)
            {
                yield return new(others.Key.Class, others.Key.Family, [.. others]);
            }
        }
        foreach (FindingFamily family in Enum.GetValues<FindingFamily>())
        {
            yield return new(WholeModel, family, [.. findings[(WholeModel, family)]]);
        }

        string ClassOf(SignalFinding finding) =>
            finding.Layer.Length == 0 ? WholeModel
            : outcome.RowOf(finding) is >= 0 and var row ? outcome.Report.Layers[row].Name
            : finding.Layer;
    }

    private static void Write(XmlWriter xml, Case one, FindingSeverity failOn)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", one.Class);
        Attribute(xml, "name", FindingCatalogue.Word(one.Family));
        SignalFinding[] failures = [.. one.Findings.Where(f => CheckOutcome.IsFailure(f, failOn))];
        if (failures.Length > 0)
        {
            xml.WriteStartElement("failure");
            Attribute(xml, "type", FindingKinds.Text(failures[0].Kind));
            Attribute(xml, "message", failures[0].Message);
            xml.WriteString(Printable(string.Join('\n', failures.Select(Line))));
            xml.WriteEndElement();
        }
        SignalFinding[] others = [.. one.Findings.Except(failures)];
        if (others.Length > 0)
        {
            xml.WriteElementString("system-out", Printable(string.Join('\n', others.Select(Line))));
        }
        xml.WriteEndElement();
    }

    private static string Line(SignalFinding finding) =>
        $"{FindingCatalogue.Word(finding.Severity)}, {FindingKinds.Text(finding.Kind)}: {finding.Message} {FindingCatalogue.FixOf(finding)}".TrimEnd();

    private static void Totals(XmlWriter xml, string name, int tests, int failures)
    {
        Attribute(xml, "name", name);
        Attribute(xml, "tests", tests.ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "failures", failures.ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "errors", "0");
        Attribute(xml, "skipped", "0");
    }

    private static void Attribute(XmlWriter xml, string name, string value) =>
        xml.WriteAttributeString(name, Printable(value));

    /// <summary>XML has no place for control characters, escaped or not, and a model's names may hold them.</summary>
    private static string Printable(string text)
    {
        var printable = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            printable.Append(rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? "?" : rune.ToString());
        }
        return printable.ToString();
    }

    /// <summary>One test case.</summary>
    private sealed record Case(string Class, FindingFamily Family, SignalFinding[] Findings);
}
