using System.Collections.Immutable;
using System.Globalization;

namespace FanIn.Cli.Check;

/// <summary>A line of the table: a layer, its findings, and whether it keeps to its bands.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Findings">Those about it, the worst first.</param>
internal sealed record CheckRow(SignalLayer Layer, ImmutableArray<SignalFinding> Findings)
{
    /// <summary>More lines than this are too many to see at once.</summary>
    public const int MostRows = 24;

    /// <summary>Every layer's row.</summary>
    public static ImmutableArray<CheckRow> Of(CheckOutcome outcome)
    {
        ILookup<int, SignalFinding> findings = outcome.Report.Findings.ToLookup(outcome.RowOf);
        return [.. outcome.Report.Layers.Select((layer, i) => new CheckRow(layer, [.. findings[i]]))];
    }

    /// <summary>
    /// The indices of the rows to show of a deep network: the first, the last, every k-th, and those at fault.
    /// </summary>
    public static ImmutableArray<int> Selection(ImmutableArray<CheckRow> rows)
    {
        if (rows.Length <= MostRows)
        {
            return [.. Enumerable.Range(0, rows.Length)];
        }
        int every = (int)Math.Ceiling(rows.Length / (MostRows / 2.0));
        HashSet<int> atFault =
        [
            .. Enumerable.Range(0, rows.Length).Where(i => rows[i].Severity > FindingSeverity.Note).Take(MostRows / 2),
        ];
        return
        [
            .. Enumerable
                .Range(0, rows.Length)
                .Where(i => i % every == 0 || i == rows.Length - 1 || atFault.Contains(i)),
        ];
    }

    /// <summary>Its worst finding's; null without any.</summary>
    public FindingSeverity? Severity => Findings.IsEmpty ? null : Findings.Max(f => f.Severity);

    /// <summary>Below (-1), in (0) or above (1) the band; 0 where there is none.</summary>
    public int Side => SideOf(Layer.MeasuredRms, Layer.Prediction?.Band);

    /// <summary>The same of the gradient; 0 also where theory started from it: a band without width.</summary>
    public int GradientSide =>
        Layer.MeasuredGradientRms is { } rms && Layer.Prediction?.GradientBand is { } band && band.Low < band.High
            ? SideOf(rms, band)
            : 0;

    /// <summary>What stands behind the bar: findings, and where the bands are left.</summary>
    public string Mark =>
        string.Join(
            ", ",
            Findings
                .Select(f => FindingKinds.Text(f.Kind))
                .Distinct()
                .Concat(Word("RMS", Side))
                .Concat(Word("gradient", GradientSide))
        );

    /// <summary>A size in three or four digits.</summary>
    public static string Number(double? value) =>
        value is not { } number || !double.IsFinite(number) ? "-"
        : number == 0 ? "0"
        : number.ToString(
            Math.Abs(number) switch
            {
                >= 0.00995 and < 9.9995 => "0.000",
                >= 9.9995 and < 9999.5 => "0.0",
                _ => "0.00e0",
            },
            CultureInfo.InvariantCulture
        );

    private static int SideOf(double value, (double Low, double High)? band) =>
        band is not { } b ? 0
        : value < b.Low ? -1
        : value > b.High ? 1
        : 0;

    private static IEnumerable<string> Word(string what, int side) =>
        side == 0 ? [] : [$"{what} {(side < 0 ? "below" : "above")}"];
}
