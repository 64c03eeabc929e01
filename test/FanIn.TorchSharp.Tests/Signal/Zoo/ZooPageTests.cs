using System.Text;
using FanIn.Tests.Shared;

namespace FanIn.TorchSharp.Tests.Signal.Zoo;

/// <summary>
/// The table of the zoo in docs/check.md is made from the networks that the tests run. <c>eng/update-docs.sh</c> writes it
/// anew.
/// </summary>
public sealed class ZooPageTests
{
    private const string Begin = "<!-- zoo: written by eng/update-docs.sh -->";
    private const string End = "<!-- end of zoo -->";

    [Fact]
    public void The_table_of_the_zoo_is_current()
    {
        string path = Path.Combine(Readme.RepositoryRoot(), "docs", "check.md");
        string page = File.ReadAllText(path);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal);
        int end = page.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= 0 && end > begin, $"docs/check.md has no place for the zoo, from '{Begin}' to '{End}'.");
        string current = $"{page[..(begin + Begin.Length)]}\n\n{Table()}\n{page[end..]}";
        if (Environment.GetEnvironmentVariable("FANIN_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, current);
        }
        Assert.Equal(current, File.ReadAllText(path));
    }

    private static string Table()
    {
        var table = new StringBuilder();
        table.Append("| network | planted fault | found at | verdict |\n|---|---|---|---|\n");
        foreach (ZooNetwork network in FaultyNetworks.All)
        {
            string layer = network.Layer.Length == 0 ? "the network" : $"`{network.Layer}`";
            string verdict = network.Verdict is { } kind ? $"`{FindingKinds.Text(kind)}`" : "`healthy`";
            string reason = network.Reason is null ? "" : $": {network.Reason}";
            table.Append(
                $"| {network.Name} | `{FindingKinds.Text(network.Kind!.Value)}` | {layer} | {verdict}{reason} |\n"
            );
        }
        table.Append("\n| healthy network |\n|---|\n");
        foreach (ZooNetwork network in HealthyNetworks.All)
        {
            table.Append($"| {network.Name} |\n");
        }
        return table.ToString();
    }
}
