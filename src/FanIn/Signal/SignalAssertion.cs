using System.Text;

namespace FanIn;

/// <summary>A signal report as an assertion in a unit test, of whatever framework.</summary>
public static class SignalAssertion
{
    /// <summary>Throws where the report has a finding that is as bad as <paramref name="failOn"/> or worse.</summary>
    /// <param name="report">What a check found.</param>
    /// <param name="failOn">
    /// The least severity that fails: <see cref="FindingSeverity.Error"/> lets warnings pass,
    /// <see cref="FindingSeverity.Note"/> lets nothing pass.
    /// </param>
    /// <exception cref="UnhealthySignalException">There is one; the message is the table of these findings.</exception>
    /// <example><code>
    /// SignalCheck.Run(model, images, new() { Labels = labels }).ThrowIfUnhealthy();
    /// </code></example>
    public static void ThrowIfUnhealthy(this SignalReport report, FindingSeverity failOn = FindingSeverity.Warning)
    {
        ArgumentNullException.ThrowIfNull(report);
        SignalFinding[] findings = [.. report.Findings.Where(f => f.Severity >= failOn)];
        if (findings.Length > 0)
        {
            throw new UnhealthySignalException(Table(report.Verdict, findings), report);
        }
    }

    private static string Table(string verdict, SignalFinding[] findings)
    {
        string[][] rows =
        [
            .. findings.Select(f => new[] { Spelling.Word(f.Severity), FindingKinds.Text(f.Kind), LayerOf(f) }),
        ];
        int[] widths = [.. Enumerable.Range(0, 3).Select(column => rows.Max(row => row[column].Length))];
        var text = new StringBuilder($"The signal is not healthy: {verdict}.");
        foreach ((string[] row, SignalFinding finding) in rows.Zip(findings))
        {
            text.Append('\n');
            for (int column = 0; column < 3; column++)
            {
                text.Append(row[column].PadRight(widths[column])).Append("  ");
            }
            text.Append(finding.Message);
            if (finding.Fix is { } fix)
            {
                text.Append('\n').Append(' ', widths.Sum() + 6).Append("fix: ").Append(fix);
            }
        }
        return text.ToString();
    }

    private static string LayerOf(SignalFinding finding) => finding.Layer.Length == 0 ? "(network)" : finding.Layer;
}
