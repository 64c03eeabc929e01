namespace FanIn;

/// <summary>
/// Growth and decay through the hidden layers: of the output's RMS forward, of the gradient's norm backward. An error where
/// it comes to more than a factor 100 over all of them; a warning where the factor a layer is outside 0.9 .. 1.1 and the
/// variances of both ends are more than 10 apart (SageMaker Debugger, PoorWeightInitialization: 10), over four layers or more. Neither alone will do:
/// tanh at its critical point loses a tenth of its RMS in 50 layers, by a power of the depth, and trains; and a factor of
/// 0.8 over three layers is nothing.
/// </summary>
/// <remarks>
/// Layers that a normalization follows don't count forward, since their scale is taken away; their gradients have a limit
/// of their own (<see cref="NormalizationRule"/>). Layers that a gate keeps gradients from
/// (<see cref="SignalEvidence.HasOpeningGate"/>) don't count backward. Where theory predicts a network within the limits
/// and the measurement is within its band, finite width is what was seen, and <see cref="FluctuationRule"/> has it.
/// </remarks>
internal static class GrowthRule
{
    public const double MostTotal = 100;
    private const double MostVarianceRatio = 10;
    private const double LeastFactor = 0.9;
    private const double MostFactor = 1.1;
    private const string Source =
        "a factor of 100 at most, or variances within 10 (SageMaker Debugger, PoorWeightInitialization) unless it is within 0.9 to 1.1 a layer";

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        SignalFinding?[] trends = [Forward(evidence), Backward(evidence)];
        foreach (SignalFinding finding in trends.OfType<SignalFinding>())
        {
            yield return finding;
        }
        foreach (SignalFinding finding in Single(evidence))
        {
            if (trends[0]?.Kind != finding.Kind)
            {
                yield return finding;
            }
        }
    }

    private static SignalFinding? Forward(SignalEvidence evidence)
    {
        (int Layer, double Figure)[] points =
        [
            .. evidence
                .Hidden.Where(i => IsScaled(evidence, i) && !evidence.IsAnyNonFinite(i))
                .Select(i => (i, evidence.Rows[i].MeasuredRms))
                .Where(p => double.IsFinite(p.MeasuredRms)),
        ];
        if (points.Length < 2 || points[0].Figure == 0)
        {
            return null;
        }
        var trend = new GrowthTrend(points, IsChain(evidence));
        if (
            Severity(trend) is not { } severity
            || IsOnlyFluctuation(evidence, trend, p => (p.Rms, p.LogShift, p.LogVariance))
        )
        {
            return null;
        }
        string sizes =
            $"from an RMS of {FindingText.Number(points[0].Figure)} at {Name(evidence, trend.From)} to {FindingText.Number(points[^1].Figure)} at {Name(evidence, trend.To)}";
        return Finding(
            evidence,
            trend,
            severity,
            "signal",
            sizes,
            trend.LoneStep is { } step ? trend.LayerAt(step) : null
        );
    }

    private static SignalFinding? Backward(SignalEvidence evidence)
    {
        if (evidence.Rows.Length == 0 || !(evidence.Rows[^1].MeasuredGradientRms > 0))
        {
            return null;
        }
        (int Layer, double Figure)[] points =
        [
            .. evidence
                .Hidden.Reverse()
                .Select(i => (Layer: i, Figure: GradientNorm(evidence, i)))
                .Where(p => p.Figure is { } norm && double.IsFinite(norm) && (norm > 0 || !evidence.HasOpeningGate))
                .Select(p => (p.Layer, p.Figure!.Value)),
        ];
        if (points.Length < 2 || points[0].Figure == 0)
        {
            return null;
        }
        var trend = new GrowthTrend(points, IsChain(evidence));
        bool isNormalized = points.Any(p => evidence.First.Layers[p.Layer].IsNormalized);
        if (
            Severity(trend) is not { } severity
            || (isNormalized && trend.LogTotal > 0)
            || IsOnlyFluctuation(
                evidence,
                trend,
                p => p.GradientRms is { } rms ? (rms, p.GradientLogShift, p.GradientLogVariance) : null
            )
        )
        {
            return null;
        }
        string sizes =
            $"backward, from a norm of {FindingText.Number(points[0].Figure)} at {Name(evidence, trend.From)} to {FindingText.Number(points[^1].Figure)} at {Name(evidence, trend.To)}";
        // A step backward is made by the weights of the layer that it starts from.
        return Finding(
            evidence,
            trend,
            severity,
            "gradient",
            sizes,
            trend.LoneStep is { } step ? trend.LayerAt(step - 1) : null
        );
    }

    /// <summary>
    /// One layer that makes its input a hundred times larger or smaller in a network that has no such trend: an output that
    /// isn't a classifier's, or a layer before a skip.
    /// </summary>
    private static IEnumerable<SignalFinding> Single(SignalEvidence evidence)
    {
        for (int i = 0; i < evidence.Rows.Length; i++)
        {
            bool isOutput = i == evidence.Rows.Length - 1;
            if (
                !IsScaled(evidence, i)
                || (isOutput && evidence.First.Loss is not null)
                || evidence.IsAnyNonFinite(i)
                || evidence.First.Layers[i].Kind.Contains("Embedding", StringComparison.Ordinal)
                || !(evidence.Median(i, l => l.Input?.Rms) is { } input and > 0)
            )
            {
                continue;
            }
            double gain = evidence.Rows[i].MeasuredRms / input;
            bool explodes = gain > MostTotal;
            if (explodes || (gain < 1 / MostTotal && !isOutput))
            {
                string name = evidence.Rows[i].Name;
                yield return new SignalFinding(
                    explodes ? FindingKind.Exploding : FindingKind.Vanishing,
                    FindingSeverity.Warning,
                    name,
                    $"{FindingText.Quote(name)} makes its input's RMS of {FindingText.Number(input)} {FindingText.Number(gain)} times as large (a factor within 0.01 and 100 is expected of one layer)"
                ).MendedForDepth(evidence, [i]);
            }
        }
    }

    /// <summary>False where the scale is taken away by normalization, or is 0 on purpose.</summary>
    private static bool IsScaled(SignalEvidence evidence, int layer) =>
        !evidence.First.Layers[layer].IsNormalized
        && !(evidence.WeightOf(layer) is { } weight && evidence.IsMeantZero(weight));

    /// <summary>Norm rather than RMS: it is what stays where layers differ in width and positions.</summary>
    public static double? GradientNorm(SignalEvidence evidence, int layer) =>
        evidence.Median(
            layer,
            l => l.Gradient is { NonFinite: 0 } gradient ? gradient.Rms * Math.Sqrt(gradient.Count) : null
        );

    private static bool IsChain(SignalEvidence evidence) => evidence.Prediction is { IsChain: true };

    private static FindingSeverity? Severity(GrowthTrend trend)
    {
        double total = Math.Max(trend.Total, 1 / trend.Total);
        return total > MostTotal ? FindingSeverity.Error
            : trend.IsSustained && total * total > MostVarianceRatio && trend.PerLayer is < LeastFactor or > MostFactor
                ? FindingSeverity.Warning
            : null;
    }

    /// <summary>True where the prediction of infinite width is within the limits, and the measurement within the band around it.</summary>
    private static bool IsOnlyFluctuation(
        SignalEvidence evidence,
        GrowthTrend trend,
        Func<LayerPrediction, (double Size, double Shift, double Variance)?> figures
    )
    {
        if (
            evidence.Rows[trend.From].Prediction is not { } from
            || evidence.Rows[trend.To].Prediction is not { } to
            || figures(from) is not { Size: > 0 } start
            || figures(to) is not { Size: > 0 } end
        )
        {
            return false;
        }
        const double TwoSided95 = 1.959963984540054;
        double expected = CorrectlyRounded.Log(end.Size / start.Size);
        double centre = expected + ((end.Shift - start.Shift) / 2);
        double reach = TwoSided95 * Math.Sqrt(Math.Abs(end.Variance - start.Variance)) / 2;
        return Math.Abs(expected) < CorrectlyRounded.Log(MostVarianceRatio) / 2
            && Math.Abs(trend.LogTotal - centre) <= reach;
    }

    private static SignalFinding Finding(
        SignalEvidence evidence,
        GrowthTrend trend,
        FindingSeverity severity,
        string what,
        string sizes,
        int? lone
    )
    {
        bool explodes = trend.LogTotal > 0;
        double limit =
            severity == FindingSeverity.Error
                ? CorrectlyRounded.Log(MostTotal)
                : CorrectlyRounded.Log(MostVarianceRatio) / 2;
        int layer = lone ?? trend.Passes(limit);
        string how = lone is null
            ? $"by {FindingText.Number(trend.PerLayer)} a layer"
            : $"most of it by {Name(evidence, layer)}";
        return new SignalFinding(
            explodes ? FindingKind.Exploding : FindingKind.Vanishing,
            severity,
            evidence.Rows[layer].Name,
            $"the {what} {(explodes ? "grows" : "shrinks")} {sizes}, {FindingText.Number(trend.Total)} times in all, {how} ({Source})"
        ).MendedForDepth(evidence, lone is null ? null : [layer]);
    }

    private static string Name(SignalEvidence evidence, int layer) => FindingText.Quote(evidence.Rows[layer].Name);
}
