using static FanIn.Checkpoints.CheckWords;

namespace FanIn.Checkpoints;

/// <summary>
/// Tensors of types that weights aren't drawn in, or with values that no weights have: notes, since nothing is known of them.
/// </summary>
internal static class UnreadRule
{
    public static IEnumerable<SignalFinding> Judge(TensorCheck[] tensors)
    {
        TensorCheck[] unread =
        [
            .. tensors.Where(tensor =>
                tensor is { State: TensorState.Unchecked, Tensor.Count: > 0, OutOfRange: null }
                && tensor.Tensor.Type is not (SafetensorsType.I64 or SafetensorsType.I32 or SafetensorsType.Bool)
            ),
        ];
        if (unread.Length > 0)
        {
            yield return Note(
                unread[0],
                $"{(unread.Length == 1 ? "is" : $"and {unread.Length - 1} others are")} of a type that weights aren't drawn in ({unread[0].Tensor.Type.Name()}): not looked into"
            );
        }
        foreach (TensorCheck tensor in tensors)
        {
            if (tensor.OutOfRange is { } number)
            {
                yield return Note(
                    tensor,
                    number > 1
                        ? $"has values up to {Number(number)}, above float32's largest ({Number(float.MaxValue)}), in which values are judged: not looked into"
                        : $"has values as small as {Number(number)}, below float32's least ({Number(float.Epsilon)}), in which values are judged, and none above {Number(TensorProfile.LeastNormal)}: not looked into"
                );
            }
        }
    }

    private static SignalFinding Note(TensorCheck tensor, string message) =>
        new(FindingKind.UnknownOperator, FindingSeverity.Note, tensor.Name, message);
}
