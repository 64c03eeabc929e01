using System.Collections.Immutable;

namespace FanIn.Lab;

/// <summary>One training of a study's network: settings, one initializer, one seed.</summary>
public sealed record TrialResult
{
    /// <summary>The initializer's spelling.</summary>
    public required string Init { get; init; }

    /// <summary>The trial's number among those of its initializer, from 0: trials of one number share the order of data.</summary>
    public required int Trial { get; init; }

    /// <summary>The seed of the weights.</summary>
    public required Seed Seed { get; init; }

    /// <summary>The step size of the optimizer.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Training loss before the first update, in nats, on the probe batch.</summary>
    public double InitialLoss { get; init; }

    /// <summary>Mean training loss over the last window of steps, in nats; NaN when diverged.</summary>
    public double FinalLoss { get; init; }

    /// <summary>The first step, from 1, whose smoothed training loss is under the target; null if none is.</summary>
    public int? StepsToTarget { get; init; }

    /// <summary>Share of test examples classified right after training; NaN when diverged or without test examples.</summary>
    public double TestAccuracy { get; init; }

    /// <summary>True when a loss was infinite or not a number; training stopped there.</summary>
    public bool Diverged { get; init; }

    /// <summary>How the training went.</summary>
    public Outcome Outcome { get; init; }

    /// <summary>Distinct units of each hidden layer before training.</summary>
    public ImmutableArray<int> DistinctUnitsBefore { get; init; } = [];

    /// <summary>Distinct units of each hidden layer after training; 0 for a layer whose weights aren't finite any more.</summary>
    public ImmutableArray<int> DistinctUnits { get; init; } = [];

    /// <summary>Units of each hidden layer.</summary>
    public ImmutableArray<int> Units { get; init; } = [];

    /// <summary>Training loss of each step's batch, in nats; ends early when diverged.</summary>
    public ImmutableArray<double> Curve { get; init; } = [];

    /// <summary>The signal at each weighted layer before training, in order of execution, output last.</summary>
    public ImmutableArray<TrialLayer> Layers { get; init; } = [];

    /// <summary>The first layer's weights before training, as images; empty where they aren't.</summary>
    public WeightImages? WeightsBefore { get; init; }

    /// <summary>The first layer's weights after training.</summary>
    public WeightImages? WeightsAfter { get; init; }

    /// <summary>What data-driven scaling reached at the layer where it ended farthest from 1; null without it.</summary>
    public double? WorstLsuvVariance { get; init; }

    /// <summary>How long the trial took.</summary>
    public double Seconds { get; init; }
}

/// <summary>The signal at one weighted layer's output, before its activation and before training.</summary>
/// <param name="Name">The layer.</param>
/// <param name="ActivationRms">sqrt(E[x^2]) over the probe batch and the units.</param>
/// <param name="GradientRms">The same of the loss's gradient; NaN where none arrives.</param>
/// <param name="ActivationReach">The histogram's span is [-reach, reach].</param>
/// <param name="ActivationShares">Shares of the histogram's bins.</param>
/// <param name="GradientReach">The gradients' histogram's span.</param>
/// <param name="GradientShares">Shares of its bins.</param>
/// <param name="DeadShare">Share of units that are shut for every example; null where that can't be.</param>
/// <param name="SaturatedShare">Share of values in the flat ends of a bounded activation; null for others.</param>
public sealed record TrialLayer(
    string Name,
    double ActivationRms,
    double GradientRms,
    double ActivationReach,
    ImmutableArray<float> ActivationShares,
    double GradientReach,
    ImmutableArray<float> GradientShares,
    double? DeadShare,
    double? SaturatedShare
);

/// <summary>Weights of units, each shown as an image.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Units">Width x height weights of each unit.</param>
public sealed record WeightImages(int Width, int Height, ImmutableArray<ImmutableArray<float>> Units);
