using System.Globalization;

namespace FanIn.Report;

/// <summary>A signal report's verdict and tables.</summary>
internal static class CheckTables
{
    /// <summary>The verdict in a sentence or two.</summary>
    public static string Verdict(SignalReport report)
    {
        if (report.Cause is not { } cause)
        {
            return "Healthy: "
                + (
                    report.WithoutGradients is null
                        ? "the signal reaches the output, and the gradient the input."
                        : "the signal reaches the output."
                );
        }
        string where = cause.Layer.Length == 0 ? "" : $" at {cause.Layer}";
        string verdict = report.Verdict;
        return $"{char.ToUpperInvariant(verdict[0])}{verdict[1..]}{where}. {Fix(cause)}".TrimEnd();
    }

    public static ReportBlock Findings(SignalReport report) =>
        report.Findings.IsEmpty
            ? new VerdictBlock([new("Nothing was found that speaks against this network.", Severity.Good)])
            : new TableBlock
            {
                Caption = "What was found, the worst first",
                Columns =
                [
                    new("layer"),
                    new("kind"),
                    new("what was found", ColumnKind.Prose),
                    new("what to write instead", ColumnKind.Prose),
                    new("severity", ColumnKind.Badge),
                ],
                Rows =
                [
                    .. report.Findings.Select(f => new TableRow([
                        f.Layer.Length == 0 ? "the network" : f.Layer,
                        FindingKinds.Text(f.Kind),
                        f.Message,
                        f.Fix ?? "",
                        Word(f.Severity),
                    ])
                    {
                        Severity = f.Severity switch
                        {
                            FindingSeverity.Error => Severity.Bad,
                            FindingSeverity.Warning => Severity.Warning,
                            _ => Severity.Neutral,
                        },
                    }),
                ],
            };

    /// <summary>A row for each layer; columns that no layer has a value for are left out.</summary>
    public static TableBlock Layers(SignalReport report)
    {
        (string Title, Func<SignalLayer, string> Cell)[] columns =
        [
            ("RMS", l => Number(l.MeasuredRms)),
            ("predicted", l => Number(l.Prediction?.Rms)),
            ("95% band", l => Interval(l.Prediction?.Band)),
            ("gradient", l => Number(l.MeasuredGradientRms)),
            ("predicted gradient", l => Number(l.Prediction?.GradientRms)),
            ("its band", l => Interval(l.Prediction?.GradientBand)),
            ("correlation", l => Share(l.Correlation)),
            ("dead units", l => Percent(l.DeadShare)),
            ("saturated", l => Percent(l.SaturatedShare)),
            ("attention entropy", l => Share(l.AttentionEntropy)),
        ];
        columns = [.. columns.Where(column => report.Layers.Any(layer => column.Cell(layer).Length > 0))];
        return new()
        {
            Caption = "In the order of execution; correlation is the mean cosine between two examples",
            Columns = [new("layer"), .. columns.Select(column => new TableColumn(column.Title, ColumnKind.Number))],
            Rows =
            [
                .. report.Layers.Select(layer => new TableRow([
                    layer.Name,
                    .. columns.Select(column => column.Cell(layer)),
                ])),
            ],
        };
    }

    private static string Fix(SignalFinding finding) =>
        finding.Fix is null ? ""
        : finding.FixInitializer is null ? finding.Fix
        : $"Instead: {finding.Fix}.";

    private static string Word(FindingSeverity severity) => severity.ToString().ToLowerInvariant();

    private static string Interval((double Low, double High)? band) =>
        band is { } b ? $"{Number(b.Low)} to {Number(b.High)}" : "";

    private static string Number(double? value) => value is { } number ? NumberText.Of(Rounded(number)) : "";

    private static string Share(double? value) =>
        value is { } share ? share.ToString("0.000", CultureInfo.InvariantCulture).Replace('-', '−') : "";

    private static string Percent(double? value) =>
        value is { } share ? share.ToString("0%", CultureInfo.InvariantCulture) : "";

    /// <summary>To three digits.</summary>
    private static double Rounded(double value) =>
        double.IsFinite(value)
            ? double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : value;
}
