using System.Collections.Immutable;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>What one backward pass gives.</summary>
/// <param name="Outputs">By the layers' outputs; null where none arrives.</param>
/// <param name="Parameters">By the parameters; null where none arrives.</param>
/// <param name="Output">By the model's output.</param>
/// <param name="Unregistered">Layers that are held without being registered, and whether a gradient arrives at them.</param>
/// <param name="Missing">Why there is none at all; null where there are some.</param>
internal sealed record LossGradients(
    Tensor?[] Outputs,
    Tensor?[] Parameters,
    Tensor? Output,
    List<(string Place, ImmutableArray<Parameter> Parameters, bool IsUsed)> Unregistered,
    string? Missing
)
{
    public static LossGradients Of(
        Tensor loss,
        Tensor output,
        List<LayerSighting> seen,
        List<TorchParameter> parameters,
        List<(string Place, List<(string Name, Parameter Value)> Parameters)> unregistered
    )
    {
        Tensor[] targets =
        [
            .. seen.Select(s => s.Output),
            .. parameters.Select(p => (Tensor)p.Value),
            output,
            .. unregistered.SelectMany(u => u.Parameters.Select(p => (Tensor)p.Value)),
        ];
        var found = new Tensor?[targets.Length];
        bool canDifferentiate = loss.requires_grad;
        int[] reachable = [.. Enumerable.Range(0, targets.Length).Where(i => targets[i].requires_grad)];
        if (canDifferentiate && reachable.Length > 0)
        {
            IList<Tensor> gradients = autograd.grad([loss], [.. reachable.Select(i => targets[i])], allow_unused: true);
            for (int i = 0; i < reachable.Length; i++)
            {
                // Embeddings may have sparse ones.
                found[reachable[i]] = gradients[i] is { IsInvalid: false } gradient
                    ? gradient.is_sparse
                        ? gradient.to_dense()
                        : gradient
                    : null;
            }
        }
        int next = seen.Count + parameters.Count + 1;
        var held = new List<(string, ImmutableArray<Parameter>, bool)>();
        foreach ((string place, List<(string Name, Parameter Value)> own) in unregistered)
        {
            bool isUsed = found.AsSpan(next, own.Count).ContainsAnyExcept((Tensor?)null);
            held.Add((place, [.. own.Select(p => p.Value)], isUsed));
            next += own.Count;
        }
        return new(
            found[..seen.Count],
            found[seen.Count..(seen.Count + parameters.Count)],
            found[seen.Count + parameters.Count],
            held,
            canDifferentiate
                ? null
                : "no gradient leads from the loss to any parameter: all are frozen, or the output is detached"
        );
    }
}
