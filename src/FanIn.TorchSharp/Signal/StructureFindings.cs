using System.Collections.Immutable;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>What is wrong with a model's structure, whatever its weights: what no initializer can mend.</summary>
internal sealed class StructureFindings
{
    private readonly List<SignalFinding> _findings = [];

    public ImmutableArray<SignalFinding> All => [.. _findings];

    /// <summary>Layers that are held but not registered.</summary>
    /// <param name="layers">From <see cref="UnregisteredLayers"/>, with whether a gradient arrives at any of its parameters.</param>
    public void Unregistered(IEnumerable<(string Place, ImmutableArray<Parameter> Parameters, bool IsUsed)> layers)
    {
        foreach ((string place, ImmutableArray<Parameter> parameters, bool isUsed) in layers)
        {
            if (!parameters.Any(p => p.requires_grad))
            {
                continue;
            }
            long count = parameters.Sum(p => p.numel());
            _findings.Add(
                new(
                    FindingKind.Unregistered,
                    isUsed ? FindingSeverity.Error : FindingSeverity.Note,
                    place,
                    isUsed
                        ? $"The model computes with '{place}' ({count} parameters), but doesn't list it among its modules: no optimizer trains it, no checkpoint saves it."
                        : $"The model holds '{place}' ({count} parameters) without listing it among its modules, and doesn't compute with it."
                )
                {
                    Fix = isUsed
                        ? "call RegisterComponents() after the fields are set, and hold several layers in a ModuleList, a ModuleDict or a Sequential"
                        : null,
                }
            );
        }
    }

    /// <summary>Layers with weights that no hook saw.</summary>
    /// <param name="path">The layer's.</param>
    /// <param name="isTrainable">Whether it has parameters that require a gradient.</param>
    /// <param name="receivesGradient">Whether a gradient arrives at any of its parameters; null where none was taken.</param>
    public void Unseen(string path, bool isTrainable, bool? receivesGradient)
    {
        if (receivesGradient == true)
        {
            _findings.Add(
                new(
                    FindingKind.Unreached,
                    FindingSeverity.Note,
                    path,
                    $"'{path}' runs out of sight: its forward was called directly, which skips the hooks that the check looks through."
                )
                {
                    Fix = "write layer.call(x) where it says layer.forward(x)",
                }
            );
        }
        else if (isTrainable)
        {
            _findings.Add(
                new(
                    FindingKind.Unreached,
                    FindingSeverity.Warning,
                    path,
                    $"'{path}' was never reached: it didn't run on the batch, and no gradient arrives at its parameters."
                )
                {
                    Fix = "use the layer in forward, or take it out of the model",
                }
            );
        }
    }

    /// <summary>Said where not one layer was seen, since nothing can be judged then.</summary>
    public void NothingSeen(int layers) =>
        _findings.Add(
            new(
                FindingKind.UnknownOperator,
                FindingSeverity.Warning,
                "",
                $"None of the model's {layers} layers with weights could be watched, so that nothing is known of the signal in it."
            )
            {
                Fix = "write layer.call(x) where forward says layer.forward(x)",
            }
        );

    /// <summary>Trainable parameters whose gradient is zero everywhere: said once, since one cause makes it so for many.</summary>
    public void ZeroGradients(IReadOnlyList<string> parameters)
    {
        if (parameters.Count > 0)
        {
            string what =
                parameters.Count == 1
                    ? $"The gradient of '{parameters[0]}' is zero everywhere: its"
                    : $"The gradients of {parameters.Count} parameters, of which '{parameters[0]}' is the first, are zero everywhere: their";
            _findings.Add(
                new(
                    FindingKind.NoGradient,
                    FindingSeverity.Note,
                    parameters[0],
                    $"{what} first step changes nothing, as behind a branch that starts at zero."
                )
            );
        }
    }

    /// <summary>An output that is a softmax already.</summary>
    /// <param name="what"><c>softmax</c> or <c>log_softmax</c>.</param>
    /// <param name="isGuess">True where nobody said that the loss is a cross-entropy: a loss of probabilities may be meant.</param>
    public void Softmax(string what, bool isGuess) =>
        _findings.Add(
            what == "softmax"
                ? new(
                    FindingKind.SoftmaxTwice,
                    isGuess ? FindingSeverity.Note : FindingSeverity.Warning,
                    "",
                    $"Each row of the model's output is not negative and sums to 1, a softmax already; {(isGuess ? "if the loss is a cross-entropy, it" : "the cross-entropy")} takes another one, which flattens probabilities and gradients."
                )
                {
                    Fix = "return the logits: take the softmax out of the model, or use a loss of probabilities",
                }
                : new(
                    FindingKind.SoftmaxTwice,
                    FindingSeverity.Note,
                    "",
                    "The model's output is a log-softmax already; the cross-entropy takes another one, which changes nothing but costs time. Its fitting loss is the negative log-likelihood."
                )
        );

    /// <summary>A layer that theory has no rule for.</summary>
    public void Unknown(string path, string kind) =>
        _findings.Add(
            new(
                FindingKind.UnknownOperator,
                FindingSeverity.Note,
                path,
                $"Theory has no rule for '{path}' ({kind}): the prediction goes on from its measured output."
            )
        );
}
