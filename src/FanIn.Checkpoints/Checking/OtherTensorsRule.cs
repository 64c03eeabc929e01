using static FanIn.Checkpoints.CheckWords;

namespace FanIn.Checkpoints;

/// <summary>
/// Tensors that the model has and the checkpoint lacks, or has with another shape: an error, since whoever loads it draws them
/// anew. Tensors that only the checkpoint has: a warning where another is missing, which may be the same by another name,
/// otherwise a note. Of one file of several, given alone, nothing is missing: a note. Tied tensors that are stored twice: a warning where their values differ.
/// </summary>
internal static class OtherTensorsRule
{
    /// <summary>Buffers that older versions of transformers stored; nothing is lost with them.</summary>
    private static readonly string[] s_oldBuffers =
    [
        ".attn.bias",
        ".attn.masked_bias",
        ".position_ids",
        ".rotary_emb.inv_freq",
    ];

    public static IEnumerable<SignalFinding> Judge(TensorCheck[] tensors, CheckpointModel model, int files)
    {
        SignalFinding[] missing = files > 1 ? [OneOf(files)] : [.. Missing(tensors, model)];
        return [.. missing, .. Others(tensors, model, files == 1 && missing.Length > 0), .. Untied(tensors)];
    }

    private static SignalFinding OneOf(int files) =>
        new(
            FindingKind.OtherTensors,
            FindingSeverity.Note,
            "",
            $"the file is one of {files}, and was given without its index: what the others hold isn't looked into"
        )
        {
            Fix = "give the folder, or the index, to check them all",
        };

    private static IEnumerable<SignalFinding> Missing(TensorCheck[] tensors, CheckpointModel model)
    {
        var found = tensors.Select(tensor => tensor.Parameter).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var aliases = model.Description.Parameters.ToDictionary(p => p.Name, p => p.Aliases, StringComparer.Ordinal);
        foreach (SafetensorsTensor tensor in model.Tensors)
        {
            if (
                !found.Contains(tensor.Name)
                && !aliases.GetValueOrDefault(tensor.Name, []).Any(found.Contains)
                && tensor.Type != SafetensorsType.I64
            )
            {
                yield return new(
                    FindingKind.OtherTensors,
                    FindingSeverity.Error,
                    tensor.Name,
                    $"the model has it, with shape {Shape(tensor)}, and the checkpoint doesn't: whoever loads it draws it anew"
                )
                {
                    Fix = "save it under this name, or check that the config belongs to this checkpoint",
                };
            }
        }
    }

    private static IEnumerable<SignalFinding> Others(TensorCheck[] tensors, CheckpointModel model, bool isAnyMissing)
    {
        var shapes = model.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        foreach (TensorCheck tensor in tensors)
        {
            if (tensor.Parameter is null)
            {
                bool isOld = s_oldBuffers.Any(end => $".{tensor.Name}".EndsWith(end, StringComparison.Ordinal));
                yield return new(
                    FindingKind.OtherTensors,
                    isOld || !isAnyMissing ? FindingSeverity.Note : FindingSeverity.Warning,
                    tensor.Name,
                    isOld
                        ? "a buffer that older versions stored; it is worked out anew when the model is loaded"
                        : $"the checkpoint has it, with shape {Shape(tensor.Tensor)}, and the config's model doesn't: it is left out when the model is loaded"
                );
            }
            else if (
                shapes.TryGetValue(tensor.Parameter, out SafetensorsTensor? expected)
                && !expected.Shape.SequenceEqual(tensor.Tensor.Shape)
            )
            {
                yield return new(
                    FindingKind.OtherTensors,
                    FindingSeverity.Error,
                    tensor.Name,
                    $"its shape is {Shape(tensor.Tensor)}, and the config's {Shape(expected)}"
                )
                {
                    Fix = "check that the config belongs to this checkpoint",
                };
            }
        }
    }

    /// <summary>Tied tensors that are stored twice, with other values.</summary>
    private static IEnumerable<SignalFinding> Untied(TensorCheck[] tensors)
    {
        var own = tensors
            .Where(tensor => tensor.Row is not null && tensor.Parameter == tensor.Row.Parameter.Name)
            .ToDictionary(tensor => tensor.Parameter!, StringComparer.Ordinal);
        foreach (TensorCheck tied in tensors)
        {
            if (
                tied is { Row: { } row, Profile: not null }
                && tied.Parameter != row.Parameter.Name
                && own.TryGetValue(row.Parameter.Name, out TensorCheck? first)
                && first.Profile is not null
            )
            {
                bool areEqual = SharedDraws.AreEqual(first, tied);
                yield return new(
                    FindingKind.OtherTensors,
                    areEqual ? FindingSeverity.Note : FindingSeverity.Warning,
                    tied.Name,
                    areEqual
                        ? $"is stored beside {first.Name}, to which it is tied"
                        : $"is tied to {first.Name} by the config, but has other values: they are lost when the model is loaded"
                );
            }
        }
    }
}
