using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>The elements of tensors as .NET sees them.</summary>
internal static class CpuTensor
{
    /// <summary>
    /// All elements of a contiguous CPU tensor; valid while the tensor is. TorchSharp's own span counts bytes and so ends
    /// at 2^31 of them, where this one ends at 2^31 elements.
    /// </summary>
    public static Span<T> Span<T>(Tensor tensor)
        where T : unmanaged => Span<T>(tensor, 0, checked((int)tensor.numel()));

    /// <summary>So many elements from an index on, likewise.</summary>
    public static unsafe Span<T> Span<T>(Tensor tensor, long offset, int length)
        where T : unmanaged
    {
        if (length == 0)
        {
            return [];
        }
        using Tensor first = tensor.view(-1).narrow(0, offset, 1);
        fixed (byte* start = first.bytes)
        {
            return new Span<T>(start, length);
        }
    }

    /// <summary>
    /// The bytes of a contiguous CPU tensor of any type and size, piece by piece, with each piece's place in bytes; none
    /// where it has no elements.
    /// </summary>
    public static void EachPiece(Tensor tensor, BytesAction action)
    {
        const int PieceBytes = 1 << 28;
        long size = tensor.ElementSize;
        long step = PieceBytes / size;
        long count = tensor.numel();
        for (long start = 0; start < count; start += step)
        {
            int length = (int)(Math.Min(step, count - start) * size);
            action(start * size, Span<byte>(tensor, start, length));
        }
        GC.KeepAlive(tensor);
    }

    /// <summary>Reads or writes some of a tensor's bytes.</summary>
    public delegate void BytesAction(long start, Span<byte> bytes);

    /// <summary>A copy of any tensor's elements as float32, in row-major order.</summary>
    public static float[] ToFloats(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor cpu = tensor.detach().to(ScalarType.Float32).cpu().contiguous();
        return Span<float>(cpu).ToArray();
    }

    /// <summary>Reads any tensor's elements as float32, in row-major order, without a copy where that is how they lie.</summary>
    public static TResult Read<TResult>(Tensor tensor, Func<ReadOnlySpan<float>, TResult> reader)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor cpu = tensor.detach().to(ScalarType.Float32).cpu().contiguous();
        TResult result = reader(Span<float>(cpu));
        GC.KeepAlive(cpu);
        return result;
    }

    /// <summary>As <see cref="ToFloats"/>, as float64.</summary>
    public static double[] ToDoubles(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor cpu = tensor.detach().to(ScalarType.Float64).cpu().contiguous();
        return Span<double>(cpu).ToArray();
    }

    /// <summary>
    /// The value of a tensor of one element. Unlike <c>item</c>, which reads a scalar that nothing keeps from being
    /// finalized, this is safe on several threads.
    /// </summary>
    public static double Value(Tensor tensor)
    {
        using Scalar scalar = tensor.ToScalar();
        return scalar.ToDouble();
    }
}
