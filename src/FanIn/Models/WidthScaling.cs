namespace FanIn;

/// <summary>How a parameter grows with the width of its model: what the rules of <see cref="MupScaling"/> go by.</summary>
public enum WidthScaling
{
    /// <summary>Not at all: the bias of the output, a temperature.</summary>
    Fixed,

    /// <summary>
    /// In its outputs alone: input layers, embeddings, depthwise convolutions, and every bias and scale along the width.
    /// </summary>
    Input,

    /// <summary>In inputs and outputs.</summary>
    Hidden,

    /// <summary>In its inputs alone: output layers.</summary>
    Output,
}

/// <summary>Tells how parameters grow with the width.</summary>
internal static class WidthScalings
{
    /// <summary>By comparison with the same parameter of a narrower or wider model.</summary>
    /// <exception cref="ArgumentException">The two aren't the same parameter at two widths.</exception>
    public static WidthScaling Of(ParameterDescription parameter, ParameterDescription other)
    {
        (TensorDescription a, TensorDescription b) = (Logical(parameter), Logical(other));
        if (
            ParameterNames.KeyOf(parameter.Name) != ParameterNames.KeyOf(other.Name)
            || a.Layout != b.Layout
            || a.Shape.Length != b.Shape.Length
        )
        {
            throw new ArgumentException(
                $"'{parameter.Name}' {parameter.Tensor} and '{other.Name}' {other.Tensor} are not one parameter at two widths.",
                nameof(other)
            );
        }
        return a.Layout switch
        {
            WeightLayout.None => a.Count == b.Count ? WidthScaling.Fixed : WidthScaling.Input,
            WeightLayout.Embedding => a.Outputs == b.Outputs ? WidthScaling.Fixed : WidthScaling.Input,
            _ => Of(InputsOfOne(a) != InputsOfOne(b), a.Outputs != b.Outputs),
        };
    }

    /// <summary>
    /// By its place alone: in blocks weights grow both ways, before them in outputs, after them in inputs; in a plain chain
    /// the first and the last layer stand for before and after. What isn't a weight grows along the width: free parameters
    /// where their last axis is as long as that.
    /// </summary>
    public static WidthScaling Of(ParameterDescription parameter, ModelDescription model)
    {
        if (parameter.Role != ParameterRole.Weight)
        {
            bool isFixed =
                parameter.Role == ParameterRole.Other
                    ? parameter.Tensor.Shape is not [.., var last] || last != model.Width
                    : parameter.Tensor.Count <= 1 || IsOutputBias(parameter, model);
            return isFixed ? WidthScaling.Fixed : WidthScaling.Input;
        }
        (bool isFirst, bool isLast) = Ends(parameter, model);
        TensorDescription logical = Logical(parameter);
        bool isDepthwise = logical.Groups > 1 && InputsOfOne(logical) == 1;
        return Of(!isFirst && !isDepthwise, !isLast);
    }

    /// <summary>How many inputs each output has, positions of a kernel aside.</summary>
    internal static long InputsOfOne(TensorDescription tensor) => tensor.Inputs / Math.Max(1, tensor.Groups);

    private static WidthScaling Of(bool inputs, bool outputs) =>
        inputs && outputs ? WidthScaling.Hidden
        : inputs ? WidthScaling.Output
        : outputs ? WidthScaling.Input
        : WidthScaling.Fixed;

    private static (bool IsFirst, bool IsLast) Ends(ParameterDescription parameter, ModelDescription model)
    {
        ParameterDescription[] weights = [.. model.Parameters.Where(p => p.Role == ParameterRole.Weight)];
        bool isPlain = weights.All(p => model.LayerOf(p) is not null) && model.Blocks.IsPlainChain;
        if (isPlain)
        {
            int? layer = model.LayerOf(parameter);
            return (layer == 0 && !HasEmbedding(model), layer == model.Blocks.Chains[0].Depth - 1);
        }
        if (model.LayerOf(parameter) is not null)
        {
            return (false, false);
        }
        int at = Array.IndexOf(weights, parameter);
        int first = Array.FindIndex(weights, p => model.LayerOf(p) is not null);
        int last = Array.FindLastIndex(weights, p => model.LayerOf(p) is not null);
        return (at < first, at > last);
    }

    private static bool HasEmbedding(ModelDescription model) =>
        model.Parameters.Any(p => p.Role == ParameterRole.Embedding);

    private static bool IsOutputBias(ParameterDescription parameter, ModelDescription model) =>
        parameter.Role == ParameterRole.Bias
        && model.Parameters.FirstOrDefault(p =>
            p.Role == ParameterRole.Weight && ParameterNames.LayerOf(p.Name) == ParameterNames.LayerOf(parameter.Name)
        )
            is { } weight
        && Ends(weight, model).IsLast;

    internal static TensorDescription Logical(ParameterDescription parameter) =>
        parameter.Blocks.IsEmpty ? parameter.Tensor : parameter.Blocks[0].Tensor;
}
