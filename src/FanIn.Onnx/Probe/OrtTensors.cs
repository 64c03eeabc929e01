using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FanIn.Onnx;

/// <summary>To ONNX Runtime's tensors and back.</summary>
internal static class OrtTensors
{
    public static OrtValue Of(InputData input) =>
        input.Type switch
        {
            OnnxType.Float => Make(input, x => x),
            OnnxType.Double => Make(input, x => (double)x),
            OnnxType.Float16 => Make(input, x => (Float16)x),
            OnnxType.BFloat16 => Make(input, x => (Microsoft.ML.OnnxRuntime.BFloat16)x),
            OnnxType.Bool => Make(input, x => x != 0),
            OnnxType.Int8 => Make(input, x => checked((sbyte)x)),
            OnnxType.UInt8 => Make(input, x => checked((byte)x)),
            OnnxType.Int16 => Make(input, x => checked((short)x)),
            OnnxType.UInt16 => Make(input, x => checked((ushort)x)),
            OnnxType.Int32 => Make(input, x => checked((int)x)),
            OnnxType.UInt32 => Make(input, x => checked((uint)x)),
            OnnxType.Int64 => Make(input, x => checked((long)x)),
            _ => Make(input, x => checked((ulong)x)),
        };

    /// <summary>The values as float32; null where they are no numbers.</summary>
    public static float[]? Numbers(OrtValue value) =>
        value.GetTensorTypeAndShape().ElementDataType switch
        {
            TensorElementType.Float => value.GetTensorDataAsSpan<float>().ToArray(),
            TensorElementType.Double => Map<double>(value, x => (float)x),
            TensorElementType.Float16 => Map<Float16>(value, x => (float)x),
            TensorElementType.BFloat16 => Map<Microsoft.ML.OnnxRuntime.BFloat16>(value, x => (float)x),
            TensorElementType.Int8 => Map<sbyte>(value, x => x),
            TensorElementType.UInt8 => Map<byte>(value, x => x),
            TensorElementType.Int16 => Map<short>(value, x => x),
            TensorElementType.UInt16 => Map<ushort>(value, x => x),
            TensorElementType.Int32 => Map<int>(value, x => x),
            TensorElementType.UInt32 => Map<uint>(value, x => x),
            TensorElementType.Int64 => Map<long>(value, x => x),
            TensorElementType.UInt64 => Map<ulong>(value, x => x),
            _ => null,
        };

    private static OrtValue Make<T>(InputData input, Converter<float, T> convert)
        where T : unmanaged
    {
        try
        {
            return OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(input.Values, convert), input.Shape);
        }
        catch (OverflowException e)
        {
            throw new OnnxException(
                $"The values for the input '{ExternalData.Printable(input.Name)}' don't fit its type {OnnxTypes.Word((int)input.Type)}.",
                e
            );
        }
    }

    private static float[] Map<T>(OrtValue value, Func<T, float> convert)
        where T : unmanaged
    {
        ReadOnlySpan<T> from = value.GetTensorDataAsSpan<T>();
        var to = new float[from.Length];
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = convert(from[i]);
        }
        return to;
    }
}
