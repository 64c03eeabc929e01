using System.Collections.Immutable;

namespace FanIn;

/// <summary>One thing that is wrong, or good to know, about one layer or the whole network.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Layer">The layer's or parameter's name; empty for the network as a whole.</param>
/// <param name="Message">What was found, with its numbers and the threshold's source: one sentence.</param>
public sealed record SignalFinding(FindingKind Kind, FindingSeverity Severity, string Layer, string Message)
{
    /// <summary>
    /// What to write instead: an initializer in FanIn's spelling where one mends it, otherwise a sentence; null where there
    /// is nothing to mend.
    /// </summary>
    public string? Fix { get; init; }

    /// <summary>
    /// The initializer that mends it, for the parameters that <see cref="FixPattern"/> matches; null where none does.
    /// </summary>
    public Initializer? FixInitializer { get; init; }

    /// <summary>The pattern of parameter names, as in a <see cref="Rule"/>, that <see cref="FixInitializer"/> is for.</summary>
    public string? FixPattern { get; init; }

    /// <summary>
    /// All that <see cref="SignalReport.Fix"/> puts into a recipe for it: usually one rule, of <see cref="FixInitializer"/>;
    /// where biases have to change too, one for them. Empty where no initializer mends it.
    /// </summary>
    public ImmutableArray<Rule> FixRules { get; init; } = [];
}
