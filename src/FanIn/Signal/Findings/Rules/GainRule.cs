namespace FanIn;

/// <summary>
/// Weights scaled for another activation than the one that they come after: fan-in times their variance is, within five
/// standard errors, 2 (ReLU), 1 (tanh, SELU, linear), 25/9 (PyTorch's tanh), 9/16 (PyTorch's SELU) or 1/3 (PyTorch's
/// default). A warning where the length map says that over the layers that share it the signal or the gradient passes
/// <see cref="GrowthRule"/>'s limits, and what was measured does too: the same gain is harmless in a shallow network, and
/// weights that were fitted to data may have it by chance. The gain that is right for the activation (<see cref="Remedy"/>) is
/// never accused, whatever else goes wrong. Plain chains only.
/// </summary>
internal static class GainRule
{
    private const double LargestTolerance = 0.15;
    private const double SameScale = 0.005;
    private const double MostTotal = 3.1622776601683795;
    private const double LeastFactor = 0.9;
    private const double MostFactor = 1.1;

    private static readonly (double Scale, string Whose)[] s_gains =
    [
        (2, "he_normal's, made for relu"),
        (1, "lecun_normal's, made for tanh and selu"),
        (25.0 / 9, "PyTorch's gain of 5/3 for tanh"),
        (9.0 / 16, "PyTorch's gain of 3/4 for selu"),
        (1.0 / 3, "standard_uniform's, PyTorch's default for every activation"),
    ];

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        if (evidence.Prediction is not { IsChain: true } prediction)
        {
            yield break;
        }
        var groups = evidence
            .Hidden.Where(i => i > 0)
            .Select(i => (Layer: i, Gain: GainOf(evidence, i), Activation: evidence.ActivationBefore(i)))
            .Where(l => l is { Gain: >= 0, Activation.IsGated: false })
            .GroupBy(l => (l.Gain, l.Activation!));
        foreach (var group in groups)
        {
            (int gain, Activation activation) = group.Key;
            int[] layers = [.. group.Select(l => l.Layer)];
            if (
                !IsRight(evidence, activation, s_gains[gain].Scale)
                && Consequence(new(activation, s_gains[gain].Scale, prediction.BiasVariance), evidence, layers)
                    is { } result
            )
            {
                string name = evidence.Rows[layers[0]].Name;
                string more = layers.Length == 1 ? "" : $" and {layers.Length - 1} more layers";
                yield return new SignalFinding(
                    FindingKind.WrongGain,
                    FindingSeverity.Warning,
                    name,
                    $"fan-in times the weights' variance is {FindingText.Number(s_gains[gain].Scale)} in {FindingText.Quote(name)}{more}, {s_gains[gain].Whose}, but {activation} comes before: over {layers.Length} such layers the signal becomes {FindingText.Number(result.Signal)} and the gradient {FindingText.Number(result.Gradient)} times as large (length map: Poole 2016, Schoenholz 2017)"
                ).MendedForDepth(evidence, layers.Length >= evidence.Rows.Length - 2 ? null : layers);
            }
        }
    }

    private static bool IsRight(SignalEvidence evidence, Activation activation, double scale)
    {
        Remedy? remedy = activation == evidence.UsualActivation ? evidence.Remedy : Remedy.For(activation);
        // Biases belong to the point that some need.
        return remedy is { Scale: { } right, Biases: null } && Math.Abs((scale / right) - 1) <= SameScale;
    }

    private static int GainOf(SignalEvidence evidence, int layer)
    {
        if (
            evidence.WeightOf(layer)
                is not { Values: { NonFinite: 0, Rms: > 0 } values, Description.Tensor.Fan: { In: > 0 } fan }
            || UsualLaw.Tolerance(values) > LargestTolerance
        )
        {
            return -1;
        }
        double scale = values.Rms * values.Rms * fan.In;
        double tolerance = Math.Max(SameScale, UsualLaw.Tolerance(values));
        return Array.FindIndex(s_gains, g => Math.Abs((scale / g.Scale) - 1) <= tolerance);
    }

    private static (double Signal, double Gradient)? Consequence(LengthMap map, SignalEvidence evidence, int[] layers)
    {
        double start = evidence.Rows[layers[0] - 1].MeasuredRms;
        if (!(start > 1e-20 && start < 1e20))
        {
            return null;
        }
        try
        {
            (double signal, double gradient) = map.Through(layers.Length, start * start);
            bool isPredicted = IsBeyond(signal, layers.Length) || IsBeyond(gradient, layers.Length);
            return isPredicted && IsMeasured(evidence, layers) ? (signal, gradient) : null;
        }
        catch (ExpectationException)
        {
            return null;
        }
    }

    /// <summary>True unless signal and gradient, as far as they were measured, keep their size over the layers.</summary>
    private static bool IsMeasured(SignalEvidence evidence, int[] layers)
    {
        (SignalLayer before, SignalLayer last) = (evidence.Rows[layers[0] - 1], evidence.Rows[layers[^1]]);
        return IsOff(last.MeasuredRms / before.MeasuredRms)
            || (before.MeasuredGradientRms / last.MeasuredGradientRms is { } gradient && IsOff(gradient));

        bool IsOff(double total) => !double.IsFinite(total) || IsBeyond(total, layers.Length);
    }

    private static bool IsBeyond(double total, int layers)
    {
        double perLayer = Exponential.Of(CorrectlyRounded.Log(Math.Max(total, 1e-300)) / layers);
        double size = Math.Max(total, 1 / total);
        return size > GrowthRule.MostTotal || (size > MostTotal && perLayer is < LeastFactor or > MostFactor);
    }
}
