using System.Collections.Immutable;
using System.Text;

namespace FanIn;

/// <summary>What <see cref="Conformance"/> found of one initializer and one tensor.</summary>
public sealed record ConformanceReport
{
    internal ConformanceReport(string subject) => Subject = subject;

    /// <summary>What was checked: the initializer's text form, or the function's name.</summary>
    public string Subject { get; }

    /// <summary>The tensor that was drawn.</summary>
    public required TensorDescription Tensor { get; init; }

    /// <summary>How it was drawn, and the error rate of the whole check.</summary>
    public required ConformanceOptions Options { get; init; }

    /// <summary>A finding for each test.</summary>
    public required ImmutableArray<ConformanceFinding> Findings { get; init; }

    /// <summary>What couldn't be tested, a sentence each with its reason.</summary>
    public required ImmutableArray<string> NotTested { get; init; }

    /// <summary>True when every test passed. What wasn't tested doesn't count: see <see cref="NotTested"/>.</summary>
    public bool Passed => Findings.All(f => f.Passed);

    /// <summary>The finding of one test, or null where it wasn't made.</summary>
    public ConformanceFinding? Find(string name) => Findings.FirstOrDefault(f => f.Name == name);

    /// <summary>
    /// A table for people: each test with what was found, what was expected, how far off that is in standard errors, and
    /// its p-value; below it what is wrong in words.
    /// </summary>
    public override string ToString()
    {
        int right = Findings.Count(f => f.Passed);
        var text = new StringBuilder();
        text.Append(
            $"{Subject} for {Tensor}, {Spelling.Word(Options.ElementType)}, seed {Options.Seed}: {(Passed ? "passed" : "FAILED")} ({right} of {Findings.Length} tests passed)\n"
        );
        text.Append(
            $"(an initializer that is right fails such a check at a rate of at most {Options.ErrorRate:G3})\n\n"
        );
        string[][] rows =
        [
            ["", "test", "found", "expected", "errors off", "p at most"],
            .. Findings.Select(f =>
                (string[])
                    [
                        f.Passed ? "ok" : "FAILED",
                        f.Name,
                        Print(f.Statistic),
                        Print(f.Expected),
                        f.StandardErrors is { } errors ? $"{errors:+0.0;-0.0;0.0}" : "",
                        f.PValue is { } p ? $"{p:G2}" : "",
                    ]
            ),
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            // Words to the left, numbers to the right.
            IEnumerable<string> cells = row.Select((c, i) => i < 2 ? c.PadRight(widths[i]) : c.PadLeft(widths[i]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }
        string[] sentences =
        [
            .. Findings.Where(f => !f.Passed).Select(f => $"* {f.Name}: {f.Sentence}"),
            .. NotTested.Select(sentence => $"- not tested: {sentence}"),
        ];
        if (sentences.Length > 0)
        {
            text.Append('\n').AppendJoin('\n', sentences).Append('\n');
        }
        return text.ToString();
    }

    internal static string Print(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < 1e9 ? $"{value:#,0}" : $"{value:G5}";
}
