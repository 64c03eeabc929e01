using System.Collections.Immutable;

namespace FanIn;

/// <summary>A step that signal theory has a rule for.</summary>
public abstract record SignalOperation
{
    private SignalOperation() { }

    /// <summary>Values from outside, or values whose origin isn't known and that were measured.</summary>
    /// <param name="MeanSquare">Over units, positions and examples.</param>
    /// <param name="Mean">Over units, positions and examples.</param>
    /// <param name="Correlation">Mean cosine between two examples.</param>
    /// <param name="Units">Numbers an example and position.</param>
    /// <param name="Positions">Pixels or tokens; 1 for vectors.</param>
    /// <param name="Examples">In the batch.</param>
    public sealed record Source(
        double MeanSquare,
        double Mean,
        double Correlation,
        long Units,
        long Positions,
        long Examples
    ) : SignalOperation
    {
        /// <summary>Mean cosine between two positions of an example; null where it isn't known: Mean^2 / MeanSquare then.</summary>
        public double? PositionCorrelation { get; init; }

        /// <summary>
        /// The variance, over pairs of examples, of their cosine; null where it isn't known: that of random vectors then.
        /// </summary>
        public double? CorrelationVariance { get; init; }

        /// <summary>The variance, over examples, of the logarithm of an example's mean square.</summary>
        public double LogSpread { get; init; }
    }

    /// <summary>A table of vectors; its input is the token ids' source.</summary>
    /// <param name="Tensor">Rows and width.</param>
    /// <param name="Law">Of the table's values.</param>
    public sealed record Lookup(TensorDescription Tensor, WeightLaw Law) : SignalOperation;

    /// <summary>A dense or convolutional layer.</summary>
    /// <param name="Tensor">The weight; its fan counts connections.</param>
    /// <param name="Law">Of the weight's values.</param>
    /// <param name="BiasSecondMoment">E b^2; 0 without one.</param>
    public sealed record Weighted(TensorDescription Tensor, WeightLaw Law, double BiasSecondMoment) : SignalOperation
    {
        /// <summary>The share of a unit's connections that don't fall on padding, mean over positions.</summary>
        public double CoveredShare { get; init; } = 1.0;

        /// <summary>Positions of the output; 1 for vectors.</summary>
        public long Positions { get; init; } = 1;
    }

    /// <summary>An activation of one input.</summary>
    public sealed record Activate(Activation Activation) : SignalOperation;

    /// <summary>f(a) b of two inputs, or of the two halves of one.</summary>
    public sealed record Gate(Activation Activation) : SignalOperation;

    /// <summary>sum w_i x_i: a skip connection.</summary>
    /// <param name="Weights">One an input; empty for ones.</param>
    public sealed record Sum(ImmutableArray<double> Weights) : SignalOperation;

    /// <summary>Inputs side by side along the units.</summary>
    public sealed record Concatenate : SignalOperation;

    /// <summary>A constant factor.</summary>
    public sealed record Multiply(double Factor) : SignalOperation;

    /// <summary>Normalization.</summary>
    /// <param name="Kind">Over what.</param>
    /// <param name="ScaleSecondMoment">E gamma^2.</param>
    /// <param name="ShiftSecondMoment">E beta^2.</param>
    public sealed record Normalize(
        NormalizationKind Kind,
        double ScaleSecondMoment = 1.0,
        double ShiftSecondMoment = 0.0
    ) : SignalOperation
    {
        /// <summary>What is added to the variance before it divides; PyTorch's default.</summary>
        public double Epsilon { get; init; } = 1e-5;
    }

    /// <summary>Sets a share of the values to 0 and scales the others up by 1 / (1 - rate).</summary>
    /// <param name="Rate">The share; 0 in evaluation mode.</param>
    public sealed record Drop(double Rate) : SignalOperation;

    /// <summary>The mean of neighbouring positions.</summary>
    /// <param name="Window">How many.</param>
    public sealed record MeanPool(long Window) : SignalOperation
    {
        /// <summary>Positions of the output; 0 where windows don't overlap: the input's over the window then.</summary>
        public long Positions { get; init; }
    }

    /// <summary>The largest of neighbouring positions.</summary>
    /// <param name="Window">How many.</param>
    public sealed record MaxPool(long Window) : SignalOperation
    {
        /// <summary>Positions of the output; 0 where windows don't overlap: the input's over the window then.</summary>
        public long Positions { get; init; }
    }

    /// <summary>softmax(q k^T scale) v of inputs query, key and value.</summary>
    /// <param name="Heads">The number of heads.</param>
    /// <param name="Scale">The logits' factor, usually 1 / sqrt(d).</param>
    /// <param name="IsCausal">True where a token sees none behind it.</param>
    public sealed record Attend(long Heads, double Scale, bool IsCausal) : SignalOperation;
}
