namespace FanIn;

/// <summary>In which order a weight's axes are stored. "taps" are the positions of a convolution's kernel.</summary>
public enum WeightLayout
{
    /// <summary>Not a weight with inputs and outputs (a bias, a scale, a free tensor): it has no fan.</summary>
    None,

    /// <summary>[out, in / groups, taps ...]: PyTorch's Linear and Conv, and the canonical order of values.</summary>
    Torch,

    /// <summary>[in, out / groups, taps ...]: PyTorch's ConvTranspose.</summary>
    TorchTransposed,

    /// <summary>
    /// [taps ..., in / groups, out]: Dense and Conv of Keras, TensorFlow, JAX and Flax, the right side of ONNX's MatMul and
    /// Gemm (of which a Gemm with transB = 1 is <see cref="Torch"/>, as ONNX's Conv is).
    /// </summary>
    Keras,

    /// <summary>[taps ..., out, in]: Keras's ConvTranspose.</summary>
    KerasTransposed,

    /// <summary>[taps ..., in, multiplier]: Keras's DepthwiseConv, where each input channel has outputs of its own.</summary>
    KerasDepthwise,

    /// <summary>[out, taps ..., in / groups]: Conv and ConvTranspose of MLX.</summary>
    Mlx,

    /// <summary>[rows, width]: a table of vectors, one of which is looked up at a time; fan-in is 1.</summary>
    Embedding,
}
