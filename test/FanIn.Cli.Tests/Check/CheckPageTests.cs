using System.Text;
using FanIn.Cli.Check;
using FanIn.Tests.Shared;

namespace FanIn.Cli.Tests.Check;

/// <summary>docs/check.md: its table of kinds is the catalogue's, its options and fields are those that there are.</summary>
public sealed class CheckPageTests
{
    /// <summary>Set to 1, the test writes the table instead of comparing it.</summary>
    private const string Update = "FANIN_UPDATE_DOCS";

    private const string Start = "<!-- kinds: written by the tests, from the catalogue -->\n";
    private const string End = "<!-- end -->\n";

    private static readonly string s_path = Path.Combine(Readme.RepositoryRoot(), "docs", "check.md");

    [Fact]
    public void TheTableOfKindsIsCurrent()
    {
        string page = File.ReadAllText(s_path);
        int start = page.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        int end = page.IndexOf(End, start, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(s_path, page[..start] + Table() + page[end..]);
            return;
        }

        Assert.Equal(Table(), page[start..end]);
    }

    [Fact]
    public void TheDocumentsFieldsAreThoseOfThePage()
    {
        string page = File.ReadAllText(s_path);
        using var stream = new MemoryStream();
        JsonText.Write(stream, json => CheckJson.Write(json, new("net", SignalExamples.Vanishing)));
        using var document = System.Text.Json.JsonDocument.Parse(stream.ToArray());
        System.Text.Json.JsonElement check = document.RootElement;

        Assert.All(
            check
                .EnumerateObject()
                .Concat(check.GetProperty("layers")[0].EnumerateObject())
                .Concat(check.GetProperty("findings")[0].EnumerateObject())
                .Select(field => field.Name)
                .Where(name =>
                    name is not ("layers" or "findings" or "predictedDeadShare" or "predictedSaturatedShare")
                ),
            name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal)
        );
    }

    private static string Table()
    {
        var table = new StringBuilder("| kind | what it is | limits |\n|---|---|---|\n");
        foreach (FindingEntry entry in FindingCatalogue.All)
        {
            table.Append(
                $"| `{FindingKinds.Text(entry.Kind)}` | {entry.Title}. {entry.Meaning} | {entry.Threshold} |\n"
            );
        }
        return table.ToString();
    }
}
