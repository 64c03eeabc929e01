using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>TorchSharp's element types in FanIn's words.</summary>
internal static class ElementTypes
{
    public static ElementType Of(Tensor value, string name) =>
        value.dtype switch
        {
            ScalarType.Float32 => ElementType.Float32,
            ScalarType.Float64 => ElementType.Float64,
            ScalarType.BFloat16 => ElementType.BFloat16,
            ScalarType.Float16 => ElementType.Float16,
            ScalarType other => throw new NotSupportedException(
                $"the parameter '{name}' has elements of type {other}; weights can be float32, float64, bfloat16 or float16"
            ),
        };
}
