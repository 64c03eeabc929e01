using System.Collections.Immutable;
using FanIn.Checkpoints;

namespace FanIn.Cli.Check;

/// <summary>What a check found, and of what.</summary>
/// <param name="Subject">What was checked, in a few words: <c>mlp:50x256:relu with he_normal</c>.</param>
/// <param name="Report">What was found.</param>
internal sealed record CheckOutcome(string Subject, SignalReport Report)
{
    /// <summary>A checkpoint's tensors; null where a network was run.</summary>
    public CheckpointReport? Checkpoint { get; init; }

    /// <summary>How many sets of weights were measured; null where the weights are given.</summary>
    public int? Seeds { get; init; }

    /// <summary>The file that was checked; null for a network by its spelling.</summary>
    public string? File { get; init; }

    /// <summary>The file that the recipe was read from; null where it is given by its spelling, or there is none.</summary>
    public string? RecipeFile { get; init; }

    /// <summary>The recipe that the weights were drawn by; null where they are given.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>The recipe that mends what was found; null where no initializer mends the verdict's cause.</summary>
    public Recipe? Mended =>
        Report.Cause is { FixRules.IsEmpty: false }
            ? Report.Fix(new ModelDescription([.. Report.Observation.Parameters.Select(p => p.Description)]), Recipe)
            : null;

    /// <summary>What was checked on what, for the report page: names and values.</summary>
    public ImmutableArray<(string Name, string Value)> Settings { get; init; } = [];

    /// <summary>The subject with the number of seeds.</summary>
    public string Title =>
        Seeds switch
        {
            null => Subject,
            1 => $"{Subject}, one seed",
            var seeds => $"{Subject}, medians over {seeds} seeds",
        };

    /// <summary>Whether a finding makes the check fail.</summary>
    public static bool IsFailure(SignalFinding finding, FindingSeverity failOn) => finding.Severity >= failOn;

    /// <summary>The row that a finding is about: by the layer's name, or by that of a parameter of it; -1 for none.</summary>
    public int RowOf(SignalFinding finding)
    {
        int best = -1;
        for (int i = 0; i < Report.Layers.Length; i++)
        {
            SignalLayer layer = Report.Layers[i];
            if (finding.Layer == layer.Name)
            {
                return i;
            }
            bool isParameter =
                finding.Layer == layer.Observation.Weight
                || finding.Layer.StartsWith($"{layer.Name}.", StringComparison.Ordinal);
            if (isParameter && (best < 0 || Report.Layers[best].Name.Length < layer.Name.Length))
            {
                best = i;
            }
        }
        return best;
    }
}
