using static FanIn.Checkpoints.CheckWords;

namespace FanIn.Checkpoints;

/// <summary>
/// Tensors of a trained checkpoint that still have their rule's law: of 50,000 values or more together a warning, of fewer a note,
/// all of them an error. Those that a conversion forgot, that a loader drew anew, that no gradient reached.
/// </summary>
internal static class FreshnessRule
{
    /// <summary>From here on a tensor that fits its rule isn't an accident.</summary>
    private const long Telling = 50_000;

    private const double MostErrors = 4;

    /// <summary>Of fewer values trained ones look drawn too, where no law is named that they would have to fit.</summary>
    private const long LeastWithoutLaw = 8192;

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
                (
                    tensor.State == TensorState.Random
                    && tensor.Tensor.Count >= LeastWithoutLaw
                    && TensorLaw.ShapeOf(tensor.Profile!.All, tensor.Tensor.Type) is { Length: > 0 }
                )
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
            bool isPlanned = tensor.State == TensorState.AsPlanned;
            yield return new(
                FindingKind.Untrained,
                isTelling ? FindingSeverity.Warning : FindingSeverity.Note,
                tensor.Name,
                $"{(isPlanned ? $"still has the law of {Law(tensor)}" : "is as if drawn one by one, though not by its family's rule")}: deviation {Number(tensor.Values!.StandardDeviation)}, kurtosis {Number(tensor.Profile!.All.Kurtosis)}"
            )
            {
                Fix = "see that its weights were converted or loaded under this name, and that it was trained",
            };
        }
        int structured = judged.Count(tensor => tensor.State == TensorState.Structured);
        if (structured > 0)
        {
            yield return new(
                FindingKind.NotRandom,
                FindingSeverity.Note,
                "",
                $"{structured} of {judged.Length} weights look trained: no rule of initialization is applied to them"
            );
        }
    }
}
