using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>The elements of contiguous CPU tensors as spans.</summary>
internal static class CpuTensor
{
    /// <summary>
    /// All elements; valid while the tensor is. TorchSharp's own span counts bytes and so ends at 2^31 of them, where
    /// this one ends at 2^31 elements.
    /// </summary>
    public static unsafe Span<T> Span<T>(Tensor tensor)
        where T : unmanaged
    {
        long count = tensor.numel();
        if (count == 0)
        {
            return [];
        }
        using Tensor first = tensor.view(-1).narrow(0, 0, 1);
        fixed (byte* start = first.bytes)
        {
            return new Span<T>(start, checked((int)count));
        }
    }

    /// <summary>A copy of any tensor's elements as float32, in row-major order.</summary>
    public static float[] ToFloats(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor cpu = tensor.detach().to(ScalarType.Float32).cpu().contiguous();
        return cpu.numel() == 0 ? [] : MemoryMarshal.Cast<byte, float>(cpu.bytes).ToArray();
    }
}
