using System.Globalization;

namespace FanIn;

/// <summary>A plan as a table for people.</summary>
internal static class PlanTable
{
    private static readonly string[] s_heads = ["parameter", "shape", "initializer", "fan-in", "fan-out", "std", "key"];

    /// <summary>A column is left out where it says nothing: keys that are the names, as they are without a mapping.</summary>
    public static void Write(Plan plan, TextWriter writer)
    {
        List<string[]> lines = [s_heads, .. plan.Rows.SelectMany(Lines)];
        int columns = lines.Skip(1).Any(line => line[^1].Length > 0) ? s_heads.Length : s_heads.Length - 1;
        int[] widths = [.. Enumerable.Range(0, columns).Select(c => lines.Max(line => line[c].Length))];
        foreach (string[] line in lines)
        {
            // Numbers to the right.
            writer.WriteLine(
                string.Join(
                        "  ",
                        widths.Select(
                            (width, c) => c is >= 3 and <= 5 ? line[c].PadLeft(width) : line[c].PadRight(width)
                        )
                    )
                    .TrimEnd()
            );
        }
    }

    private static IEnumerable<string[]> Lines(PlanRow row)
    {
        foreach ((int i, PlanPart part) in row.Parts.Index())
        {
            string name = row.Parameter.Blocks.IsEmpty
                ? row.Parameter.Name
                : $"{row.Parameter.Name}#{row.Parameter.Blocks[i].Name}";
            string usual = ParameterNames.KeyOf(row.Parameter.Name) + name[row.Parameter.Name.Length..];
            string aliases = row.Parameter.Aliases.IsEmpty ? "" : $" = {string.Join(" = ", row.Parameter.Aliases)}";
            yield return
            [
                name + (i == 0 ? aliases : ""),
                $"[{string.Join(", ", part.Tensor.Shape)}]",
                part.Initializer?.ToString() ?? "keep",
                Number(part.Tensor.Fan?.In),
                Number(part.Tensor.Fan?.Out),
                Number(part.StandardDeviation),
                part.Key == usual ? "" : part.Key,
            ];
        }
    }

    private static string Number(double? value) =>
        value is { } number
            ? number.ToString("G5", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal)
            : "-";
}
