namespace FanIn;

/// <summary>
/// NaN or infinity: always an error, told of the parameters that hold them; otherwise of the batch, or of the first layer
/// that makes them, since all after it has them too; otherwise of the last layer whose gradient has them; otherwise of
/// the loss. The threshold is none at all (SageMaker Debugger, ExplodingTensor).
/// </summary>
internal static class NonFiniteRule
{
    private const string Source = "SageMaker Debugger, ExplodingTensor, allows none";

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        SignalFinding[] parameters =
        [
            .. evidence
                .Observations.SelectMany(o => o.Parameters)
                .Where(p => p.Values.NonFinite > 0)
                .DistinctBy(p => p.Description.Name)
                .Select(p => OfParameter(evidence, p)),
        ];
        return parameters.Length > 0 ? parameters
            : First(evidence) is { } finding ? [finding]
            : [];
    }

    private static SignalFinding OfParameter(SignalEvidence evidence, ParameterObservation parameter)
    {
        string name = parameter.Description.Name;
        SignalFinding finding = Error(
            name,
            $"{FindingText.Of(parameter.Values.NonFinite, parameter.Values.Count)} values of {FindingText.Quote(name)} are NaN or infinite"
        );
        return parameter.Description.Role switch
        {
            ParameterRole.Bias or ParameterRole.NormShift => finding.MendedBy(Initializer.Zeros, name),
            ParameterRole.NormScale => finding.MendedBy(Initializer.Ones, name),
            ParameterRole.Weight => finding.MendedBy(evidence.Remedy?.Weights ?? Initializer.XavierNormal(), name),
            ParameterRole.Embedding => finding.MendedBy(Initializer.Normal(), name),
            _ => finding.MendedBy("a finite value"),
        };
    }

    private static SignalFinding? First(SignalEvidence evidence)
    {
        if (evidence.First.Input is { NonFinite: > 0 } input)
        {
            return Error(
                    "",
                    $"{FindingText.Of(input.NonFinite, input.Count)} values of the batch are NaN or infinite before the network touches them"
                )
                .MendedBy("clean the data");
        }
        for (int i = 0; i < evidence.Rows.Length; i++)
        {
            if (evidence.IsAnyNonFinite(i))
            {
                TensorStatistics output = evidence
                    .Observations.Where(o => i < o.Layers.Length)
                    .Select(o => o.Layers[i].Output)
                    .First(o => o.NonFinite > 0);
                string name = evidence.Rows[i].Name;
                string after =
                    i == 0
                        ? ""
                        : $", after {FindingText.Quote(evidence.Rows[i - 1].Name)} of RMS {FindingText.Number(evidence.Rows[i - 1].MeasuredRms)}";
                return Error(
                        name,
                        $"{FindingText.Of(output.NonFinite, output.Count)} outputs of {FindingText.Quote(name)} are NaN or infinite{after}; the layers behind it get them too"
                    )
                    .MendedForDepth(evidence);
            }
        }
        for (int i = evidence.Rows.Length - 1; i >= 0; i--)
        {
            string name = evidence.Rows[i].Name;
            if (evidence.First.Layers[i].Gradient is { NonFinite: > 0 } gradient)
            {
                if (i == evidence.Rows.Length - 1)
                {
                    return Error(
                            name,
                            $"the gradient that reaches {FindingText.Quote(name)}, the last layer, has {FindingText.Of(gradient.NonFinite, gradient.Count)} values that are NaN or infinite though its outputs aren't"
                        )
                        .MendedBy(
                            "look at what stands behind the last layer and at the loss: a logarithm or a root of what isn't positive, or a division by 0"
                        );
                }
                return Error(
                        name,
                        $"{FindingText.Of(gradient.NonFinite, gradient.Count)} gradients at the output of {FindingText.Quote(name)} are NaN or infinite though the signal isn't"
                    )
                    .MendedForDepth(evidence);
            }
        }
        return evidence.First.Loss is { } loss && !double.IsFinite(loss.Loss)
            ? Error("", $"the loss is {FindingText.Number(loss.Loss)}, though the network's outputs are finite")
                .MendedBy("look at the loss: a logarithm of 0, or a division by 0")
            : null;
    }

    private static SignalFinding Error(string layer, string message) =>
        new(FindingKind.NonFinite, FindingSeverity.Error, layer, $"{message} ({Source})");
}
