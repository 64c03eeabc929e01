using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>The steps of a graph that layers of known kinds are.</summary>
internal static class LayerStep
{
    /// <summary>Whether a layer reads its input as [batch, positions ..., units]; false for [batch, units, positions ...].</summary>
    public static bool ReadsUnitsLast(nn.Module layer, Tensor input) =>
        layer switch
        {
            Convolution or NormBase or GroupNorm => input.dim() < 3,
            Linear or Embedding or LayerNorm => true,
            _ => input.dim() <= 3,
        };

    /// <summary>Adds the step of a layer to a graph; null for a layer of unknown kind.</summary>
    /// <param name="trace">The graph.</param>
    /// <param name="name">The layer's path.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="input">The step that gives its input.</param>
    /// <param name="inputShape">That tensor's shape.</param>
    /// <param name="output">What it gave.</param>
    public static int? Add(SignalTrace trace, string name, nn.Module layer, int input, long[] inputShape, Tensor output)
    {
        NodeShape before = trace.ShapeOf(input);
        if (ModuleActivations.Of(layer) is { } activation)
        {
            int node = trace.Add(name, new SignalOperation.Activate(activation), before, input);
            trace.NoteHealth(node, activation, output);
            return node;
        }
        switch (layer)
        {
            case var _ when IsPassing(layer):
                return input;
            case Embedding when Weight(layer) is { } table:
                return trace.Add(
                    name,
                    new SignalOperation.Lookup(
                        table.Tensor,
                        trace.ReadsWeights ? WeightLaws.Of(table.Tensor, table.Value) : default
                    ),
                    new(table.Tensor.Outputs, before.Positions),
                    input
                );
            case NormBase or LayerNorm or GroupNorm:
                return Normalized(trace, name, layer, input, before);
            case GLU when before.Units % 2 == 0:
                return trace.Add(
                    name,
                    new SignalOperation.Gate(Activation.Parse("sigmoid")),
                    before with
                    {
                        Units = before.Units / 2,
                    },
                    input
                );
        }
        if (PoolOf(layer, before, inputShape, output) is { } pool)
        {
            return trace.Add(name, pool.Operation, new(before.Units, pool.Positions), input);
        }
        if (Weight(layer) is { } weight && IsWeighted(layer, weight.Tensor, before, inputShape, output))
        {
            return Weighted(trace, name, layer, weight, input, inputShape, output);
        }
        return IsOwnNorm(layer) && before.Count == NodeShape.Of(output.shape, true).Count
            ? Normalized(trace, name, layer, input, before)
            : null;
    }

    private static int Weighted(
        SignalTrace trace,
        string name,
        nn.Module layer,
        (TensorDescription Tensor, Parameter Value) weight,
        int input,
        long[] inputShape,
        Tensor output
    )
    {
        NodeShape shape = NodeShape.Of(output.shape, layer is not Convolution);
        double covered =
            layer is Convolution convolution && inputShape.Length == output.dim()
                ? ConvolutionCoverage.Share(convolution, inputShape.AsSpan(2), output.shape.AsSpan(2))
                : 1;
        return trace.Add(
            name,
            new SignalOperation.Weighted(
                weight.Tensor,
                trace.ReadsWeights ? WeightLaws.Of(weight.Tensor, weight.Value) : default,
                WeightLaws.SecondMoment(FittedLayer.ParameterOf(layer, "bias"))
            )
            {
                CoveredShare = Math.Min(1, covered),
                Positions = shape.Positions,
            },
            shape,
            input
        );
    }

    /// <summary>A dense layer, a convolution, or a layer of one's own with one matrix that fits what it was given and gave.</summary>
    private static bool IsWeighted(
        nn.Module layer,
        TensorDescription tensor,
        NodeShape before,
        long[] inputShape,
        Tensor output
    ) =>
        tensor.Count > 0
        && layer switch
        {
            Linear => tensor.Inputs == before.Units || (tensor.Inputs == before.Count && output.dim() == 2),
            Convolution => tensor.Inputs == before.Units,
            _ => tensor.Taps.IsEmpty
                && tensor.Inputs == before.Units
                && inputShape[^1] == tensor.Inputs
                && output.shape[^1] == tensor.Outputs,
        };

    private static int Normalized(SignalTrace trace, string name, nn.Module layer, int input, NodeShape shape)
    {
        Parameter? scale = FittedLayer.ParameterOf(layer, "weight");
        double scaleSquare = scale is null ? 1 : WeightLaws.SecondMoment(scale);
        double shiftSquare = WeightLaws.SecondMoment(FittedLayer.ParameterOf(layer, "bias"));
        if (
            layer is NormBase { training: false, running_var: { } variance, running_mean: { } mean }
            && IsFresh(mean, variance)
        )
        {
            // With the running statistics of a fresh layer it passes its input on.
            return trace.Add(name, new SignalOperation.Multiply(Math.Sqrt(scaleSquare)), shape, input);
        }
        NormalizationKind kind = layer switch
        {
            BatchNorm => NormalizationKind.Batch,
            GroupNorm or NormBase => NormalizationKind.Group,
            LayerNorm => NormalizationKind.Layer,
            _ => layer.GetType().Name.Contains("RMS", StringComparison.OrdinalIgnoreCase)
                ? NormalizationKind.Rms
                : NormalizationKind.Layer,
        };
        double epsilon = layer switch
        {
            NormBase norm => norm.eps,
            GroupNorm norm => norm.eps,
            LayerNorm norm => norm.eps,
            _ => 1e-5,
        };
        return trace.Add(
            name,
            new SignalOperation.Normalize(kind, scaleSquare, shiftSquare) { Epsilon = epsilon },
            shape,
            input
        );
    }

    private static bool IsFresh(Tensor mean, Tensor variance) =>
        WeightLaws.SecondMoment(mean) == 0 && CpuTensor.Read(variance, values => !values.ContainsAnyExcept(1f));

    private static bool IsOwnNorm(nn.Module layer) =>
        FittedLayer.ParameterOf(layer, "weight") is { } scale
        && LayerKinds.Describe(layer, "weight", "weight", scale).Role == ParameterRole.NormScale;

    /// <summary>A layer's own weight, if it has one and no other.</summary>
    public static (TensorDescription Tensor, Parameter Value)? Weight(nn.Module layer)
    {
        (TensorDescription, Parameter)? found = null;
        foreach ((string name, Parameter value) in layer.named_parameters(recurse: false))
        {
            ParameterDescription described = LayerKinds.Describe(layer, name, name, value);
            if (described.Role is ParameterRole.Weight or ParameterRole.Embedding)
            {
                if (found is not null)
                {
                    return null;
                }
                found = (Whole(described), value);
            }
        }
        return found;
    }

    /// <summary>Packed matrices below each other, or side by side, are one matrix to their input.</summary>
    private static TensorDescription Whole(ParameterDescription parameter) =>
        parameter.Blocks.IsEmpty ? parameter.Tensor
        : parameter.BlockAxis == 0 ? TensorDescription.Dense(parameter.Tensor.Shape[0], parameter.Tensor.Shape[1])
        : TensorDescription.Dense(parameter.Tensor.Shape[1], parameter.Tensor.Shape[0], WeightLayout.Keras);

    /// <summary>Layers that pass on what they get, in evaluation mode at least: the same numbers, maybe in another shape.</summary>
    private static bool IsPassing(nn.Module layer) =>
        layer
            is Flatten
                or Unflatten
                or Identity
                or Dropout
                or Dropout1d
                or Dropout2d
                or Dropout3d
                or AlphaDropout
                or FeatureAlphaDropout;

    private static (SignalOperation Operation, long Positions)? PoolOf(
        nn.Module layer,
        NodeShape before,
        long[] inputShape,
        Tensor output
    )
    {
        if (output.dim() < 3 || inputShape.Length != output.dim())
        {
            return null;
        }
        long positions = NodeShape.Of(output.shape, unitsLast: false).Positions;
        long share = Math.Max(1, before.Positions / Math.Max(1, positions));
        return layer switch
        {
            MaxPool1d pool => (new SignalOperation.MaxPool(pool.kernel_size) { Positions = positions }, positions),
            MaxPool2d pool => (
                new SignalOperation.MaxPool(Product(pool.kernel_size, 2)) { Positions = positions },
                positions
            ),
            MaxPool3d pool => (
                new SignalOperation.MaxPool(Product(pool.kernel_size, 3)) { Positions = positions },
                positions
            ),
            AvgPool1d pool => (new SignalOperation.MeanPool(pool.kernel_size) { Positions = positions }, positions),
            AvgPool2d pool => (
                new SignalOperation.MeanPool(Product(pool.kernel_size, 2)) { Positions = positions },
                positions
            ),
            AvgPool3d pool => (
                new SignalOperation.MeanPool(Product(pool.kernel_size, 3)) { Positions = positions },
                positions
            ),
            AdaptiveAvgPool1d or AdaptiveAvgPool2d or AdaptiveAvgPool3d => (
                new SignalOperation.MeanPool(share) { Positions = positions },
                positions
            ),
            AdaptiveMaxPool1d or AdaptiveMaxPool2d or AdaptiveMaxPool3d => (
                new SignalOperation.MaxPool(share) { Positions = positions },
                positions
            ),
            _ => null,
        };
    }

    private static long Product(long[] sizes, int axes) =>
        sizes.Length == 1
            ? Enumerable.Repeat(sizes[0], axes).Aggregate(1L, (a, b) => a * b)
            : sizes.Aggregate(1L, (a, b) => a * b);
}
