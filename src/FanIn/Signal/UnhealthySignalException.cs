using System.Text;

namespace FanIn;

/// <summary>A network that a test takes for healthy and that isn't. The message lists its findings, the worst first.</summary>
public sealed class UnhealthySignalException : Exception
{
    /// <summary>Lists what a report holds of a severity or above.</summary>
    public UnhealthySignalException(SignalReport report, FindingSeverity failOn = FindingSeverity.Warning)
        : base(Text(report, failOn)) => Report = report;

    /// <summary>What was found.</summary>
    public SignalReport Report { get; }

    private static string Text(SignalReport report, FindingSeverity failOn)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder($"The network's signal is not healthy: {report.Verdict}.");
        foreach (SignalFinding finding in report.Findings.Where(finding => finding.Severity >= failOn))
        {
            string where = finding.Layer.Length == 0 ? "" : $", {finding.Layer}";
            text.Append('\n').Append($"- {FindingKinds.Text(finding.Kind)}{where}: {finding.Message}");
            if (finding.Fix is { } fix)
            {
                text.Append(finding.FixInitializer is null ? $" {fix}" : $" Instead: {fix}");
            }
        }
        return text.ToString();
    }
}
