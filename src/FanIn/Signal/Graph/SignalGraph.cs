using System.Collections.Immutable;

namespace FanIn;

/// <summary>A network as signal theory sees it: steps in order of execution, the last one its output.</summary>
/// <param name="Nodes">At least one; the first are inputs.</param>
public sealed record SignalGraph(ImmutableArray<SignalNode> Nodes)
{
    /// <summary>Of a logarithm of a mean square, as a sum over the network; above, draws are followed one by one.</summary>
    private const double MostBend = 0.04;

    /// <summary>
    /// A plain chain: <paramref name="depth"/> hidden layers, each with its activation, and an output layer. No biases.
    /// </summary>
    /// <param name="input">The batch.</param>
    /// <param name="depth">Hidden layers, at least 0.</param>
    /// <param name="width">Units of a hidden layer.</param>
    /// <param name="outputs">Units of the output layer.</param>
    /// <param name="activation">Not a gated one.</param>
    /// <param name="law">What an initializer makes of a weight.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    public static SignalGraph Chain(
        SignalOperation.Source input,
        int depth,
        long width,
        long outputs,
        Activation activation,
        Func<TensorDescription, WeightLaw> law
    )
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(activation);
        ArgumentNullException.ThrowIfNull(law);
        ArgumentOutOfRangeException.ThrowIfNegative(depth);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        var nodes = ImmutableArray.CreateBuilder<SignalNode>();
        nodes.Add(new("input", input, []));
        long units = input.Units;
        for (int i = 0; i <= depth; i++)
        {
            var tensor = TensorDescription.Dense(i < depth ? width : outputs, units);
            var weighted = new SignalOperation.Weighted(tensor, law(tensor), 0.0) { Positions = input.Positions };
            string name = i < depth ? $"fc{i + 1}" : "output";
            nodes.Add(new(name, weighted, [nodes.Count - 1]));
            if (i < depth)
            {
                nodes.Add(
                    new($"{name}.{activation.Name}", new SignalOperation.Activate(activation), [nodes.Count - 1])
                );
            }
            units = width;
        }
        return new(nodes.ToImmutable());
    }

    /// <summary>
    /// What theory says of the network: a row for each weighted layer and table. Second moments in the limit of infinite
    /// width; variances of their logarithms over draws of the weights, to first order in one over the width.
    /// </summary>
    /// <param name="outputGradientRms">
    /// The root mean square of the loss's gradient with respect to the last node's output; without it, and without a
    /// node's <see cref="SignalNode.MeasuredGradientRms"/>, there are no gradients. Where it is given it is no prediction:
    /// the row says it again, with variance 0.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The graph isn't a network's: no node, an input behind its node, a moment that isn't finite, units that don't fit.
    /// </exception>
    /// <exception cref="ExpectationException">A user's activation has no second moment.</exception>
    public SignalPrediction Predict(double? outputGradientRms = null)
    {
        if (outputGradientRms is { } rms && !(rms >= 0.0 && double.IsFinite(rms)))
        {
            throw RandomArguments.OutOfRange(
                nameof(outputGradientRms),
                $"outputGradientRms is {rms}; it must be finite and not negative."
            );
        }
        GraphValidation.Check(this);
        var forward = new ForwardPass(this);
        if (forward.Bend > MostBend)
        {
            forward = forward.ByDraws(this);
        }
        var backward = new BackwardPass(this, forward, outputGradientRms);
        return new PredictionRows(this, forward, backward, outputGradientRms).Prediction();
    }
}
