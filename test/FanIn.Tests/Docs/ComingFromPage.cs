using System.Text.RegularExpressions;
using FanIn.Tests.Shared;

namespace FanIn.Tests.Docs;

/// <summary>One row of a table of <c>docs/coming-from.md</c>.</summary>
/// <param name="Framework">The heading above its table.</param>
/// <param name="Theirs">The code of the first cell: one name, or several for one rule.</param>
/// <param name="Numbers">An expression for the standard deviation, with ± for the bound of a uniform; null where the cell is prose.</param>
/// <param name="Ours">An initializer, or in the last table a recipe.</param>
internal sealed record ComingFromRow(string Framework, string[] Theirs, string? Numbers, string Ours)
{
    /// <summary>A name as it stands in an error: without the call's arguments and MXNet's and Haiku's modules.</summary>
    public static string Bare(string theirs) => theirs.Split('(')[0].Split('.')[^1];
}

/// <summary>The tables of <c>docs/coming-from.md</c>.</summary>
internal static partial class ComingFromPage
{
    public static ComingFromRow[] Rows { get; } = [.. Read()];

    private static IEnumerable<ComingFromRow> Read()
    {
        string framework = "";
        foreach (string line in File.ReadLines(Path.Combine(Readme.RepositoryRoot(), "docs", "coming-from.md")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                framework = line[3..];
            }
            string[] cells = line.StartsWith('|') ? line.Split(" | ") : [];
            if (cells.Length < 3 || Codes(cells[2]) is not [string ours])
            {
                // Prose, a heading or the line beneath it.
                continue;
            }
            yield return new(framework, Codes(cells[0]), Codes(cells[1]).SingleOrDefault(), ours);
        }
    }

    private static string[] Codes(string cell) => [.. Code().Matches(cell).Select(match => match.Groups["code"].Value)];

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();
}
