using FanIn.Checkpoints;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>The state of a TorchSharp module (its parameters and buffers) in files that every framework reads.</summary>
/// <example><code>
/// model.SaveSafetensors("model.safetensors");
/// model.LoadSafetensors("model.safetensors");
/// </code></example>
public static class ModuleSafetensors
{
    /// <summary>
    /// Writes the module's state into one file, whole or not at all, with the names and values that
    /// <c>state_dict</c> has; a tensor that several layers share once, under its first name.
    /// </summary>
    /// <param name="model">Any module, on any device.</param>
    /// <param name="path">Where the file shall be; one that is there is replaced.</param>
    /// <param name="metadata">
    /// What goes into <c>__metadata__</c>; null for what Hugging Face's libraries look for,
    /// <see cref="SafetensorsHeader.PyTorchMetadata"/>.
    /// </param>
    /// <exception cref="NotSupportedException">A tensor is sparse, or its elements are of a type that the format doesn't have.</exception>
    /// <exception cref="InvalidOperationException">A tensor is on the meta device, which holds no values.</exception>
    /// <exception cref="IOException">The file can't be there, or there is no room; nothing was changed.</exception>
    public static void SaveSafetensors(
        this nn.Module model,
        string path,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        NativeLoader.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Dictionary<string, ModuleTensor> state = ModuleTensor.ListOf(model).ToDictionary(tensor => tensor.Name);
        var header = SafetensorsHeader.Create(
            state.Values.Select(tensor => tensor.Described(tensor.Name)),
            metadata ?? SafetensorsHeader.PyTorchMetadata
        );
        using SafetensorsWriter writer = SafetensorsWriter.Create(path, header);
        foreach (SafetensorsTensor tensor in header.Tensors)
        {
            using var one = NewDisposeScope();
            Tensor values = state[tensor.Name].OnCpu();
            CpuTensor.EachPiece(values, (_, bytes) => writer.WriteBytes(tensor.Name, bytes));
        }
        writer.Complete();
    }

    /// <summary>
    /// Reads the module's state from a checkpoint. Names, types and shapes must be the module's own, none missing and none
    /// too many; no value is converted. Of a tensor that several layers share one name is enough.
    /// </summary>
    /// <param name="model">Any module, on any device.</param>
    /// <param name="path">A safetensors file, an index or a folder: what <see cref="Checkpoint.Open"/> takes.</param>
    /// <exception cref="SafetensorsException">
    /// The checkpoint isn't there, is malformed, or doesn't fit the module: says what is missing, what too many, what
    /// differs, which truth value is neither 0 nor 1. Nothing was changed, unless a file was cut off meanwhile.
    /// </exception>
    /// <exception cref="NotSupportedException">As for saving; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">A tensor of the module is on the meta device; nothing was changed.</exception>
    public static void LoadSafetensors(this nn.Module model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        NativeLoader.EnsureLoaded();
        using Checkpoint checkpoint = Checkpoint.Open(path);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        List<(ModuleTensor Tensor, string[] Names)> state =
        [
            .. ModuleTensor.ListOf(model).Select(tensor => (tensor, tensor.NamesIn(checkpoint))),
        ];
        checkpoint.Require(state.SelectMany(pair => pair.Names.Select(pair.Tensor.Described)));
        foreach ((ModuleTensor tensor, string[] names) in state)
        {
            ModuleTensor.CheckSame(checkpoint, names);
            tensor.CheckTruth(checkpoint, names[0]);
        }
        foreach ((ModuleTensor tensor, string[] names) in state)
        {
            tensor.Load(checkpoint, names[0]);
        }
    }
}
