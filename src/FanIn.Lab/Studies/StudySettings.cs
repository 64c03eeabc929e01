namespace FanIn.Lab;

/// <summary>How the trials of a study are trained: the same for all initializers, so that only the weights differ.</summary>
public sealed record StudySettings
{
    /// <summary>Updates a trial makes.</summary>
    public int Steps { get; init; } = 400;

    /// <summary>Examples in a batch.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The optimizer.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Sgd;

    /// <summary>
    /// The learning rates to try. With more than one, each initializer is judged at its own best: the one with the
    /// lowest mean final training loss.
    /// </summary>
    public IReadOnlyList<double> LearningRates { get; init; } = [0.003];

    /// <summary>The seed of the first trial's weights; those of further trials follow it by one.</summary>
    public Seed WeightSeed { get; init; } = 1;

    /// <summary>
    /// The seed of the first trial's order of data, apart from the weights': trial k of every initializer sees the
    /// same examples in the same order (a paired design).
    /// </summary>
    public Seed OrderSeed { get; init; } = 1;

    /// <summary>
    /// The training loss, in nats, whose first reaching counts as <c>stepsToTarget</c>. Null for half the entropy of
    /// the class prior: half of what is to be learned.
    /// </summary>
    public double? TargetLoss { get; init; }

    /// <summary>Steps at the end whose mean loss is the final loss.</summary>
    public int FinalWindow => Math.Max(1, Steps / 5);

    /// <summary>Steps that the loss is averaged over before it is compared with the target.</summary>
    public int SmoothingWindow => Math.Clamp(Steps / 40, 1, 20);
}

/// <summary>The optimizers of the Lab, without weight decay.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum 0.9.</summary>
    Sgd,

    /// <summary>Adam with its usual betas (0.9, 0.999); it hides much of what an initialization does wrong.</summary>
    Adam,
}
