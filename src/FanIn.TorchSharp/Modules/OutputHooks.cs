using TorchSharp.Modules;
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

    /// <summary>
    /// Calls <paramref name="before"/> with each input before the layer can change it, and <paramref name="after"/> with each
    /// output; what that returns goes on as the output.
    /// </summary>
    public void Surround(nn.Module<Tensor, Tensor> layer, Action<Tensor> before, Func<Tensor, Tensor> after)
    {
        var first = layer.register_forward_pre_hook(
            (_, input) =>
            {
                before(input);
                return input;
            }
        );
        var second = layer.register_forward_hook((_, _, output) => after(output));
        _remove.Add(first.remove);
        _remove.Add(second.remove);
    }

    /// <summary>Calls <paramref name="replace"/> with each two inputs and output; what it returns goes on as the output.</summary>
    public void Replace<TFirst, TSecond, TOutput>(
        nn.Module<TFirst, TSecond, TOutput> layer,
        Func<TFirst, TSecond, TOutput, TOutput> replace
    )
    {
        var hook = layer.register_forward_hook((_, first, second, output) => replace(first, second, output));
        _remove.Add(hook.remove);
    }

    /// <summary>Likewise of a layer with three inputs.</summary>
    public void Replace<TFirst, TSecond, TThird, TOutput>(
        nn.Module<TFirst, TSecond, TThird, TOutput> layer,
        Func<TFirst, TOutput, TOutput> replace
    )
    {
        var hook = layer.register_forward_hook((_, first, _, _, output) => replace(first, output));
        _remove.Add(hook.remove);
    }

    /// <summary>Likewise of attention: query, key, value, output.</summary>
    public void Replace(
        MultiheadAttention layer,
        Func<Tensor, Tensor, Tensor, Tuple<Tensor, Tensor>, Tuple<Tensor, Tensor>> replace
    )
    {
        var hook = layer.register_forward_hook(
            (_, query, key, value, _, _, _, output) => replace(query, key, value, output)
        );
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
