namespace FanIn.Checkpoints;

/// <summary>How a checkpoint is checked.</summary>
public sealed record CheckpointCheckOptions
{
    /// <summary>What the weights are held against; null for the family's own initialization.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>
    /// What the weights are taken for. Null: for fresh ones, unless most values of weights are structured, as trained ones
    /// are.
    /// </summary>
    public SignalExpectation? Expectation { get; init; }

    /// <summary>How many tensors are read at a time; 0 for one a core.</summary>
    public int Threads { get; init; }

    /// <summary>Told now and then, by one thread at a time, how far it is.</summary>
    public Action<WriteProgress>? Progress { get; init; }
}
