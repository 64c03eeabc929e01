using static FanIn.Checkpoints.CheckWords;

namespace FanIn.Checkpoints;

/// <summary>Tensors of types that weights aren't drawn in: a note, since nothing is known of them.</summary>
internal static class UnreadRule
{
    public static IEnumerable<SignalFinding> Judge(TensorCheck[] tensors)
    {
        TensorCheck[] unread =
        [
            .. tensors.Where(tensor =>
                tensor is { State: TensorState.Unchecked, Tensor.Count: > 0 }
                && tensor.Tensor.Type is not (SafetensorsType.I64 or SafetensorsType.I32 or SafetensorsType.Bool)
            ),
        ];
        if (unread.Length > 0)
        {
            yield return new(
                FindingKind.UnknownOperator,
                FindingSeverity.Note,
                unread[0].Name,
                $"{(unread.Length == 1 ? "is" : $"and {unread.Length - 1} others are")} of a type that weights aren't drawn in ({unread[0].Tensor.Type.Name()}): not looked into"
            );
        }
    }
}
