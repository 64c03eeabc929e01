using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>Watches the outputs of layers while a model runs; stops watching when disposed.</summary>
internal sealed class OutputHooks : IDisposable
{
    private readonly List<Action> _remove = [];

    /// <summary>Calls <paramref name="seen"/> with each output of <paramref name="layer"/>; the tensor belongs to the model.</summary>
    public void Watch(nn.Module<Tensor, Tensor> layer, Action<Tensor> seen)
    {
        var hook = layer.register_forward_hook(
            (_, _, output) =>
            {
                seen(output);
                return output;
            }
        );
        _remove.Add(hook.remove);
    }

    /// <summary>
    /// Like <see cref="Watch"/>, but the output may be kept for the gradient: containers dispose what passes between
    /// their layers, and activations may work in place, so the next layer gets a copy and the output itself belongs to
    /// the caller's dispose scope.
    /// </summary>
    public void Keep(nn.Module<Tensor, Tensor> layer, Action<Tensor> seen)
    {
        var hook = layer.register_forward_hook(
            (_, _, output) =>
            {
                seen(output);
                return output.clone();
            }
        );
        _remove.Add(hook.remove);
    }

    /// <summary>Calls <paramref name="replace"/> with each input and output; what it returns goes on as the output.</summary>
    public void Replace(nn.Module<Tensor, Tensor> layer, Func<Tensor, Tensor, Tensor> replace)
    {
        var hook = layer.register_forward_hook((_, input, output) => replace(input, output));
        _remove.Add(hook.remove);
    }

    public void Dispose()
    {
        foreach (Action remove in _remove)
        {
            remove();
        }
        _remove.Clear();
    }
}
