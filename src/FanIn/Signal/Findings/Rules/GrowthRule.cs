namespace FanIn;

/// <summary>
/// Growth and decay through the hidden layers: of the output's RMS forward, of the gradient's norm backward. An error where
/// it comes to more than a factor 100 over all of them; a warning where the factor a layer is outside 0.9 .. 1.1 and the
/// ends' variances are more than 10 apart. One finding for each cause, with the range of layers that make it.
/// </summary>
/// <remarks>
/// <para>Where the limits come from. Variances 10 apart: SageMaker Debugger, PoorWeightInitialization. The factor 100:
/// beyond AutoTrainer's 70 between the gradients of both ends, and beyond what critical chains do by a power of their depth
/// (tanh's RMS is 1 / sqrt(2 l) after l layers, 1/100 after 5000). 0.9 .. 1.1: a critical chain changes by a factor of
/// 1 - 1 / (2 l) in layer l, tanh, or by 1.035, SELU's gradient, and trains at any depth; at 0.9, a second moment of 0.81,
/// the depth scale of Schoenholz 2017 is 4.7 layers. That goes for all layers and for where the change has become steady
/// (<see cref="GrowthTrend.Lasting"/>), and it takes four layers to see one; of fewer only the factor 100 counts.</para>
/// <para>Where layers aren't a chain, their figures differ in kind, and a line through them is only a trend where its
/// slope is 5 standard errors off 0, as everywhere in these rules.</para>
/// <para>Layers that a normalization follows don't count forward, since their scale is taken away; their gradients have a limit
/// of their own (<see cref="NormalizationRule"/>). Layers that a gate keeps gradients from
/// (<see cref="SignalEvidence.HasOpeningGate"/>) don't count backward, and what comes behind a layer that lets nothing
/// through is <see cref="DeadRule"/>'s. Where theory predicts a network within the limits and the measurement is within
/// 5 standard deviations of it, finite width is what was seen, and <see cref="FluctuationRule"/> has it.</para>
/// </remarks>
internal static class GrowthRule
{
    public const double MostTotal = 100;
    private const double MostVarianceRatio = 10;
    private const double LeastFactor = 0.9;
    private const double MostFactor = 1.1;
    private const int LeastSteps = 3;
    private const double LeastErrors = 5;
    private const double MostDeviations = 5;

    /// <summary>TheDeepChecker's limits of what a layer makes of standardized inputs.</summary>
    private const double MostOfFirst = 2;

    private const string Source =
        "a factor of 100 at most, or variances within 10 (SageMaker Debugger, PoorWeightInitialization) unless it is within 0.9 to 1.1 a layer";

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        (GrowthTrend? signal, GrowthTrend? gradient) = (Forward(evidence), Backward(evidence));
        Cause? forward = signal is not null && !IsDenied(signal, gradient) ? OfSignal(evidence, signal) : null;
        Cause? backward =
            gradient is not null && !IsUnconfirmed(gradient, signal) ? OfGradient(evidence, gradient) : null;
        // What shrinks or grows both ways has one cause: the weights' scale.
        if (forward is not null && backward is not null && forward.IsSameAs(backward))
        {
            (forward, backward) = (forward.With(backward), null);
        }
        foreach (Cause cause in new[] { forward, backward }.OfType<Cause>())
        {
            yield return Finding(evidence, cause);
        }
        foreach (bool explodes in (bool[])[true, false])
        {
            if (forward?.Explodes != explodes && Single(evidence, explodes) is { } finding)
            {
                yield return finding;
            }
        }
    }

    private static GrowthTrend? Forward(SignalEvidence evidence)
    {
        int shut = evidence.Hidden.FirstOrDefault(evidence.IsShut, int.MaxValue);
        (int Layer, double Figure)[] points =
        [
            .. evidence
                .Hidden.Where(i => i < shut && IsScaled(evidence, i) && !evidence.IsAnyNonFinite(i))
                .Select(i => (i, evidence.Rows[i].MeasuredRms))
                .Where(p => double.IsFinite(p.MeasuredRms)),
        ];
        return points.Length < 2 || points[0].Figure == 0 ? null : new(points, IsChain(evidence));
    }

    private static GrowthTrend? Backward(SignalEvidence evidence)
    {
        if (
            evidence.Rows.Length == 0
            || !(evidence.Rows[^1].MeasuredGradientRms > 0)
            || evidence.Hidden.Any(evidence.IsShut)
        )
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
        return points.Length < 2 || points[0].Figure == 0 ? null : new(points, IsChain(evidence));
    }

    private static Cause? OfSignal(SignalEvidence evidence, GrowthTrend trend)
    {
        if (
            Severity(trend) is not { } severity
            || IsOnlyFluctuation(evidence, trend, p => (p.Rms, p.LogShift + p.LogSkew, p.LogVariance))
        )
        {
            return null;
        }
        (int first, int last) = Range(evidence, trend, step => trend.LayerAt(step));
        bool explodes = trend.LogTotal > 0;
        bool isAll = first == 1 && last == trend.Steps;
        return new(
            explodes,
            severity,
            isAll && IsOff(evidence, trend.From, explodes) ? trend.From : trend.LayerAt(first),
            trend.LayerAt(last),
            isAll,
            Words(evidence, trend, "the signal", "from an RMS", first, last)
        );
    }

    private static Cause? OfGradient(SignalEvidence evidence, GrowthTrend trend)
    {
        bool isNormalized = evidence.Hidden.Any(i => evidence.First.Layers[i].IsNormalized);
        if (
            Severity(trend) is not { } severity
            || (isNormalized && trend.LogTotal > 0)
            || IsOnlyFluctuation(
                evidence,
                trend,
                p =>
                    p.GradientRms is { } rms
                        ? (rms, p.GradientLogShift + p.GradientLogSkew, p.GradientLogVariance)
                        : null
            )
        )
        {
            return null;
        }
        // A step backward is made by the weights of the layer that it starts from.
        (int first, int last) = Range(evidence, trend, step => trend.LayerAt(step - 1));
        return new(
            trend.LogTotal > 0,
            severity,
            trend.LayerAt(last - 1),
            trend.LayerAt(first - 1),
            first == 1 && last == trend.Steps,
            Words(evidence, trend, "the gradient", "backward from a norm", first, last)
        );
    }

    private static string Words(
        SignalEvidence evidence,
        GrowthTrend trend,
        string what,
        string from,
        int first,
        int last
    ) =>
        $"{what} {(trend.LogTotal > 0 ? "grows" : "shrinks")} {from} of {FindingText.Number(trend.First)} at {Name(evidence, trend.From)} to {FindingText.Number(trend.Last)} at {Name(evidence, trend.To)}{(trend.Last == 0 ? "" : $", {FindingText.Number(trend.Total)} times in all, by {FindingText.Number(trend.Factor(first, last))} a layer")}";

    /// <summary>
    /// Layers that make their input a hundred times larger or smaller in a network that has no such trend, which is what all
    /// of it may do: an output that isn't a classifier's, or layers before a skip. The first one is named.
    /// </summary>
    private static SignalFinding? Single(SignalEvidence evidence, bool explodes)
    {
        (int Layer, double Input, double Gain)[] layers =
        [
            .. from i in Enumerable.Range(0, evidence.Rows.Length)
            let isOutput = i == evidence.Rows.Length - 1
            where
                IsScaled(evidence, i)
                && !(isOutput && (evidence.First.Loss is { IsAssumed: false } || !explodes))
                && !evidence.IsAnyNonFinite(i)
                && evidence.WeightOf(i)?.Description.Role != ParameterRole.Embedding
            let input = evidence.Median(i, l => l.Input?.Rms) ?? 0
            where input > 0
            let gain = evidence.Rows[i].MeasuredRms / input
            where explodes ? gain > MostTotal : gain < 1 / MostTotal
            select (i, input, gain),
        ];
        if (layers is not [(var first, var size, var factor), ..])
        {
            return null;
        }
        string more = layers.Length == 1 ? "" : $", and {layers.Length - 1} more layers do likewise";
        return new SignalFinding(
            explodes ? FindingKind.Exploding : FindingKind.Vanishing,
            FindingSeverity.Warning,
            evidence.Rows[first].Name,
            $"{Name(evidence, first)} makes its input's RMS of {FindingText.Number(size)} {FindingText.Number(factor)} times as large{more} (a factor within 0.01 and 100, as of a whole network)"
        ).MendedForDepth(evidence, [.. layers.Select(l => l.Layer)]);
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
        if (trend.Errors < LeastErrors)
        {
            return null;
        }
        double total = Math.Max(trend.Total, 1 / trend.Total);
        bool isSteady =
            trend.LoneStep is not null
            || (
                trend.Lasting is < LeastFactor or > MostFactor
                && trend.Factor(1, trend.Steps) is < LeastFactor or > MostFactor
            );
        return total > MostTotal ? FindingSeverity.Error
            : trend.Steps >= LeastSteps && total * total > MostVarianceRatio && isSteady ? FindingSeverity.Warning
            : null;
    }

    /// <summary>
    /// True for a line through layers that aren't a chain where the other way goes as far in the opposite direction: weights
    /// that are too large or too small make both grow or both shrink.
    /// </summary>
    private static bool IsDenied(GrowthTrend trend, GrowthTrend? other) =>
        double.IsFinite(trend.Errors)
        && Severity(trend) != FindingSeverity.Error
        && other is not null
        && Math.Sign(other.LogTotal) != Math.Sign(trend.LogTotal)
        && Math.Abs(other.LogTotal) > CorrectlyRounded.Log(MostVarianceRatio) / 2;

    /// <summary>
    /// True for a gradient's line through layers that aren't a chain where the signal doesn't go the same way: what arrives at
    /// a layer in a branch is a matter of its place there, and only the weights' scale is both ways'.
    /// </summary>
    private static bool IsUnconfirmed(GrowthTrend gradient, GrowthTrend? signal) =>
        double.IsFinite(gradient.Errors)
        && Severity(gradient) != FindingSeverity.Error
        && signal is not null
        && !(signal.LogTotal * Math.Sign(gradient.LogTotal) > CorrectlyRounded.Log(MostVarianceRatio) / 2);

    /// <summary>
    /// The steps that make the change: one alone; otherwise those beyond the limits a layer, and their neighbours of the same
    /// weights' scale, which share the cause.
    /// </summary>
    private static (int First, int Last) Range(SignalEvidence evidence, GrowthTrend trend, Func<int, int> layerOf)
    {
        if (trend.LoneStep is { } lone)
        {
            return (lone, lone);
        }
        double tolerated = CorrectlyRounded.Log(trend.LogTotal > 0 ? MostFactor : 1 / LeastFactor);
        (int first, int last) = trend.Range(tolerated);
        while (first > 1 && evidence.HaveOneScale(layerOf(first - 1), layerOf(first)))
        {
            first--;
        }
        while (last < trend.Steps && evidence.HaveOneScale(layerOf(last + 1), layerOf(last)))
        {
            last++;
        }
        return (first, last);
    }

    /// <summary>
    /// True where the layer that a trend starts from goes the same way itself, by more than any usual rule makes of an input.
    /// </summary>
    private static bool IsOff(SignalEvidence evidence, int layer, bool explodes) =>
        evidence.Median(layer, l => l.Input?.Rms) is { } input and > 0
        && (explodes ? evidence.Rows[layer].MeasuredRms / input : input / evidence.Rows[layer].MeasuredRms)
            > MostOfFirst;

    /// <summary>
    /// True where the prediction of infinite width is within the limits, and the measurement within 5 standard deviations
    /// around it: beyond the band of 95% lies one draw in 20 of a healthy network.
    /// </summary>
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
        double expected = CorrectlyRounded.Log(end.Size / start.Size);
        double centre = expected + ((end.Shift - start.Shift) / 2);
        double reach = MostDeviations * Math.Sqrt(Math.Abs(end.Variance - start.Variance)) / 2;
        return Math.Abs(expected) < CorrectlyRounded.Log(MostVarianceRatio) / 2
            && Math.Abs(trend.LogTotal - centre) <= reach;
    }

    private static SignalFinding Finding(SignalEvidence evidence, Cause cause)
    {
        string where =
            cause.First == cause.Last
                ? Name(evidence, cause.First)
                : $"{Name(evidence, cause.First)} to {Name(evidence, cause.Last)}";
        int[]? layers = cause.IsAll
            ? null
            : [.. evidence.Hidden.Where(i => i >= cause.First && i <= cause.Last && IsScaled(evidence, i))];
        return new SignalFinding(
            cause.Explodes ? FindingKind.Exploding : FindingKind.Vanishing,
            cause.Severity,
            evidence.Rows[cause.First].Name,
            $"{cause.Words}, in {where} ({Source})"
        ).MendedForDepth(evidence, layers);
    }

    private static string Name(SignalEvidence evidence, int layer) => FindingText.Quote(evidence.Rows[layer].Name);

    /// <summary>The layers, in order of execution, whose weights make a trend.</summary>
    private sealed record Cause(bool Explodes, FindingSeverity Severity, int First, int Last, bool IsAll, string Words)
    {
        public bool IsSameAs(Cause other) => Explodes == other.Explodes && First <= other.Last && other.First <= Last;

        public Cause With(Cause other) =>
            new(
                Explodes,
                Severity > other.Severity ? Severity : other.Severity,
                Math.Min(First, other.First),
                Math.Max(Last, other.Last),
                IsAll || other.IsAll,
                $"{Words}, and {other.Words}"
            );
    }
}
