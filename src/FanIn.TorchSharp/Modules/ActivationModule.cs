using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// An activation by its spelling as a module, so that probes can see what it does. Elementwise; the gated ones (GLU and
/// its kin), which pair two inputs, are not among them.
/// </summary>
public sealed class ActivationModule : nn.Module<Tensor, Tensor>
{
    private readonly Func<Tensor, Tensor> _function;

    /// <summary>Creates the module.</summary>
    /// <exception cref="NotSupportedException">The activation is a gated one.</exception>
    public ActivationModule(Activation activation)
        : base(nameof(ActivationModule))
    {
        ArgumentNullException.ThrowIfNull(activation);
        Activation = activation;
        _function = ActivationFunctions.Of(activation);
    }

    /// <summary>Which activation it is.</summary>
    public Activation Activation { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        // The scope frees what lies between input and output, and keeps it from being finalized while libtorch reads it.
        using var scope = NewDisposeScope();
        Tensor output = _function(input).MoveToOuterDisposeScope();
        GC.KeepAlive(this);
        return output;
    }
}
