using System.Collections.Immutable;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Derivatives by parameters, and sums over them. Operators that take a number make a temporary Scalar, which may be
/// finalized while libtorch reads it; here all are held.
/// </summary>
internal static class Gradients
{
    /// <summary>What the value's derivative by each parameter is; null where it doesn't depend on it.</summary>
    /// <param name="value">Of one element.</param>
    /// <param name="parameters">Those that require a gradient.</param>
    /// <param name="differentiable">Whether the derivatives are to have derivatives.</param>
    public static Tensor?[] Of(Tensor value, ImmutableArray<Parameter> parameters, bool differentiable = false)
    {
        if (!value.requires_grad || parameters.IsEmpty)
        {
            return new Tensor?[parameters.Length];
        }
        IList<Tensor> found = autograd.grad(
            [value],
            [.. parameters],
            retain_graph: differentiable,
            create_graph: differentiable,
            allow_unused: true
        );
        return [.. found.Select(gradient => gradient is { IsInvalid: false } ? gradient : null)];
    }

    /// <summary>sum over all elements of all pairs, differentiable; null without any.</summary>
    public static Tensor? Dot(IEnumerable<(Tensor? Left, Tensor? Right)> pairs)
    {
        Tensor[] products =
        [
            .. pairs
                .Where(pair => pair is { Left: not null, Right: not null })
                .Select(pair => pair.Left!.mul(pair.Right!).sum()),
        ];
        return products.Length == 0 ? null : stack(products).sum();
    }

    /// <summary>sum over the elements of a product, in float64.</summary>
    public static double Inner(Tensor left, Tensor right)
    {
        using var scope = NewDisposeScope();
        return CpuTensor.Value(left.detach().to(ScalarType.Float64).mul(right.detach().to(ScalarType.Float64)).sum());
    }

    public static double Norm(Tensor values) => Math.Sqrt(Inner(values, values));

    /// <summary>-1 below 0, else 1.</summary>
    public static Tensor SignOf(Tensor values)
    {
        using Scalar zero = 0.0;
        Tensor below = values.detach().lt(zero).to(values.dtype);
        return ones_like(below).sub(below).sub(below);
    }
}
