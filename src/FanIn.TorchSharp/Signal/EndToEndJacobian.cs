using System.Collections.Immutable;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>How one example's last hidden layer answers to its first: the product of all layers between.</summary>
internal static class EndToEndJacobian
{
    private const int MostUnits = 512;

    /// <summary>
    /// The singular values, falling, of the Jacobian of the last hidden layer's output by the first layer's; empty where
    /// these aren't vectors of at most 512 numbers, or where examples of a batch depend on each other.
    /// </summary>
    /// <remarks>
    /// As many copies of the example as the output has numbers go through the model at once: the derivative of the sum of the
    /// i-th number of the i-th copy has the Jacobian's i-th row at the i-th copy.
    /// </remarks>
    public static ImmutableArray<double> SingularValues(
        nn.Module<Tensor, Tensor> model,
        Tensor batch,
        IReadOnlyList<LayerSighting> seen
    )
    {
        LayerSighting[] vectors = [.. seen.Where(s => s.Output.dim() == 2 && s.Layer is nn.Module<Tensor, Tensor>)];
        if (vectors.Length < 3 || vectors.Length != seen.Count)
        {
            return [];
        }
        (LayerSighting first, LayerSighting last) = (vectors[0], vectors[^2]);
        long rows = last.Output.shape[1];
        if (
            rows > MostUnits
            || first.Output.shape[1] > MostUnits
            || !first.Output.requires_grad
            || seen.Count(s => ReferenceEquals(s.Layer, first.Layer) || ReferenceEquals(s.Layer, last.Layer)) != 2
            || TorchParameter.ModulesOf(model).Exists(m => m.Module is NormBase { training: true })
        )
        {
            return [];
        }
        using var hooks = new OutputHooks();
        (Tensor? from, Tensor? to) = (null, null);
        hooks.Replace(
            (nn.Module<Tensor, Tensor>)first.Layer,
            (_, output) => (from = output.alias().DetachFromDisposeScope()).clone()
        );
        hooks.Replace(
            (nn.Module<Tensor, Tensor>)last.Layer,
            (_, output) => (to = output.alias().DetachFromDisposeScope()).clone()
        );
        long[] shape = batch.shape;
        shape[0] = rows;
        try
        {
            model.call(batch.narrow(0, 0, 1).expand(shape).contiguous());
            if (from is null || to is null || to.dim() != 2 || to.shape[0] != rows || !to.requires_grad)
            {
                return [];
            }
            Tensor jacobian = autograd.grad([to.diagonal().sum()], [from], allow_unused: true)[0];
            if (jacobian.IsInvalid)
            {
                return [];
            }
            double[] values = CpuTensor.ToDoubles(jacobian);
            return Array.TrueForAll(values, double.IsFinite)
                ? [.. CpuTensor.ToDoubles(linalg.svdvals(jacobian.detach().to(ScalarType.Float64).cpu()))]
                : [];
        }
        finally
        {
            from?.Dispose();
            to?.Dispose();
        }
    }
}
