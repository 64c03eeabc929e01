namespace FanIn.Onnx;

/// <summary>A parameter and where its values are.</summary>
internal sealed record OnnxParameter(string Name, Constant Constant, ParameterDescription Description)
{
    /// <summary>True where ONNX Runtime knows it by its name and takes other values for it.</summary>
    public bool IsMainInitializer => Constant is { IsInitializer: true, Scope.IsMain: true, Sparse: null };

    /// <summary>The values as the model computes with them; of a sparse one those that are stored. Null where they aren't numbers.</summary>
    /// <exception cref="IOException">External data can't be read.</exception>
    public float[]? Read(ModelWeights weights)
    {
        byte[] file = weights.File;
        float[]? values = weights.Replaced.TryGetValue(Constant.Tensor, out byte[]? bytes)
            ? TensorValues.Decoded(bytes, Constant.Tensor)
            : TensorValues.Read(file, Constant.Tensor);
        if (values is null || Constant.Quantization is not { } quantization)
        {
            return values;
        }
        float[]? scale = TensorValues.Read(file, quantization.Scale);
        float[]? zero = quantization.Zero is null ? null : TensorValues.Read(file, quantization.Zero);
        if (scale is null or [] || (quantization.Zero is not null && zero is null))
        {
            return null;
        }
        long inner = 1;
        foreach (long size in Constant.Shape.Skip(quantization.Axis + 1))
        {
            inner *= size;
        }
        for (int i = 0; i < values.Length; i++)
        {
            int step = scale.Length == 1 ? 0 : (int)(i / inner % scale.Length);
            values[i] = (values[i] - (zero?[step] ?? 0)) * scale[step];
        }
        return values;
    }
}

/// <summary>A node with a weight of its own, in the model's own graph.</summary>
/// <param name="Name">The layer's path.</param>
/// <param name="Node">The node.</param>
/// <param name="Weight">The first of its weights.</param>
/// <param name="DataInput">The value that the weight is applied to; empty where there is none.</param>
internal sealed record WeightedNode(string Name, NodeData Node, OnnxParameter Weight, string DataInput);
