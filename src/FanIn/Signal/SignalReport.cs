using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// What a check found: each layer's signal, predicted and measured, and a verdict. Made by <see cref="SignalJudgement"/>
/// from observations and a prediction.
/// </summary>
/// <param name="Layers">In order of execution, the output last.</param>
/// <param name="Findings">The worst first: by severity, then by kind, then by layer.</param>
public sealed record SignalReport(ImmutableArray<SignalLayer> Layers, ImmutableArray<SignalFinding> Findings)
{
    /// <summary>The most upstream cause among errors and warnings; null for a healthy network.</summary>
    public SignalFinding? Cause =>
        Findings.Where(f => f.Severity != FindingSeverity.Note).OrderBy(f => f.Kind).FirstOrDefault();

    /// <summary><c>healthy</c>, or the cause's kind: <c>vanishing</c>.</summary>
    public string Verdict => Cause is null ? "healthy" : FindingKinds.Text(Cause.Kind);

    /// <summary>True when there is no error and no warning.</summary>
    public bool IsHealthy => Cause is null;

    /// <summary>Why there are no gradients; null where there are.</summary>
    public string? WithoutGradients { get; init; }

    /// <summary>What theory says of the network as a whole; null where it says nothing.</summary>
    public SignalPrediction? Prediction { get; init; }

    /// <summary>The first seed's observation.</summary>
    public required ModelObservation Observation { get; init; }

    /// <summary>
    /// The recipe to write instead: the current one with the fixes of all errors and warnings before its rules, those for
    /// single parameters first. Equal to the current one where no initializer mends anything.
    /// </summary>
    /// <param name="model">What the recipe is for: fixes of parameters that it lacks are left out.</param>
    /// <param name="current">
    /// The recipe that the weights came from; without it the weights that aren't at fault are kept as they are.
    /// </param>
    public Recipe Fix(ModelDescription model, Recipe? current = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return FixRecipe.Of(Findings, model, current);
    }
}
