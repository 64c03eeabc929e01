namespace FanIn.Lab;

/// <summary>The circumstances of a run, none of which changes its result.</summary>
public sealed record StudyRun
{
    /// <summary>Where results are kept and found again; null for nowhere.</summary>
    public TrialStore? Store { get; init; }

    /// <summary>Told of every step, from several threads at once.</summary>
    public Action<TrialProgress>? Progress { get; init; }

    /// <summary>Trials at a time; null for one a core.</summary>
    public int? Parallelism { get; init; }

    /// <summary>Measures how long trials take.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Stops the run within a step of each trial.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>How far a trial is.</summary>
/// <param name="Trials">All trials of the study.</param>
/// <param name="Index">Which of them this is, from 0.</param>
/// <param name="Init">Its initializer.</param>
/// <param name="Trial">Its number among the initializer's, from 0.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps to do.</param>
/// <param name="Loss">The last step's loss, or, when done, the final loss.</param>
/// <param name="Done">The result, when the trial is done.</param>
/// <param name="FromStore">True when it was done before and only read.</param>
public readonly record struct TrialProgress(
    int Trials,
    int Index,
    string Init,
    int Trial,
    int Step,
    int Steps,
    double Loss,
    TrialResult? Done,
    bool FromStore
);
