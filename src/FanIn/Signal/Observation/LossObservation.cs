using System.Collections.Immutable;

namespace FanIn;

/// <summary>A classifier's output and first loss on one batch.</summary>
/// <param name="Loss">The mean cross-entropy, in nats.</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="LogitVariance">The variance of an example's logits over the classes, mean over examples.</param>
public sealed record LossObservation(double Loss, int Classes, double LogitVariance)
{
    /// <summary>The frequency of each class among the batch's own labels; empty where labels were made up.</summary>
    public ImmutableArray<double> ClassFrequencies { get; init; } = [];

    /// <summary>True where nobody said that the output is a classifier's: it only has the shape.</summary>
    public bool IsAssumed { get; init; }

    /// <summary>The model's mean probability of each class.</summary>
    public ImmutableArray<double> MeanProbabilities { get; init; } = [];
}
