using static FanIn.Checkpoints.CheckWords;

namespace FanIn.Checkpoints;

/// <summary>
/// Tensors of a trained checkpoint that still have their rule's law, or the one that the framework draws by itself: of 50,000
/// values or more together a warning, of fewer a note, all of them an error. Those that a conversion forgot, that a loader drew
/// anew, that no gradient reached. A normal of another scale doesn't say so: few steps leave a weight as bell-shaped as it was.
/// </summary>
internal static class FreshnessRule
{
    /// <summary>From here on a tensor that fits its rule isn't an accident.</summary>
    private const long Telling = 50_000;

    private const double MostErrors = 4;

    public static IEnumerable<SignalFinding> Judge(TensorCheck[] tensors)
    {
        TensorCheck[] judged =
        [
            .. tensors.Where(tensor =>
                tensor is { IsDrawn: true, Row.Parameter.IsTrainable: true }
                && tensor.Tensor.Count >= TensorLaw.LeastForKurtosis
                && tensor.State is not TensorState.Unchecked
            ),
        ];
        TensorCheck[] fresh =
        [
            .. judged.Where(tensor =>
                (tensor.State == TensorState.Random && FrameworkDefault.Of(tensor) is not null)
                || (
                    tensor.State == TensorState.AsPlanned
                    && tensor.Expected is { IsIndependent: true } law
                    && !TensorLaw.IsCoarse(law.Mean, law.StandardDeviation, tensor.Tensor.Type)
                    && TensorLaw.Fits(tensor.Profile!.All, law, tensor.Tensor.Type, MostErrors)
                )
            ),
        ];
        if (fresh.Length > 1 && fresh.Length == judged.Length)
        {
            yield return new(
                FindingKind.Untrained,
                FindingSeverity.Error,
                "",
                $"all {fresh.Length} weights of {TensorLaw.LeastForKurtosis} values or more still have the law of their initialization, such as {fresh[0].Name} that of {Law(fresh[0])}"
            )
            {
                Fix = "load the trained weights, or train",
            };
            yield break;
        }
        // Small ones too, where there are many.
        bool isTelling = fresh.Sum(tensor => tensor.Tensor.Count) >= Telling;
        foreach (TensorCheck tensor in fresh)
        {
            string law =
                tensor.State == TensorState.AsPlanned
                    ? $"still has the law of {Law(tensor)}"
                    : $"has that of {FrameworkDefault.Of(tensor)}, PyTorch's default, and not its family's";
            yield return new(
                FindingKind.Untrained,
                isTelling ? FindingSeverity.Warning : FindingSeverity.Note,
                tensor.Name,
                $"{law}: deviation {Number(tensor.Values!.StandardDeviation)}, kurtosis {Number(tensor.Profile!.All.Kurtosis)}"
            )
            {
                Fix = "see that its weights were converted or loaded under this name, and that it was trained",
            };
        }
        int trained = judged.Length - fresh.Length;
        if (trained > 0)
        {
            yield return new(
                FindingKind.NotRandom,
                FindingSeverity.Note,
                "",
                $"{trained} of {judged.Length} weights look trained: no rule of initialization is applied to them"
            );
        }
    }
}
