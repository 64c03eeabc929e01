using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// What the variables of a rule's expressions are for one logical tensor of one model.
/// <list type="bullet">
/// <item><c>depth</c>: the blocks of the chain that the parameter belongs to; outside blocks, of the chain nearest by name.</item>
/// <item><c>layer</c>: its block, counted from 0.</item>
/// <item><c>fan_in</c>, <c>fan_out</c>: the tensor's own; a bias's are those of the weight whose output it is added to.</item>
/// <item><c>inputs</c>, <c>outputs</c>: the units or channels of the layer, without taps; a bias's as above.</item>
/// <item><c>width</c>: the width of the model's residual stream.</item>
/// <item><c>branch</c>: how many parameters of its block are weights that lie on the branch, not on a shortcut.</item>
/// <item><c>encoder_depth</c>, <c>decoder_depth</c>: the blocks of the chains so called.</item>
/// <item><c>only_depth</c>: as <c>depth</c>, where the model has one chain of blocks alone.</item>
/// </list>
/// </summary>
/// <param name="Value">The value of a variable, or a sentence that says why there is none.</param>
internal sealed record RuleVariables(Func<string, (double? Value, string Why)> Value)
{
    public static ImmutableArray<string> Names { get; } =
    [
        "depth",
        "layer",
        "fan_in",
        "fan_out",
        "width",
        "inputs",
        "outputs",
        "branch",
        "encoder_depth",
        "decoder_depth",
        "only_depth",
    ];

    /// <summary>Stands in where no model is there yet: every value is NaN, which means unknown.</summary>
    public static RuleVariables Unknown { get; } = new(_ => (double.NaN, ""));

    /// <exception cref="SpellingException">The variable has no value here; says why.</exception>
    public double ValueOf(string name) =>
        Value(name) is ({ } value, _) ? value : throw new SpellingException($"'{name}' isn't known: {Value(name).Why}");
}
